import { expect, test } from 'vitest'
import { newId } from '#base'
import { type Actor, Grant, parseScope } from '#policy'
import { factsOf } from './facts.ts'

const clock = { now: () => 77 }
const [una, bo] = [newId<'patient'>(0), newId<'patient'>(1)]
const person: Actor = {
  kind: 'person',
  tenant: 3,
  id: newId(0),
  role: 'clinician',
  session: newId(0),
  workstation: 'room-1',
}
const client: Actor = {
  kind: 'client',
  tenant: 1,
  id: newId(0),
  workstation: 'w',
  scopes: [parseScope('system/*.rs')!],
}
const ask = (actor: Actor, type: 'Observation' | 'Condition' = 'Observation') =>
  Grant.for({ actor, action: 'read', type, purpose: 'TREAT' })
const touched = { types: [], patients: [], records: [] }

test('an entry says who, as what, where, when, why allowed, what and whose', () => {
  const grant = ask(person)
  const records = [{ type: 'Observation', id: newId(2), version: 1 }]
  expect(factsOf([grant], 'request-1', clock, { types: ['Observation'], patients: [una], records })).toEqual({
    ...{ tenant: 3, at: 77, actor: { kind: 'person', id: person.id, role: 'clinician' }, workstation: 'room-1' },
    ...{ action: 'read', types: ['Observation'], patients: [una], records, purpose: 'TREAT', rule: grant.rule },
    ...{ outcome: 'done', request: 'request-1' },
  })
  expect(factsOf([grant], 'request-1', clock, touched)).not.toHaveProperty('details')
})

test('rules of several grants are told apart by a space', () => {
  const directory = Grant.for({ actor: person, action: 'read', type: 'Practitioner', purpose: 'TREAT' })
  expect(directory.rule).not.toBe(ask(person).rule)
  expect(factsOf([ask(person), directory], 'r', clock, touched).rule).toBe(`${ask(person).rule} ${directory.rule}`)
})

test('a program has no role; another name of the action and details come where they are given', () => {
  const facts = factsOf([ask(client)], 'r', clock, { ...touched, action: 'scan', details: { query: 'x' } })
  expect(facts).toMatchObject({ actor: { kind: 'client', id: client.id }, action: 'scan', details: { query: 'x' } })
  expect(facts.actor).not.toHaveProperty('role')
})

test('each type, patient and rule is named once, and nobody is no patient', () => {
  const [one, other] = [ask(person), ask(person, 'Condition')]
  const facts = factsOf([one, other, one], 'r', clock, { ...touched, types: ['Observation', 'Condition', 'Observation'], patients: [una, undefined, bo, una] }) // oxfmt-ignore
  expect(facts.types).toEqual(['Observation', 'Condition'])
  expect(facts.patients).toEqual([una, bo])
  expect(facts.rule).toBe([...new Set([one.rule, other.rule])].join(' '))
  expect(factsOf([one], 'r', clock, { ...touched, patients: [undefined] }).patients).toEqual([])
})

test('what is no grant of policy’s makes no entry', () => {
  const forged = { question: ask(person).question, rule: 'x', view: undefined, rows: undefined } as unknown as Grant
  expect(() => factsOf([ask(person), forged], 'r', clock, touched)).toThrow('only policy makes a grant')
})
