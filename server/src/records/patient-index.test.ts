import { expect, test } from 'vitest'
import { newId } from '#base'
import { faceOf } from './patient-face.ts'
import { normalise, PatientIndex } from './patient-index.ts'

interface Made {
  readonly id?: string
  readonly version?: number
  readonly name?: string
  readonly born?: string
  readonly mrn?: string
}

let made = 0

/** `Family, Given Given`. */
function face({ id = newId<string>(made++), version = 1, name = 'Canary, Una', born, mrn }: Made) {
  const [family = '', given = ''] = name.split(', ')
  return faceOf({
    ...{ resourceType: 'Patient', id, meta: { versionId: String(version) } },
    name: [{ family, given: given.split(' ').filter(Boolean) }],
    ...(born === undefined ? {} : { birthDate: born }),
    ...(mrn === undefined ? {} : { identifier: [{ value: mrn }] }),
  })
}

function indexOf(...all: Made[]): PatientIndex {
  const index = new PatientIndex()
  for (const one of all) index.put(face(one))
  return index
}

const names = (index: PatientIndex, text: string, limit = 10) => index.find(text, limit).faces.map(({ name }) => name)

test.each([
  ['Ünal-Åström O’Neill', ['unal', 'astrom', 'o', 'neill']],
  ['  STRASSE straße ', ['strasse', 'strasse']],
  ['ΣΊΣΥΦΟΣ', ['σισυφοσ']],
  ['李 小龍', ['李', '小龍']],
  ['M-1002/7', ['m', '1002', '7']],
  [' -–. ', []],
])('%j is compared as %j', (text, expected) => {
  expect(normalise(text)).toEqual(expected)
})

test('a patient is found by the beginnings of names, in any order and case, with or without marks', () => {
  const index = indexOf({ name: 'Zwyssig-Canary, Quirina Änne' }, { name: 'Other, Quentin' })
  for (const text of ['zwy', 'CAN', 'canary quirina', 'Quirina, Zwyssig', 'anne', 'ännE zwyssig-canary', 'q z'])
    expect(names(index, text), text).toEqual(['Zwyssig-Canary, Quirina Änne'])
  expect(names(index, 'q')).toHaveLength(2)
  for (const text of ['wyssig', 'quirina quentin', 'zwyssigx', 'q zz']) expect(names(index, text), text).toEqual([])
})

test('nothing typed finds nobody, and neither does more than a name has words', () => {
  const index = indexOf({ name: 'Canary, Una' })
  for (const text of ['', '  ', ' ,. ', Array.from({ length: 65 }, () => 'una').join(' ')])
    expect(index.find(text, 10), JSON.stringify(text)).toEqual({ faces: [], more: false })
  expect(names(index, Array.from({ length: 64 }, () => 'una').join(' '))).toEqual(['Canary, Una'])
})

test('whole names come before beginnings, then by name; and it says whether there are more', () => {
  const index = indexOf({ name: 'Annison, Bea' }, { name: 'Ann, Zoe' }, { name: 'Anna, Ann' }, { name: 'Ann, Ada' })
  expect(names(index, 'ann')).toEqual(['Ann, Ada', 'Ann, Zoe', 'Anna, Ann', 'Annison, Bea'])
  expect(index.find('ann', 3)).toMatchObject({ faces: { length: 3 }, more: true })
  expect(index.find('ann', 4)).toMatchObject({ faces: { length: 4 }, more: false })
  const numbered = indexOf({ name: 'Alpha, A', mrn: '77' }, { name: 'Beta, B', mrn: '7' })
  expect(names(numbered, '7')).toEqual(['Beta, B', 'Alpha, A'])
})

test.each([
  ['1961-03-12', true],
  ['1961-03', true],
  ['1961-3-12', true],
  ['3/12/1961', true],
  ['12/3/1961', true],
  ['12.3.1961', true],
  ['12.03.1961', true],
  ['canary 1961-03-12', true],
  ['1961-03-12, Canary', true],
  ['1961-03-13', false],
  ['1961-12', false],
  ['3/13/1961', false],
  ['1961-03-12 other', false],
  ['1961-03-12 1962-03', false],
  // A year alone is a word: record numbers look alike.
  ['1961', false],
])('%j finds who was born on 12 March 1961: %s', (text, found) => {
  expect(names(indexOf({ born: '1961-03-12' }), text)).toHaveLength(found ? 1 : 0)
})

test('who has no birth date is not found by one', () => {
  expect(names(indexOf({}), '1961-03')).toEqual([])
})

test('numbers are found by their beginning, with and without what stands between the digits', () => {
  const index = indexOf({ mrn: 'MRN 100-27' })
  for (const text of ['mrn', '100', '27', 'mrn100', '100-27']) expect(names(index, text), text).toHaveLength(1)
  for (const text of ['0027', '1002', 'rn']) expect(names(index, text), text).toHaveLength(0)
})

