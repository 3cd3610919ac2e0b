import { createSecretKey, randomBytes, randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { newId } from '#base'
import { reading, aRecord } from '../../test/ledger-facts.ts'
import { accessRows, hourAfter, parseEntries } from './access.ts'
import {
  decodeEntries,
  encodeEntries,
  entryIdOf,
  mostEntries,
  outlinesIn,
  participantsOf,
  placeOf,
  recordedIn,
  sealBatch,
  type TaggedEntry,
} from './batch.ts'
import { leafOf, packEntry } from './entry.ts'
import { packIds } from './packed.ts'

const keys = { seal: createSecretKey(randomBytes(32)), tag: createSecretKey(randomBytes(32)) }

const none = Buffer.alloc(0)
const bytes = (maxLength: number) => fc.uint8Array({ maxLength, size: 'max' }).map((array) => Buffer.from(array))
const id = fc.uuid().map((uuid) => entryIdOf(uuid, 0))
const ids = fc.array(fc.uuid(), { maxLength: 4 }).map(packIds)
const entry = fc.record({
  at: fc.maxSafeInteger(),
  actor: fc.option(fc.uuid()),
  patient: fc.option(fc.uuid()),
  header: fc.oneof(
    bytes(40),
    bytes(4).map((end) => Buffer.concat([Buffer.from('{"action":"read","request":"'), end])),
  ),
  patients: ids,
  reads: bytes(50),
  writes: bytes(120),
  states: bytes(90),
  details: bytes(90),
  tag: fc.uint8Array({ minLength: 16, maxLength: 16 }).map((array) => Buffer.from(array)),
})
const batch = fc
  .tuple(id, fc.nat({ max: 2 ** 31 - 1 }), fc.array(entry, { minLength: 1, maxLength: 20, size: 'max' }))
  .map(([batchId, tenant, entries]) => ({
    id: batchId,
    tenant,
    entries: entries.map((one, place) => ({ ...one, tenant, id: entryIdOf(batchId, place) })),
  }))

test('entries come back as they were packed, and say whom they are about and which states they record', () => {
  fc.assert(
    fc.property(batch, ({ id: batchId, tenant, entries }) => {
      const encoded = encodeEntries(entries)
      expect(decodeEntries({ id: batchId, tenant, entries: encoded })).toEqual(entries)
      expect(outlinesIn(encoded)).toEqual(entries.map((one) => ({ ...participantsOf(one), states: one.states })))
    }),
  )
})

test('bytes that were changed, cut or made up never throw, and never give an entry that was not there with its hash', () => {
  fc.assert(
    fc.property(
      batch,
      fc.nat(),
      fc.nat({ max: 255 }),
      fc.boolean(),
      ({ id: batchId, tenant, entries }, at, byte, cut) => {
        const encoded = Buffer.from(encodeEntries(entries))
        const place = at % encoded.length
        const changed = cut ? encoded.subarray(0, place) : encoded
        if (!cut) encoded[place] = (encoded[place] ?? 0) ^ byte
        const decoded = decodeEntries({ id: batchId, tenant, entries: changed })
        const known = new Set(entries.map((one) => `${leafOf(one).toString('hex')}${one.tag.toString('hex')}`))
        const same = decoded?.filter((one) => known.has(`${leafOf(one).toString('hex')}${one.tag.toString('hex')}`))
        // A change shows in the entry it is in, unless there is none.
        if (cut || byte !== 0) expect(same?.length ?? 0).toBeLessThan(entries.length)
        else expect(same?.length).toBe(entries.length)
      },
    ),
    { numRuns: 1000 },
  )
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400, size: 'max' }), (made) => {
      decodeEntries({ id: entryIdOf(randomUUID(), 0), tenant: 1, entries: Buffer.from(made) })
    }),
  )
})

test('a length that lies about what follows is refused without reserving it', () => {
  const encoded = encodeEntries([{ ...packEntry(reading()), id: entryIdOf(randomUUID(), 0), tag: Buffer.alloc(16) }])
  const headerAt = 1 + 8 + 16 + 16 + 2
  encoded.writeUInt32BE(0xffff_ffff, headerAt)
  expect(decodeEntries({ id: randomUUID(), tenant: 1, entries: encoded })).toBeUndefined()
})

