import { expect } from 'vitest'
import { newId, systemClock } from '#base'
import { aRecord, reading, test } from '../../test/ledger.ts'
import type { EntryFacts } from './facts.ts'

type Written = EntryFacts['records'][number]

const minuteMs = 60_000
const versionOf = ({ id, version }: Written, updated: number) => ({ id, version, updated })
const writing = (records: readonly Written[], over: Partial<EntryFacts> = {}): EntryFacts =>
  reading({ action: 'update', records, types: records.map(({ type }) => type), ...over })

test('each version has the kind of whoever wrote it and the note of it, in the order asked for', async ({ ledger }) => {
  const now = systemClock.now()
  const [first, second] = [aRecord(1, 'one'), aRecord(1, 'two')]
  const later = { ...aRecord(2, 'three'), id: first.id }
  const read = aRecord(1)
  await ledger.record(writing([first, second], { details: { notes: ['of first', { of: 'second' }] } }))
  await ledger.record(writing([later], { actor: { kind: 'client', id: newId(now) } }))
  await ledger.record(reading({ records: [read] }))
  const asked = [versionOf(later, now), versionOf(second, now), versionOf(read, now), versionOf(first, now)]
  expect(await ledger.authorsOf(1, asked)).toEqual([
    { kind: 'client', note: undefined },
    { kind: 'person', note: { of: 'second' } },
    undefined,
    { kind: 'person', note: 'of first' },
  ])
  expect(await ledger.authorsOf(1, [])).toEqual([])
  expect(await ledger.authorsOf(2, asked)).toEqual(asked.map(() => undefined))
})

test('details that hold no list of notes hold none', async ({ ledger }) => {
  const records = [aRecord(1, 'one'), aRecord(1, 'two')]
  await ledger.record(writing(records.slice(0, 1), { details: { notes: 'no list' } }))
  await ledger.record(writing(records.slice(1)))
  const now = systemClock.now()
  expect(
    await ledger.authorsOf(
      1,
      records.map((record) => versionOf(record, now)),
    ),
  ).toEqual(records.map(() => ({ kind: 'person', note: undefined })))
})

test('it is looked for from a minute before the record’s time on, for clocks that do not agree', async ({ ledger }) => {
  const record = aRecord(1, 'one')
  await ledger.record(writing([record]))
  const now = systemClock.now()
  const found = async (updated: number) => (await ledger.authorsOf(1, [versionOf(record, updated)]))[0] !== undefined
  expect(await found(now + 50_000)).toBe(true)
  expect(await found(now + 2 * minuteMs)).toBe(false)
  expect(await found(now - 4 * minuteMs)).toBe(true)
})

test('among more entries than are read at once, each is found', async ({ ledger }) => {
  const records = Array.from({ length: 80 }, (_, at) => aRecord(1, `body ${at}`))
  for (const record of records) await ledger.record(writing([record]))
  const now = systemClock.now()
  const authors = await ledger.authorsOf(
    1,
    records.map((record) => versionOf(record, now)),
  )
  expect(authors.filter((author) => author?.kind === 'person')).toHaveLength(80)
})

test('an entry that nobody here wrote says nothing', async ({ ledger, owner }) => {
  const record = aRecord(1, 'one')
  await ledger.record(writing([record]))
  await owner.query(
    'update ledger.batch set entries = set_byte(entries, length(entries) - 1, get_byte(entries, length(entries) - 1) # 1)',
  )
  expect(await ledger.authorsOf(1, [versionOf(record, systemClock.now())])).toEqual([undefined])
})

test('versions of other days are found, whichever is asked for first', async ({ ledger }) => {
  const dayMs = 86_400_000
  const now = systemClock.now()
  const asked = []
  for (const ago of [0, 9, 3, 1]) {
    const record = aRecord(1, `body ${ago}`)
    await ledger.record(writing([record], { at: now - ago * dayMs }))
    asked.push(versionOf(record, now - ago * dayMs))
  }
  expect((await ledger.authorsOf(1, asked)).map((author) => author?.kind)).toEqual(asked.map(() => 'person'))
})
