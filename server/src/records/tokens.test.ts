import { createSecretKey, randomBytes } from 'node:crypto'
import type { Resource } from '@chartkeep/model/fhir'
import { expect, test } from 'vitest'
import { type Id, newId } from '#base'
import { PatientKey } from '#keys'
import { crossingToken, identityText, lookupsOf, tokensOf, tokenText } from './index-tokens.ts'
import { fillOf, lookupToken, patientToken, timeOffset } from './tokens.ts'

const [una, bo] = [new PatientKey(randomBytes(32)), new PatientKey(randomBytes(32))]
const keys = { identity: createSecretKey(randomBytes(32)), operational: createSecretKey(randomBytes(32)) }
const home = newId<'patient'>(0, 7)
const distinct = (buffers: readonly Uint8Array[]) =>
  new Set(buffers.map((one) => Buffer.from(one).toString('hex'))).size

test('a token is three bytes, and another for each patient, type, parameter and value', () => {
  const tokens = [
    patientToken(una, 'Observation', 'code', '1'),
    patientToken(bo, 'Observation', 'code', '1'),
    patientToken(una, 'Condition', 'code', '1'),
    patientToken(una, 'Observation', 'category', '1'),
    patientToken(una, 'Observation', 'code', '2'),
  ]
  for (const token of tokens) expect(token).toHaveLength(3)
  expect(distinct(tokens)).toBe(tokens.length)
  expect(patientToken(una, 'Observation', 'code', '1')).toEqual(tokens[0])
})

test('tokens stay the same however many others are made meanwhile', () => {
  const key = new PatientKey(randomBytes(32))
  const first = patientToken(key, 'Observation', 'code', 'x')
  for (let at = 0; at < 5000; at++) patientToken(key, 'Observation', 'code', String(at))
  expect(patientToken(key, 'Observation', 'code', 'x')).toEqual(first)
})

test('what fills up tokens, and the offset of times, is another for each record, patient and type', () => {
  expect(distinct([fillOf(una, 'a'), fillOf(una, 'b'), fillOf(bo, 'a')])).toBe(3)
  expect(fillOf(una, 'a')).toEqual(fillOf(una, 'a'))
  const offsets = [timeOffset(una, 'Encounter'), timeOffset(una, 'Observation'), timeOffset(bo, 'Encounter')]
  expect(new Set(offsets).size).toBe(3)
  expect(timeOffset(una, 'Encounter')).toBe(offsets[0])
  // Some 35 years of milliseconds: 40 bits.
  for (const offset of offsets) expect(offset >= 0 && offset < 2 ** 40).toBe(true)
})

test('a look-up is another for each key, tenant, type, parameter and value: 64 bits, spread over their whole range', () => {
  const made = [
    lookupToken(keys.identity, 1, 'Patient', 'identifier', '7'),
    lookupToken(keys.operational, 1, 'Patient', 'identifier', '7'),
    lookupToken(keys.identity, 2, 'Patient', 'identifier', '7'),
    lookupToken(keys.identity, 1, 'Person', 'identifier', '7'),
    lookupToken(keys.identity, 1, 'Patient', 'phone', '7'),
    lookupToken(keys.identity, 1, 'Patient', 'identifier', '8'),
  ]
  expect(new Set(made).size).toBe(made.length)
  expect(lookupToken(keys.identity, 1, 'Patient', 'identifier', '7')).toBe(made[0])
  const many = Array.from({ length: 300 }, (_, at) =>
    lookupToken(keys.identity, 1, 'Patient', 'identifier', String(at)),
  )
  for (const token of many) expect(BigInt.asIntN(64, token)).toBe(token)
  expect(new Set(many.map((token) => token >> 52n)).size).toBeGreaterThan(200)
  expect(new Set(many.map((token) => token & 0xfffn)).size).toBeGreaterThan(200)
})

const observation = (elements: object): Resource => ({ resourceType: 'Observation', status: 'final', ...elements })
const has = (tokens: Buffer, token: Buffer) => {
  for (let at = 0; at < tokens.length; at += 3) if (tokens.subarray(at, at + 3).equals(token)) return true
  return false
}

test('a record has tokens of what charts are filtered by, each once, without system and case', () => {
  const coding = (code: string) => ({ coding: [{ system: 'urn:a', code }] })
  const tokens = tokensOf(observation({ code: { coding: [{ code: 'A1' }, { system: 'urn:b', code: 'a1' }] }, category: [coding('lab')], encounter: { reference: `Encounter/${newId(1)}` } }), una) // oxfmt-ignore
  for (const [parameter, value] of [
    ['code', 'a1'],
    ['category', 'lab'],
    ['status', 'final'],
  ] as const)
    // oxfmt-ignore
    expect(has(tokens, patientToken(una, 'Observation', parameter, value)), parameter).toBe(true)
  expect(has(tokens, patientToken(una, 'Observation', 'code', 'A1'))).toBe(false)
  expect(tokens.length % 3).toBe(0)
  const parts = Array.from({ length: tokens.length / 3 }, (_, at) => tokens.subarray(3 * at, 3 * at + 3))
  expect(distinct(parts)).toBe(parts.length)
})