test('an entry with a part that there is not is refused', () => {
  const encoded = encodeEntries([{ ...packEntry(reading()), id: entryIdOf(randomUUID(), 0), tag: Buffer.alloc(16) }])
  const whole = { id: entryIdOf(randomUUID(), 0), tenant: 1, entries: encoded }
  expect(decodeEntries(whole)).toHaveLength(1)
  encoded[0] = (encoded[0] ?? 0) | 0x80
  expect(decodeEntries(whole)).toBeUndefined()
})

test('a batch gives the states that its entries record, each with its entry', () => {
  const states = [1, 2].map((version) => ({
    ...({ kind: 'account', subject: newId<'account'>(version), version, ended: false, mac: randomBytes(16) } as const),
  }))
  const packed = [packEntry(reading()), packEntry(reading({ states })), packEntry(reading())] as const
  const sealed = sealBatch([...packed], keys as never)
  expect(sealed.states).toEqual(states.map((state) => ({ ...state, entry: entryIdOf(sealed.id, 1) })))
  expect(recordedIn(sealed.id, outlinesIn(sealed.entries))).toEqual(sealed.states)
})

test('a batch knows whether it changes a record, and what its entries hash to', () => {
  const read = [
    packEntry(reading({ records: [aRecord(1)] })),
    packEntry(reading({ details: { search: 'x' } })),
  ] as const
  const wrote = packEntry(reading({ records: [aRecord(2, 'two')] }))
  expect(sealBatch([...read], keys as never).changes).toBe(false)
  const sealed = sealBatch([...read, wrote], keys as never)
  expect(sealed.changes).toBe(true)
  const entries = decodeEntries(sealed) ?? []
  expect(Buffer.concat(entries.map(leafOf))).toEqual(sealed.leaves)
  expect(entries.map(({ id: one }) => placeOf(one))).toEqual([0, 1, 2].map((place) => ({ batch: sealed.id, place })))
})

test('the same header a second time costs only what differs', () => {
  const facts = Array.from({ length: 32 }, () => packEntry(reading({ records: [aRecord(1)] })))
  const [first] = facts
  if (first === undefined) throw new Error('no entry')
  const { entries } = sealBatch([first, ...facts.slice(1)], keys as never)
  expect(entries.length / 32).toBeLessThan(150)
})

test('a row of access history is of one hour, newest first, and tells when it is not as it was written', () => {
  const at = (ms: number, end: string): string => {
    const time = ms.toString(16).padStart(12, '0')
    return `${time.slice(0, 8)}-${time.slice(8)}-8000-8000-${end.padStart(12, '0')}`
  }
  const [someone, patient] = [randomUUID(), randomUUID()]
  const alone = { actor: someone, patients: [] }
  const start = 1_767_225_600_000
  const rows = accessRows([
    {
      id: at(start, '10000'),
      tenant: 1,
      participants: [
        { actor: someone, patients: [patient, patient] },
        { actor: someone, patients: [someone] },
      ],
    },
    { id: at(start + 3_599_999, '20000'), tenant: 1, participants: [alone] },
    { id: at(start + 3_600_000, '30000'), tenant: 1, participants: [alone] },
    { id: at(start, '40000'), tenant: 2, participants: [alone, { actor: null, patients: [] }] },
  ])
  expect(rows.map(({ subject, actor, tenant, entries }) => [subject, actor, tenant, entries.length])).toEqual([
    [someone, true, 1, 3],
    [patient, false, 1, 1],
    [someone, false, 1, 1],
    [someone, true, 1, 1],
    [someone, true, 2, 1],
  ])
  const [first] = rows
  const [newest = '', , oldest = ''] = first?.entries ?? []
  expect(first?.entries).toEqual(first?.entries.toSorted().toReversed())
  const stored = { newest, oldest, entries: packIds(first?.entries ?? []) }
  expect(parseEntries(stored)).toEqual(first?.entries)
  for (const damaged of [
    { ...stored, newest: oldest },
    { ...stored, oldest: newest },
    { ...stored, entries: Buffer.alloc(0) },
    { ...stored, entries: stored.entries.subarray(1) },
    { newest, oldest: at(start - 1, '0'), entries: packIds([newest, at(start - 1, '0')]) },
  ])
    expect(parseEntries(damaged)).toBeUndefined()
  for (const one of rows.flatMap(({ entries }) => entries)) expect(hourAfter(one) > newest).toBe(true)
  expect(hourAfter('ffffffff-ffff-ffff-ffff-ffffffffffff')).toBe('ffffffff-ffff-ffff-ffff-ffffffffffff')
})

