import type { Resource } from '@chartkeep/model/fhir'
import { isSigned } from '@chartkeep/model/fhir'
import { expect, test } from 'vitest'
import { newId, Refusal } from '#base'
import { type Actor, Grant, parseScope } from '#policy'
import { asSigned, handFor, requireOwnHand } from './signing.ts'
import type { Change } from './write.ts'

const doctor: Actor = {
  kind: 'person',
  tenant: 1,
  id: newId(0),
  role: 'clinician',
  session: newId(0),
  workstation: 'w',
}
const program: Actor = {
  kind: 'client',
  tenant: 1,
  id: newId(0),
  workstation: 'w',
  scopes: [parseScope('system/*.cruds')!],
}
const hand = { name: 'Una Canary', practitioner: 'Practitioner/1' }
const document = (elements: object): Resource => ({ resourceType: 'DocumentReference', status: 'current', ...elements })

function creating(resource: Resource, actor: Actor = doctor, action: 'create' | 'sign' = 'create'): Change {
  const question = { actor, type: resource.resourceType, purpose: 'TREAT' } as const
  return { kind: 'create', grant: action === 'sign' ? Grant.for({ ...question, action: 'sign' }) : Grant.for({ ...question, action: 'create' }), resource } // oxfmt-ignore
}

/** The rule of the refusal. */
function ruleOf(change: Change, old?: Resource, by: typeof hand | undefined = hand): string | undefined {
  try {
    requireOwnHand(change, old, by)
    return undefined
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return error.rule
  }
}

const self = { reference: 'Practitioner/1', display: 'Una Canary' }
const other = { reference: 'Practitioner/2', display: 'Bo Other' }

test.each<[string, object, string | undefined]>([
  ['nobody', {}, undefined],
  ['themselves, by reference and name', { author: [self] }, undefined],
  ['themselves, by reference', { author: [{ reference: 'Practitioner/1' }] }, undefined],
  ['themselves, by name', { author: [{ display: 'Una Canary' }] }, undefined],
  ['another', { author: [other] }, 'author:oneself'],
  ['themselves and another', { author: [self, other] }, 'author:oneself'],
  [
    'themselves under another’s name',
    { author: [{ reference: 'Practitioner/1', display: 'Bo Other' }] },
    'author:oneself',
  ],
  [
    'another under their own name',
    { author: [{ reference: 'Practitioner/2', display: 'Una Canary' }] },
    'author:oneself',
  ],
  ['another by name', { author: [{ display: 'Bo Other' }] }, 'author:oneself'],
  ['themselves with something beside it', { author: [{ ...self, identifier: { value: '2' } }] }, 'author:oneself'],
  ['what is no reference', { author: ['Una Canary'] }, 'author:oneself'],
  ['something beside the author', { author: [self], _author: [{ extension: [] }] }, 'author:oneself'],
  ['an authenticator, even themselves', { authenticator: self }, 'signing:password'],
])('a person who writes a note names %s', (_, elements, rule) => {
  expect(ruleOf(creating(document(elements)))).toBe(rule)
})

test('who stood in the version before may stay, and nobody joins them', () => {
  const old = document({ author: [other], authenticator: other })
  expect(ruleOf(creating(document({ author: [other], authenticator: other })), old)).toBeUndefined()
  expect(ruleOf(creating(document({ author: [other, self] })), old)).toBeUndefined()
  expect(ruleOf(creating(document({ author: [{ ...other, display: 'Somebody' }] })), old)).toBe('author:oneself')
  expect(ruleOf(creating(document({ author: [other], authenticator: self })), old)).toBe('signing:password')
})

test('whose account has no name names nobody', () => {
  expect(ruleOf(creating(document({ author: [self] })), undefined, undefined)).toBe(ruleOf(creating(document({ author: [self] })))) // oxfmt-ignore
  expect(() => requireOwnHand(creating(document({ author: [self] })), undefined, undefined)).toThrow(Refusal)
})

