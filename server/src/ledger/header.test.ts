import { randomBytes, randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { newId } from '#base'
import { aRecord, reading } from '../../test/ledger-facts.ts'
import type { EntryActor, EntryRecord } from './facts.ts'
import { findHeader, headerOf } from './header.ts'

const request = randomUUID()
const least = {
  actor: 'system',
  workstation: 'ward 3',
  action: 'start',
  types: [],
  outcome: 'done',
  request,
}

const facts = (actor: EntryActor, over: Partial<ReturnType<typeof reading>> = {}) => {
  const {
    purpose: _,
    rule: __,
    ...rest
  } = reading({ actor, action: 'start', types: [], workstation: 'ward 3', request })
  return { ...rest, ...over }
}

test('a header names only what there is', () => {
  expect(headerOf(facts({ kind: 'system' }))).toStrictEqual(least)
})

test('a header says role, on whose behalf, purpose, rule, and an id that no column takes', () => {
  const id = randomUUID()
  const person = facts({ kind: 'person', id, role: 'nurse', onBehalfOf: 'clinic' }, { purpose: 'TREAT', rule: 'r' })
  expect(headerOf(person)).toStrictEqual({
    ...least,
    ...{ actor: 'person', role: 'nurse', onBehalfOf: 'clinic', purpose: 'TREAT', rule: 'r' },
  })
  expect(headerOf(facts({ kind: 'job', id: 'nightly' }))).toEqual({ ...least, actor: 'job', actorId: 'nightly' })
})

test('types are those of the question and of the records, each once, in order', () => {
  const records = [aRecord(1), aRecord(1, 'x'), { ...aRecord(1), type: 'Patient' }]
  expect(headerOf(facts({ kind: 'system' }, { types: ['Observation', 'Patient'], records })).types).toEqual([
    'Observation',
    'Patient',
    'Condition',
  ])
})

test('a version before a change is named only when it is not the one below, by its place among the writes', () => {
  const written = (version: number, before?: number): EntryRecord => ({
    ...{ type: 'Condition', id: newId<'record'>(1), version, hash: randomBytes(32) },
    ...(before === undefined ? {} : { before }),
  })
  const beforeOf = (...records: EntryRecord[]) => headerOf(facts({ kind: 'system' }, { records })).before
  expect(beforeOf(written(1), written(3, 2))).toBeUndefined()
  expect(beforeOf(written(7, 3))).toEqual([[0, 3]])
  // What was only read has no place among the writes.
  expect(beforeOf({ ...aRecord(5), before: 1 }, written(2, 1), written(9, 4))).toEqual([[1, 4]])
})

test.each<[string, unknown, boolean]>([
  ['whole', least, true],
  ['whole, with versions before', { ...least, before: [[0, 1]] }, true],
  ['text', 'header', false],
  ['a number', 5, false],
  ['nothing', null, false],
  ['an actor that is a number', { ...least, actor: 1 }, false],
  ['without types', { ...least, types: undefined }, false],
  ['types that are text', { ...least, types: 'Patient' }, false],
  ['one version before that is no list', { ...least, before: [[0, 1], 2] }, false],
  ...['actor', 'workstation', 'action', 'outcome', 'request'].map((name): [string, unknown, boolean] => [
    `without ${name}`,
    { ...least, [name]: undefined },
    false,
  ]),
])('a header of ours or not: %s', (_, value, ours) => {
  const read = findHeader(Buffer.from(JSON.stringify(value)))
  expect(read).toEqual(ours ? value : undefined)
})

test('bytes that are not JSON are no header', () => {
  expect(findHeader(Buffer.from('{'))).toBeUndefined()
})
