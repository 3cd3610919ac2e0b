import { createSecretKey, randomBytes, randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { newId } from '#base'
import { Damaged } from '#keys'
import { type EntryContent, leafOf, openDetails, packEntry, type SealedEntry, sealEntry, tagOf } from './entry.ts'
import { findHeader } from './header.ts'
import { packIds, unpackIds, unpackReads, unpackWrites } from './packed.ts'
import type { EntryFacts } from './facts.ts'

const keys = { seal: createSecretKey(randomBytes(32)), tag: createSecretKey(randomBytes(32)) }

const facts = (over: Partial<EntryFacts> = {}): EntryFacts => ({
  tenant: 1,
  at: 1_767_225_600_000,
  actor: { kind: 'person', id: randomUUID(), role: 'nurse' },
  workstation: 'ward 3',
  action: 'read',
  types: [],
  patients: [],
  records: [],
  outcome: 'done',
  request: randomUUID(),
  ...over,
})

const sealed = (given: EntryFacts): SealedEntry => sealEntry(packEntry(given), newId(given.at), keys)

const bytes = fc.uint8Array({ maxLength: 80 }).map((array) => Buffer.from(array))
const uuid = fc.uuid()
const content: fc.Arbitrary<EntryContent> = fc.record({
  id: uuid,
  tenant: fc.nat(),
  at: fc.nat(),
  actor: fc.option(uuid),
  patient: fc.option(uuid),
  header: bytes,
  patients: bytes,
  reads: bytes,
  writes: bytes,
  details: bytes,
})

test('two entries that differ in anything have different leaves', () => {
  fc.assert(
    fc.property(content, content, fc.constantFrom(...contentNames), (entry, other, name) => {
      const changed = { ...entry, [name]: other[name] }
      const same = JSON.stringify(changed) === JSON.stringify(entry)
      expect(leafOf(changed).equals(leafOf(entry))).toBe(same)
    }),
  )
})

const contentNames = [
  'id',
  'tenant',
  'at',
  'actor',
  'patient',
  'header',
  'patients',
  'reads',
  'writes',
  'details',
] as const

test('bytes moved from one list to the next make another leaf', () => {
  fc.assert(
    fc.property(content, fc.constantFrom(...(['header', 'patients', 'reads', 'writes'] as const)), (entry, name) => {
      fc.pre(entry[name].length > 0)
      const next = ({ header: 'patients', patients: 'reads', reads: 'writes', writes: 'details' } as const)[name]
      const moved = {
        ...entry,
        [name]: entry[name].subarray(0, -1),
        [next]: Buffer.concat([entry[name].subarray(-1), entry[next]]),
      }
      expect(leafOf(moved).equals(leafOf(entry))).toBe(false)
    }),
  )
})

test('an absent actor is not an actor of zeros', () => {
  const entry = sealed(facts())
  const zeros = '00000000-0000-0000-0000-000000000000'
  expect(leafOf({ ...entry, actor: null }).equals(leafOf({ ...entry, actor: zeros }))).toBe(false)
})

test('a tag is made with the key, over the leaf', () => {
  const entry = sealed(facts())
  expect(entry.tag.length).toBe(16)
  expect(tagOf(entry.leaf, keys.tag).equals(entry.tag)).toBe(true)
  expect(tagOf(entry.leaf, createSecretKey(randomBytes(32))).equals(entry.tag)).toBe(false)
})

test('a written record takes 54 bytes, a read one 22, a patient 16', () => {
  const records = Array.from({ length: 200 }, (_, i) => ({
    type: i % 2 === 0 ? 'Observation' : 'Condition',
    id: newId<'record'>(i),
    version: i + 1,
    ...(i < 100 ? { hash: randomBytes(32) } : {}),
  }))
  const patients = [newId<'patient'>(1), newId<'patient'>(2)]
  const entry = sealed(facts({ records, patients }))
  expect(entry.writes.length).toBe(100 * 54)
  expect(entry.reads.length).toBe(100 * 22)
  expect(unpackIds(entry.patients)).toEqual(patients)
  const types = findHeader(entry.header)?.types ?? []
  expect(types).toEqual(['Observation', 'Condition'])
  expect([...unpackWrites(entry.writes, types), ...unpackReads(entry.reads, types)]).toEqual(records)
})

test('a patient named twice is one patient', () => {
  const patient = newId<'patient'>(1)
  const entry = sealed(facts({ patients: [patient, patient] }))
  expect(entry).toMatchObject({ patient, patients: Buffer.alloc(0) })
})

test('ids come back as they were packed', () => {
  fc.assert(
    fc.property(fc.array(uuid), (ids) => {
      expect(unpackIds(packIds(ids))).toEqual(ids)
    }),
  )
  expect(() => packIds(['0190A0B0-0000-8000-8000-000000000000'])).toThrow(TypeError)
})

test('an actor without a UUID is named in the header; nobody is nobody', () => {
  expect(findHeader(sealed(facts({ actor: { kind: 'system', id: 'clock' } })).header)?.actorId).toBe('clock')
  expect(sealed(facts({ actor: { kind: 'anonymous' } })).actor).toBeNull()
})

test('details open for their own entry alone', () => {
  const entry = sealed(facts({ details: { search: 'Müller' } }))
  expect(entry.details.includes('Müller')).toBe(false)
  expect(openDetails(entry, keys)).toEqual({ search: 'Müller' })
  expect(() => openDetails({ ...entry, id: randomUUID() }, keys)).toThrow(Damaged)
})

test.each(['', 'null', '[]', '{}', '{"actor":1}', 'x', '{"actor":"person","types":[]}'])('%s is no header', (text) => {
  expect(findHeader(Buffer.from(text))).toBeUndefined()
})

test.each([5, [5], { 0: 1 }, 'x'])('a header whose versions before are %j is no header of ours', (before) => {
  const header = { actor: 'person', workstation: '', action: 'read', outcome: 'done', request: '', types: [] }
  expect(findHeader(Buffer.from(JSON.stringify({ ...header, before: [[0, 1]] })))).toBeDefined()
  expect(findHeader(Buffer.from(JSON.stringify({ ...header, before })))).toBeUndefined()
})