const plainEntry = (over: Partial<TaggedEntry> = {}): TaggedEntry => ({
  ...packEntry(reading()),
  ...{ id: entryIdOf(randomUUID(), 0), tag: Buffer.alloc(16), ...over },
})
const decode = (entries: Buffer, at = entryIdOf(randomUUID(), 0)) => decodeEntries({ id: at, tenant: 1, entries })

test('a batch whose id has a place in it holds no entries: they would have the ids of another batch', () => {
  const encoded = encodeEntries([plainEntry()])
  const batchId = randomUUID()
  expect(decode(encoded, entryIdOf(batchId, 0))).toHaveLength(1)
  expect(decode(encoded, entryIdOf(batchId, 1))).toBeUndefined()
})

test('a batch is not read when it is cut, has parts that there are not, or no time', () => {
  const encoded = encodeEntries([plainEntry({ at: 5 })])
  const changed = (change: (bytes: Buffer) => void) => {
    const bytes = Buffer.from(encoded)
    change(bytes)
    return decode(bytes)
  }
  expect(changed(() => undefined)).toHaveLength(1)
  expect(decode(encoded.subarray(0, -1))).toBeUndefined()
  expect(changed((bytes) => (bytes[0] = (bytes[0] ?? 0) | 64))).toBeUndefined()
  expect(changed((bytes) => bytes.writeBigInt64BE(2n ** 60n, 1))).toBeUndefined()
})

test('512 entries are read and 513 are not', () => {
  const many = (count: number) => encodeEntries(Array.from({ length: count }, () => plainEntry()))
  expect(decode(many(mostEntries))).toHaveLength(512)
  expect(decode(many(mostEntries + 1))).toBeUndefined()
})

test('few bytes do not say very much: what headers repeat is bounded', () => {
  const header = (length: number, end: string) => Buffer.concat([Buffer.alloc(length, 'h'), Buffer.from(end)])
  const repeating = (length: number, times: number) =>
    encodeEntries(
      Array.from({ length: times + 1 }, (_, at) => plainEntry({ header: header(length, `${at}`.padStart(4)) })),
    )
  // 20 times 50,000 is the most; the last digits of a count are not in common.
  expect(decode(repeating(49_990, 20))).toHaveLength(21)
  expect(decode(repeating(50_010, 20))).toBeUndefined()
})

test('a header that is said to share more than there is before it is not read', () => {
  const encoded = encodeEntries([plainEntry({ header: Buffer.from('one') })])
  encoded.writeUInt16BE(1, 1 + 8 + 16 + 16)
  expect(decode(encoded)).toBeUndefined()
})

test('the first byte of an entry says which parts follow', () => {
  const flagsOf = (over: Partial<TaggedEntry>) =>
    encodeEntries([plainEntry({ actor: null, patient: null, reads: none, ...over })])[0]
  const [some, id1] = [Buffer.from('x'), randomUUID()]
  expect(flagsOf({})).toBe(0)
  expect(flagsOf({ actor: id1 })).toBe(1)
  expect(flagsOf({ patient: id1 })).toBe(2)
  expect(flagsOf({ patients: some })).toBe(4)
  expect(flagsOf({ reads: some })).toBe(8)
  expect(flagsOf({ writes: some })).toBe(16)
  expect(flagsOf({ details: some })).toBe(32)
  expect(flagsOf({ states: some })).toBe(64)
})
