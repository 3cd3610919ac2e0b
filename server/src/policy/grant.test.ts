import { expect, test } from 'vitest'
import { newId, Refusal } from '#base'
import { Grant, grantFor } from './grant.ts'
import type { Actor, Person } from './question.ts'
import { parseScope } from './scopes.ts'

const biller: Person = {
  ...{ kind: 'person', tenant: 1, id: newId(0), role: 'biller', session: newId(0), workstation: 'w' },
}
const client: Actor = {
  ...{ kind: 'client', tenant: 1, id: newId(0), workstation: 'w' },
  scopes: [parseScope('system/Observation.r?status=final')!],
}

test('where policy says no there is no grant, but the rule and what would satisfy it', () => {
  const refused = (() => {
    try {
      return Grant.for({ actor: biller, action: 'read', type: 'Condition', purpose: 'HPAYMT' })
    } catch (error) {
      return error
    }
  })()
  expect(refused).toBeInstanceOf(Refusal)
  expect(refused).toMatchObject({
    code: 'not-permitted',
    rule: 'role:biller/clinical',
    remedy: 'Clinical records are open to nurses and clinicians.',
  })
})

test('a grant carries the question, the rule, and what is shown', () => {
  const question = { actor: biller, action: 'read', type: 'Claim', purpose: 'HPAYMT' } as const
  const grant = Grant.for(question)
  expect([grant.question, grant.rule, grant.rows]).toEqual([question, 'role:biller/billing', undefined])
  expect(grant.view?.show({ resourceType: 'Claim', text: {}, item: [] })).toEqual({ resourceType: 'Claim', item: [] })
  const narrow = Grant.for({ actor: client, action: 'read', type: 'Observation', purpose: 'TREAT' })
  expect([narrow.view, narrow.rows?.map((queries) => queries.length)]).toEqual([undefined, [1]])
})

test('a grant may be for one patient’s records, and says so only then', () => {
  const patient = newId<'patient'>(0)
  const asking = { actor: biller, purpose: 'HPAYMT' } as const
  expect(grantFor(asking, 'search', 'Claim', patient).question).toEqual({
    ...asking,
    action: 'search',
    type: 'Claim',
    patient,
  })
  expect(grantFor(asking, 'search', 'Claim').question).toEqual({ ...asking, action: 'search', type: 'Claim' })
})