test('what arrives late never replaces what is newer, nor brings back who was deleted', () => {
  const id = newId<string>(0)
  const index = indexOf({ id, version: 3, name: 'New, Una' })
  index.put(face({ id, version: 2, name: 'Old, Una' }))
  expect([index.size, index.get(id)?.name, names(index, 'old')]).toEqual([1, 'New, Una', []])
  index.put(face({ id, version: 4, name: 'Newest, Una' }))
  expect([names(index, 'new'), names(index, 'newest')]).toEqual([['Newest, Una'], ['Newest, Una']])
  index.remove(id, 3)
  expect(index.size).toBe(1)
  index.remove(id, 5)
  expect([index.size, index.get(id), names(index, 'una')]).toEqual([0, undefined, []])
  index.put(face({ id, version: 4 }))
  expect(index.size).toBe(0)
  // A notice of an earlier deletion says nothing new.
  index.remove(id, 2)
  index.put(face({ id, version: 4 }))
  expect(index.size).toBe(0)
  // Brought back by an update.
  index.put(face({ id, version: 6, name: 'Back, Una' }))
  expect(names(index, 'back')).toEqual(['Back, Una'])
})

test('a deletion that is heard of before the record itself holds', () => {
  const id = newId<string>(0)
  const index = new PatientIndex()
  index.remove(id, 2)
  index.put(face({ id, version: 1 }))
  expect(index.size).toBe(0)
})

test('the same version again changes nothing, and is taken: a face may be read anew', () => {
  const id = newId<string>(0)
  const index = indexOf({ id, version: 2, name: 'Canary, Una' })
  index.put(face({ id, version: 2, name: 'Canary, Una' }))
  expect([index.size, names(index, 'una'), index.beginning('can')]).toEqual([1, ['Canary, Una'], [id]])
})

test('everyone is found whose name or number begins with a text, of any length', () => {
  const [a, b, c] = [newId<string>(1), newId<string>(2), newId<string>(3)]
  const index = indexOf(
    { id: a, name: 'Canary, Una' },
    { id: b, name: 'Candle, Bo' },
    { id: c, name: 'Zoe, X', mrn: 'can9' },
  )
  expect(index.beginning('can').toSorted()).toEqual([a, b, c])
  expect(index.beginning('c').toSorted()).toEqual([a, b, c])
  expect(index.beginning('canar')).toEqual([a])
  expect(index.beginning('ana')).toEqual([])
  expect(index.beginning('nobody')).toEqual([])
})

test('who was born within some days, as far as the date is known', () => {
  const all = ['1961-03-12', '1961-03', '1961', '1961-03-13', '1962', undefined] as const
  const index = indexOf(...all.map((born, at) => ({ name: `N${at}, X`, ...(born === undefined ? {} : { born }) })))
  const born = (low: string, high: string) =>
    index.bornWithin(Date.parse(low), Date.parse(high)).map((id) => index.get(id)?.birthDate)
  expect(born('1961-03-12', '1961-03-13')).toEqual(['1961-03-12', '1961-03', '1961'])
  expect(born('1961-03-13', '1961-03-14')).toEqual(['1961-03', '1961', '1961-03-13'])
  // What is known by the month or year alone is compared with the record itself afterwards, so it may be too many.
  expect(born('1961-12-31', '1962-01-01')).toEqual(['1961-03', '1961'])
  expect(born('1963-01-03', '1963-02-01')).toEqual([])
})

test.each<[string, Made, Made, boolean]>([
  ['the same', {}, {}, true],
  ['another family name, as after a marriage', { name: 'Canary, Una' }, { name: 'Other, Una' }, true],
  ['another given name', { name: 'Canary, Una' }, { name: 'Canary, Bo' }, true],
  ['day and month exchanged', { born: '1961-03-12' }, { born: '1961-12-03' }, true],
  ['the year mistyped', { born: '1961-03-12' }, { born: '1916-03-12' }, true],
  [
    'the year mistyped and another given name',
    { born: '1961-03-12' },
    { born: '1916-03-12', name: 'Canary, Bo' },
    false,
  ],
  ['neither name in common', { name: 'Canary, Una' }, { name: 'Other, Bo' }, false],
  ['another day', { born: '1961-03-12' }, { born: '1961-03-14' }, false],
  ['a name that is another’s given name', { name: 'Una, Canary' }, { name: 'Canary, Una' }, false],
])('two patients may be the same person: %s', (_, one, other, alike) => {
  const base = { name: 'Canary, Una', born: '1961-03-12' }
  const index = indexOf({ ...base, ...one })
  expect(index.likely(face({ ...base, ...other })).length).toBe(alike ? 1 : 0)
})

test('nobody is like themselves, like who was deleted, or like someone without a birth date', () => {
  const [id, gone] = [newId<string>(0), newId<string>(1)]
  const index = indexOf({ id, born: '1961-03-12' }, { id: gone, born: '1961-03-12' }, {})
  index.remove(gone, 2)
  expect(index.likely(face({ id, born: '1961-03-12' }))).toEqual([])
  expect(index.likely(face({}))).toEqual([])
})
