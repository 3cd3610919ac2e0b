import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { synthesize } from '../synthetic/index.ts'
import { everyName, longNames, nativeNames, nicknames, streets, towns } from '../synthetic/names.ts'
import { collectRuns, fileName, plan } from './build.ts'
import { growDictionary } from './grow.ts'
import { isJsonObject, type Json } from './json.ts'

const folder = join(import.meta.dirname, '../../server/src/records/dictionaries')
const files = readdirSync(folder).filter((name) => name.endsWith('.dict'))
const made = files.map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }))

test('the same sources give the same bytes', { timeout: 180_000 }, () => {
  const built = growDictionary(collectRuns().get('Patient')!, 2048)
  expect(built.length).toBeGreaterThan(1500)
  expect(growDictionary(collectRuns().get('Patient')!, 2048).equals(built)).toBe(true)
})

test('every file is in the plan, and of the plan nothing is missing', () => {
  const planned = plan.map(([id, type]) => fileName(id, type))
  expect(made.map(({ name }) => name)).toEqual(planned)
})

test('no dictionary is larger than 32 KiB, and all together stay under 600 KiB', () => {
  const sizes = made.map(({ text }) => Buffer.byteLength(text))
  expect(Math.max(...sizes)).toBeLessThanOrEqual(32 * 1024)
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(600 * 1024)
})

const texts = made.map(({ name, text }) => {
  const readable = [text, ...[0, 1, 2, 3].map((shift) => base64Words(text, shift))].join('\n')
  return { name, text: readable, words: new Set(wordsOf(readable)) }
})

/** Which of these stand in which dictionary, in clear or in base64; as whole words, since "Nia" is in "Pneumonia". */
function found(values: Iterable<string>): string[] {
  return [...values].flatMap((value) => {
    const words = wordsOf(value)
    const holding = texts.filter((made) => words.every((word) => made.words.has(word)) && holdsWord(made.text, value))
    return holding.map(({ name }) => `${name} holds ${value}`)
  })
}

function wordsOf(text: string): string[] {
  return text.match(/[\p{L}\p{N}]+/gu) ?? []
}

function holdsWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const [before, after] = [text[at - 1] ?? ' ', text[at + word.length] ?? ' ']
    if (!/[\p{L}\p{N}]/u.test(before) && !/[\p{L}\p{N}]/u.test(after)) return true
  }
  return false
}

test('no name, street or town that the generator knows is in a dictionary', () => {
  const words = [
    ...everyName(),
    ...nativeNames.flatMap(({ family, given }) => [family, given]),
    ...longNames.flatMap(({ family, given }) => [family, ...given]),
    ...Object.values(nicknames),
    ...streets,
    ...towns.flat(),
  ]
  expect(found(words)).toEqual([])
})

/** Every string of the resources below these elements. */
function strings(value: Json, into: Set<string>): void {
  if (typeof value === 'string') into.add(value)
  else if (Array.isArray(value)) for (const part of value) strings(part, into)
  else if (isJsonObject(value)) for (const part of Object.values(value)) strings(part, into)
}

test.each(['dictionaries', 'somebody else'])(
  'no value of a patient made from the seed "%s" is in a dictionary',
  (seed) => {
    const identifying = new Set<string>()
    const practice = synthesize({ seed, patients: 120, today: '2026-11-22' })
    for (const { patient, entries } of practice.patients()) {
      const { identifier, name, telecom, address, birthDate, deceasedDateTime } = patient.resource
      const [number] = identifier as readonly { readonly value: string }[]
      strings(number?.value ?? '', identifying)
      for (const value of [name, telecom, address, birthDate, deceasedDateTime])
        if (value !== undefined) strings(value, identifying)
      for (const { fullUrl } of entries) identifying.add(fullUrl.slice(9))
    }
    for (const known of ['official', 'usual', 'nickname', 'maiden', 'home', 'mobile', 'phone', 'email', 'MA', 'US'])
      identifying.delete(known)
    expect(identifying.size).toBeGreaterThan(20_000)
    expect(found(identifying)).toEqual([])
  },
)

test('no dictionary holds a date, and no sentence of a note, neither in clear nor in base64', () => {
  const sentences = new Set<string>()
  const practice = synthesize({ seed: 'dictionaries', patients: 40, today: '2026-11-22' })
  for (const { entries } of practice.patients()) {
    for (const { resource } of entries) {
      for (const [, encoded] of JSON.stringify(resource).matchAll(/"data":"([^"]+)"/g)) {
        const text = Buffer.from(encoded ?? '', 'base64').toString('utf8')
        for (const sentence of text.split(/\n|(?<=\.) /)) if (/ .* .*\.$/.test(sentence)) sentences.add(sentence)
      }
    }
  }
  expect(sentences.size).toBeGreaterThan(500)
  expect(found(sentences)).toEqual([])
  expect(made.filter(({ text }) => /\b(19|20)\d\d-\d\d/.test(text)).map(({ name }) => name)).toEqual([])
})

function base64Words(text: string, shift: number): string {
  const words = text.match(/[A-Za-z0-9+/]{12,}/g) ?? []
  return words.map((word) => Buffer.from(word.slice(shift), 'base64').toString('utf8')).join('\n')
}