const lookups = (resource: Resource, { of }: { of: Id<'patient'> | undefined } = { of: home }) =>
  lookupsOf(resource, 1, keys, of)

test('a record is looked up by its identifiers, whatever their system and case', () => {
  const made = lookups(observation({ identifier: [{ system: 'urn:lab', value: 'A7' }, { value: 'B8' }] }))
  expect(made).toHaveLength(2)
  expect(made).toContain(lookupToken(keys.identity, 1, 'Observation', 'identifier', 'a7'))
  expect(made).toContain(lookupToken(keys.identity, 1, 'Observation', 'identifier', 'b8'))
  expect(lookups(observation({ identifier: [{ value: '7' }, { system: 'x', value: '7' }] }))).toHaveLength(1)
})

test('what has no value is looked up by none', () => {
  expect(lookups(observation({ identifier: [{ system: 'urn:lab' }] }))).toEqual([])
  expect(lookups({ resourceType: 'Appointment', status: 'proposed', participant: [{ status: 'accepted' }] })).toEqual(
    [],
  )
  const tokens = tokensOf(observation({ code: { coding: [{ display: 'Canary' }] } }), una)
  expect(has(tokens, patientToken(una, 'Observation', 'code', 'undefined'))).toBe(false)
  expect(has(tokens, patientToken(una, 'Observation', 'code', ''))).toBe(false)
  expect(tokens).toHaveLength(3)
})

test('a schedule is looked up by day and by practitioner, a directory as a whole, a definition by its address', () => {
  const practitioner = newId<string>(2)
  const appointment = { resourceType: 'Appointment', status: 'booked', start: '2026-03-01T10:00:00Z', end: '2026-03-01T10:20:00Z', participant: [{ actor: { reference: `Practitioner/${practitioner}` }, status: 'accepted' }] } as Resource // oxfmt-ignore
  expect(lookups(appointment)).toContain(lookupToken(keys.operational, 1, 'Appointment', 'practitioner', practitioner))
  expect(lookups(appointment)).toHaveLength(2)
  const location = { resourceType: 'Location' } as Resource
  expect(lookups(location, { of: undefined })).toEqual([lookupToken(keys.operational, 1, 'Location', '*', '')])
  const valueSet = { resourceType: 'ValueSet', url: 'http://example.com/A' } as Resource
  expect(lookups(valueSet, { of: undefined })).toContain(
    lookupToken(keys.identity, 1, 'ValueSet', 'url', 'http://example.com/A'),
  )
})

test('a record is looked up by what it refers to in charts of other buckets alone', () => {
  const [near, far] = [newId<string>(3, 7), newId<string>(3, 8)]
  const of = (...ids: string[]) => lookups(observation({ subject: { reference: `Patient/${home}` }, hasMember: ids.map((id) => ({ reference: `Observation/${id}` })) })) // oxfmt-ignore
  expect(of(near)).toEqual([])
  expect(of(near, far)).toEqual([crossingToken(keys, 1, 'Observation', far)])
  expect(of(far, far)).toHaveLength(1)
  // The practice has no bucket of its own, so whatever patients' records it refers to are looked up.
  const task = { resourceType: 'Task', status: 'requested', intent: 'order', focus: { reference: `Observation/${near}` } } as Resource // oxfmt-ignore
  expect(lookups(task, { of: undefined })).toContain(crossingToken(keys, 1, 'Task', near))
  // What is the practice's is found by its own look-ups.
  expect(lookups(observation({ performer: [{ reference: `Practitioner/${far}` }] }))).toEqual([])
  expect(lookups(observation({ hasMember: [{ reference: 'Observation/example' }] }))).toEqual([])
})

test('what of a value is hashed: codes in lower case, ids of references, addresses as they are', () => {
  expect(tokenText({ kind: 'token', system: 'urn:a', code: 'AbC' } as never)).toBe('abc')
  expect(tokenText({ kind: 'token', system: 'urn:a' } as never)).toBeUndefined()
  expect(tokenText({ kind: 'reference', type: 'Patient', id: 'X' } as never)).toBe('X')
  expect(tokenText({ kind: 'string', text: 'x' } as never)).toBeUndefined()
  expect(identityText({ kind: 'uri', uri: 'urn:A' } as never)).toBe('urn:A')
  expect(identityText({ kind: 'uri', uri: 'urn:A', way: 'same' } as never)).toBe('urn:A')
  expect(identityText({ kind: 'uri', uri: 'urn:A', way: 'below' } as never)).toBeUndefined()
  expect(identityText({ kind: 'token', code: 'A' } as never)).toBe('a')
  expect(identityText({ kind: 'reference', id: 'x' } as never)).toBeUndefined()
})
