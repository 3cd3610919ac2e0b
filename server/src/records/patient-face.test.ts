import { expect, test } from 'vitest'
import { newId } from '#base'
import { faceOf } from './patient-face.ts'

const id = newId<string>(0)
const of = (elements: object) => faceOf({ resourceType: 'Patient', id, ...elements })

test('all that a patient is found and shown by', () => {
  expect(
    of({
      meta: { versionId: '7' },
      name: [{ use: 'official', family: 'Ünal', given: ['Una', 'Bo'], prefix: ['Dr'], suffix: ['Jr'] }],
      ...{ birthDate: '1961-03-12', gender: 'female', deceasedBoolean: true },
      identifier: [{ value: 'A-1' }],
      telecom: [{ value: '+1 555-0100' }, {}],
    }),
  ).toEqual({
    ...{ id, version: 7, name: 'Ünal, Una Bo Jr', preferredName: undefined, birthDate: '1961-03-12', sex: 'female' },
    ...{ mrn: 'A-1', deceased: true, family: 'unal', given: 'una' },
    nameParts: ['unal', 'una', 'bo', 'dr', 'jr'],
    numbers: ['a1', 'a', '1', '15550100', '1', '555', '0100'],
  })
})

test('a patient of whom nothing is said has an empty face', () => {
  expect(of({})).toMatchObject({
    ...{ version: 0, name: '', preferredName: undefined, mrn: undefined, deceased: false },
    ...{ nameParts: [], family: '', given: '', numbers: [] },
  })
})

test.each<[string, object[], string]>([
  ['the official one', [{ family: 'A' }, { use: 'official', family: 'B' }], 'B'],
  [
    'else one that is neither a nickname nor a former one',
    [
      { use: 'old', family: 'A' },
      { use: 'nickname', family: 'B' },
      { use: 'usual', family: 'C' },
    ],
    'C',
  ],
  [
    'else the first',
    [
      { use: 'old', family: 'A' },
      { use: 'nickname', family: 'B' },
    ],
    'A',
  ],
])('of several names is shown %s', (_, name, family) => {
  expect(of({ name }).name).toBe(family)
})

test.each<[string, object[], string | undefined]>([
  [
    'a nickname',
    [
      { use: 'official', given: ['Una'] },
      { use: 'nickname', given: ['Uni'] },
    ],
    'Uni',
  ],
  [
    'a nickname that is one text',
    [
      { use: 'official', given: ['Una'] },
      { use: 'nickname', text: 'Uni' },
    ],
    'Uni',
  ],
  [
    'the usual name beside the official one',
    [
      { use: 'official', given: ['Una'] },
      { use: 'usual', given: ['Uni'] },
    ],
    'Uni',
  ],
  ['not the usual name where it is the one that is shown', [{ use: 'usual', given: ['Una'] }], undefined],
  [
    'none',
    [
      { use: 'official', given: ['Una'] },
      { use: 'old', given: ['Uno'] },
    ],
    undefined,
  ],
])('preferred is %s', (_, name, expected) => {
  expect(of({ name }).preferredName).toBe(expected)
})

test('names of several words keep them apart', () => {
  expect(of({ name: [{ family: 'de la Cruz', given: ['Ana María'] }] })).toMatchObject({ family: 'de la cruz', given: 'ana maria' }) // oxfmt-ignore
})

test('former names are found as well, each part once', () => {
  const { nameParts } = of({
    name: [
      { family: 'New', given: ['Una'] },
      { use: 'old', family: 'Old', text: 'Una Old' },
    ],
  })
  expect(nameParts).toEqual(['new', 'una', 'old'])
})

test('the record number is the identifier that says it is one, else the first', () => {
  const typed = { value: '2', type: { coding: [{ code: 'X' }, { code: 'MR' }] } }
  expect(of({ identifier: [{ value: '1', type: {} }, typed] }).mrn).toBe('2')
  expect(of({ identifier: [{ value: '1' }, { value: '3', type: { coding: [{ code: 'SS' }] } }] }).mrn).toBe('1')
})

test('who has a time of death has died, and who is said not to have has not', () => {
  expect(of({ deceasedDateTime: '2024-01-01' }).deceased).toBe(true)
  expect(of({ deceasedBoolean: false }).deceased).toBe(false)
})

test('a patient without an id of ours has no face', () => {
  for (const other of ['', 'example', undefined])
    expect(() => of({ id: other })).toThrow('a stored patient has an id of ours')
})
