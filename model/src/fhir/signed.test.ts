import { expect, test } from 'vitest'
import type { Resource } from './resource.ts'
import { bringsSignature, isSigned, signednessOf, withSignature } from './signed.ts'

const note = (over: object): Resource => ({ resourceType: 'DocumentReference', ...over })
const somebody = { reference: 'Practitioner/1', display: 'Dr. Moser' }
const at = '2026-03-01T10:00:00.000Z'

test.each<[string, Resource, string]>([
  ['a final document came as final', note({ docStatus: 'final' }), 'received'],
  ['an amended one too', note({ docStatus: 'amended' }), 'received'],
  ['a preliminary one is not signed', note({ docStatus: 'preliminary', status: 'final' }), 'unsigned'],
  [
    'one without a status is not signed, whoever it names',
    note({ author: [somebody], authenticator: somebody }),
    'unsigned',
  ],
  ['nor one that was entered in error', note({ docStatus: 'entered-in-error' }), 'unsigned'],
  [
    'a signature under what is not final is none',
    withSignature(note({ docStatus: 'preliminary' }), somebody, at),
    'unsigned',
  ],
  ['a final composition came as final', { resourceType: 'Composition', status: 'final' }, 'received'],
  ['a preliminary one is not', { resourceType: 'Composition', status: 'preliminary', attester: [{}] }, 'unsigned'],
  ['a final observation is no note', { resourceType: 'Observation', status: 'final' }, 'unsigned'],
  [
    'a hostile extension is no signature',
    note({ docStatus: 'final', extension: ['urn:chartkeep:signature', null, []] }),
    'received',
  ],
])('%s', (_, resource, state) => {
  expect(signednessOf(resource).state).toBe(state)
  expect(isSigned(resource)).toBe(state !== 'unsigned')
})

test('what was signed here says who, when and how, beside the extensions that were there', () => {
  const other = { url: 'https://example.com/x', valueBoolean: true }
  const signed = withSignature(note({ docStatus: 'final', extension: [other] }), somebody, at)
  expect(signednessOf(signed)).toEqual({ state: 'signed', by: 'Dr. Moser', at, method: 'password' })
  expect(signed['extension']).toEqual([
    other,
    {
      url: 'urn:chartkeep:signature',
      extension: [
        { url: 'method', valueCode: 'password' },
        { url: 'when', valueInstant: at },
        { url: 'who', valueReference: somebody },
      ],
    },
  ])
  expect([bringsSignature(signed), bringsSignature(note({ extension: [other] })), bringsSignature(note({}))]).toEqual([
    true,
    false,
    false,
  ])
})

test('a signature with parts missing names nobody rather than somebody else', () => {
  const bare = note({ docStatus: 'final', author: [somebody], extension: [{ url: 'urn:chartkeep:signature' }] })
  expect(signednessOf(bare)).toEqual({ state: 'signed', by: '', at: '', method: '' })
})