test.each<[string, Resource, string | undefined]>([
  ['a composition’s author', { resourceType: 'Composition', author: [other] }, 'author:oneself'],
  [
    'a composition’s attester',
    { resourceType: 'Composition', attester: [{ mode: 'legal', party: self }] },
    'signing:password',
  ],
  ['a manifest’s author', { resourceType: 'DocumentManifest', author: [other] }, 'author:oneself'],
  ['who measured something', { resourceType: 'Observation', performer: [other] }, undefined],
  ['who ordered something', { resourceType: 'ServiceRequest', requester: other }, undefined],
])('%s is held against the person, what others did is not', (_, resource, rule) => {
  expect(ruleOf(creating(resource))).toBe(rule)
})

test('another system names its own authors; nobody sends a signature', () => {
  expect(ruleOf(creating(document({ author: [other], authenticator: other }), program))).toBeUndefined()
  const note = document({ authenticator: self, docStatus: 'final' })
  const signed = asSigned(creating(note, doctor, 'sign'), note, 0)
  expect(isSigned(signed)).toBe(true)
  for (const actor of [doctor, program]) expect(ruleOf(creating(signed, actor))).toBe('signing:password')
})

test('a person does not finish a note by sending it as final; another system may', () => {
  const final = document({ docStatus: 'final', authenticator: other })
  expect(isSigned(final)).toBe(true)
  expect(ruleOf(creating(final))).toBe('signing:password')
  expect(ruleOf(creating(final, program))).toBeUndefined()
})

test('a person does not finish a note either whose authenticator somebody named before', () => {
  const draft = document({ docStatus: 'preliminary', authenticator: other })
  const final = document({ docStatus: 'final', authenticator: other })
  expect(ruleOf(creating(final), draft)).toBe('signing:password')
})

test('a refusal says what to do instead', () => {
  const remedy = (elements: object) => {
    try {
      requireOwnHand(creating(document(elements)), undefined, hand)
    } catch (error) {
      return error instanceof Refusal ? error.remedy : undefined
    }
    return undefined
  }
  expect(remedy({ authenticator: self })).toBe('Sign the note in the chart.')
  expect(remedy({ author: [other] })).toMatch(/^Name yourself as the author/)
})

test('a note is signed by a grant to sign alone, at the time of the write, and says by whom', () => {
  const note = document({ authenticator: self, docStatus: 'final' })
  expect(asSigned(creating(note), note, 0)).toBe(note)
  const signed = asSigned(creating(note, doctor, 'sign'), note, Date.UTC(2026, 2, 1))
  const { authenticator: _, ...beside } = signed
  expect(JSON.stringify(beside)).toContain('2026-03-01T00:00:00.000Z')
  expect(JSON.stringify(beside)).toContain('Practitioner/1')
  expect(ruleOf(creating(note, doctor, 'sign'))).toBeUndefined()
})

test('a deletion names nobody', () => {
  const grant = Grant.for({ actor: doctor, action: 'delete', type: 'DocumentReference', purpose: 'TREAT' })
  expect(ruleOf({ kind: 'delete', grant, type: 'DocumentReference', id: newId(0) })).toBeUndefined()
})

test('the account is asked for its name once, and only for a person’s note that names an author', async () => {
  const asked: unknown[] = []
  const handOf = async (tenant: number, account: string) => {
    asked.push([tenant, account])
    return hand
  }
  const authored = creating(document({ author: [self] }))
  for (const quiet of [
    creating(document({})),
    creating(document({ author: [self] }), program),
    creating({ resourceType: 'Observation', author: [self] }),
  ])
    // oxfmt-ignore
    expect(await handFor(handOf, [quiet])).toBeUndefined()
  const deleting = Grant.for({ actor: doctor, action: 'delete', type: 'DocumentReference', purpose: 'TREAT' })
  const removal: Change = { kind: 'delete', grant: deleting, type: 'DocumentReference', id: newId(0) }
  expect(await handFor(handOf, [removal])).toBeUndefined()
  expect(asked).toEqual([])
  expect(await handFor(handOf, [creating(document({})), authored, authored])).toEqual(hand)
  expect(asked).toEqual([[1, doctor.id]])
})
