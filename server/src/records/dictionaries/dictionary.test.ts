import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { codeOfType, resourceTypes } from '@chartkeep/model/fhir'
import { expect, test } from 'vitest'
import { dictionaryFiles } from './files.ts'
import { dictionaryById, dictionaryFor } from './dictionary.ts'

test('every R4 type has a dictionary, its own or the default one', () => {
  const fallback = dictionaryFor(0).id
  for (const type of resourceTypes) {
    const own = dictionaryFiles.findLast(([, code]) => code === codeOfType(type))?.[0]
    expect(dictionaryFor(codeOfType(type)).id).toBe(own ?? fallback)
  }
})

test('a number is of one dictionary only, and fits in the byte that is stored', () => {
  const ids = dictionaryFiles.map(([id]) => id)
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids.every((id) => id > 0 && id < 256)).toBe(true)
})

test('a number that is no dictionary gives none', () => {
  expect(dictionaryById(255)).toBeUndefined()
  expect(dictionaryById(0)).toBeUndefined()
})

test.each(dictionaryFiles.map(([id, code]) => [id, code]))(
  'what was packed with dictionary %i comes back whole',
  (id, code) => {
    const { id: newest, bytes } = dictionaryFor(code)
    expect(newest).toBe(id)
    const text = `${bytes.toString('utf8').slice(-200)} and something else`
    const packed = deflateRawSync(text, { level: 3, dictionary: bytes })
    expect(packed.length).toBeLessThan(60)
    expect(inflateRawSync(packed, { dictionary: dictionaryById(id)! }).toString('utf8')).toBe(text)
  },
)
