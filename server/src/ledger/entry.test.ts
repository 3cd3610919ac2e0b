import { createHash, createSecretKey, randomBytes, randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { newId } from '#base'
import { Damaged } from '#keys'
import {
  type EntryContent,
  leafOf,
  openDetails,
  packEntry,
  type SealedEntry,
  sealEntry,
  sizeOf,
  tagOf,
} from './entry.ts'
import { findHeader } from './header.ts'
import { isUuid, packIds, packReads, packWrites, unpackIds, unpackReads, unpackWrites } from './packed.ts'
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

const bytes = fc.uint8Array({ maxLength: 80, size: 'max' }).map((array) => Buffer.from(array))
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
  states: bytes,
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
  'states',
  'details',
] as const

test('bytes moved from one list to the next make another leaf', () => {
  fc.assert(
    fc.property(
      content,
      fc.constantFrom(...(['header', 'patients', 'reads', 'writes', 'details'] as const)),
      (entry, name) => {
        fc.pre(entry[name].length > 0)
        const next = (
          { header: 'patients', patients: 'reads', reads: 'writes', writes: 'details', details: 'states' } as const
        )[name]
        const moved = {
          ...entry,
          [name]: entry[name].subarray(0, -1),
          [next]: Buffer.concat([entry[name].subarray(-1), entry[next]]),
        }
        expect(leafOf(moved).equals(leafOf(entry))).toBe(false)
      },
    ),
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

test('what an entry says, packed: microseconds, the only patient in a column, several in a list', () => {
  const [one, other] = [newId<'patient'>(1), newId<'patient'>(2)]
  const actor = { kind: 'person', id: randomUUID() } as const
  const none = Buffer.alloc(0)
  const packed = packEntry(facts({ at: 1_767_225_600_000.9, actor, patients: [one] }))
  expect(packed).toMatchObject({ tenant: 1, at: 1_767_225_600_000_000, actor: actor.id, patient: one, patients: none })
  expect(packEntry(facts({ patients: [one, other] }))).toMatchObject({ patient: null, patients: packIds([one, other]) })
  expect(packEntry(facts())).toMatchObject({ patient: null, patients: none, reads: none, writes: none, details: none })
  expect(packEntry(facts({ actor: { kind: 'job', id: 'nightly' } })).actor).toBeNull()
  expect(packEntry(facts({ actor: { kind: 'system' } })).actor).toBeNull()
})

test('the length of sealed details tells only how many 64-byte steps they take', () => {
  const overhead = 12 + 16 // IV and tag of AES-256-GCM
  for (const length of [0, 1, 20, 49, 50, 51, 113, 114, 115, 5000]) {
    const search = 'x'.repeat(length)
    const plain = JSON.stringify({ search }).length
    expect(sealed(facts({ details: { search } })).details.length - overhead).toBe(Math.ceil(plain / 64) * 64)
  }
})

test('an entry without details has none to open', () => {
  expect(openDetails(sealed(facts()), keys)).toBeUndefined()
})

test('an entry that says more than would be read back is refused; the most is 16,000,000 bytes', () => {
  const sizeWith = (length: number) => sizeOf(packEntry(facts({ rule: 'x'.repeat(length) })))
  const base = sizeWith(1) - 1
  expect(sizeWith(16_000_000 - base)).toBe(16_000_000)
  expect(() => sizeWith(16_000_001 - base)).toThrow('an entry says more than would be read back')
})

test('the size of an entry is the sum of all its parts', () => {
  const part = (length: number) => Buffer.alloc(length)
  const parts = { header: part(1), patients: part(20), reads: part(300), writes: part(4000), details: part(50_000) }
  const entry = { tenant: 1, at: 0, actor: null, patient: null, ...parts, states: part(600_000) }
  expect(sizeOf(entry)).toBe(654_321)
})

// If a leaf comes out otherwise, every proof and checkpoint that was given out no longer holds.
test('the leaf of an entry is SHA-256 over the framing of format 1, however long the entry is', () => {
  const id = '01890a5d-ac96-8000-8000-000000000001'
  const actor = '11111111-2222-4333-8444-555555555555'
  const patient = '66666666-7777-4888-9999-aaaaaaaaaaaa'
  const hexOf = (uuidText: string) => Buffer.from(uuidText.replaceAll('-', ''), 'hex')
  const frame = (entry: EntryContent): Buffer => {
    const fixed = Buffer.alloc(31)
    fixed[1] = 1
    hexOf(entry.id).copy(fixed, 2)
    fixed.writeUInt32BE(entry.tenant, 18)
    fixed.writeBigInt64BE(BigInt(entry.at), 22)
    fixed[30] = (entry.actor === null ? 0 : 1) + (entry.patient === null ? 0 : 2) + (entry.states.length === 0 ? 0 : 4)
    const zeros = Buffer.alloc(16)
    const states = entry.states.length === 0 ? [] : [entry.states]
    const lists = [entry.header, entry.patients, entry.reads, entry.writes, entry.details, ...states].flatMap(
      (list) => {
        const length = Buffer.alloc(4)
        length.writeUInt32BE(list.length)
        return [length, list]
      },
    )
    const ids = [entry.actor, entry.patient].map((given) => (given === null ? zeros : hexOf(given)))
    return Buffer.concat([fixed, ...ids, ...lists])
  }
  const header = Buffer.from('{"actor":"person"}')
  // The longest first: what it leaves in the buffer that is used again must not show in the next one.
  for (const length of [20_000, 8192 - 63 - 20 - header.length, 8193 - 63 - 20 - header.length, 5, 0]) {
    for (const given of [
      { actor, patient },
      { actor, patient: null },
      { actor: null, patient },
      { actor: null, patient: null },
    ]) {
      const lists = { header, patients: Buffer.alloc(0), reads: Buffer.alloc(0), writes: Buffer.alloc(length, 7) }
      const entry: EntryContent = {
        id,
        tenant: 7,
        at: 1_767_225_600_000_001,
        ...given,
        ...lists,
        details: Buffer.alloc(0),
        states: Buffer.alloc(0),
      }
      for (const each of [entry, { ...entry, states: Buffer.alloc(41, 3) }])
        expect(leafOf(each)).toEqual(createHash('sha256').update(frame(each)).digest())
    }
  }
})

test('a name that cannot be recorded exactly is refused', () => {
  const record = { type: 'Condition', id: newId<'record'>(1), version: 1 }
  const short = () => packWrites([{ ...record, hash: Buffer.alloc(31) }], ['Condition'])
  expect(short).toThrow('a write is recorded with the SHA-256 of the sealed body')
  expect(() => packWrites([record], ['Condition'])).toThrow('a write is recorded with the SHA-256 of the sealed body')
  expect(() => packReads([record], ['Patient'])).toThrow('the header lacks a type')
  for (const id of [`x${randomUUID()}`, `${randomUUID()}x`, '']) {
    expect(() => packIds([id])).toThrow('an entry names things by UUID')
    expect(isUuid(id)).toBe(false)
  }
  expect(isUuid(randomUUID())).toBe(true)
  expect(unpackReads(packReads([record], ['Condition']), [])).toEqual([{ ...record, type: '' }])
})
