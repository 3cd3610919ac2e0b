import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { newId } from '#base'
import { openHanding, Recent } from './recent.ts'

const batches = (count: number, bytes: number) =>
  Array.from({ length: count }, (_, index) => ({
    id: newId<'batch'>(1_700_000_000_000 + index),
    tenant: index + 1,
    entries: randomBytes(bytes),
    leaves: randomBytes(32),
  }))

test('the last eight megabytes are known, each by its own id, and older ones are forgotten', () => {
  const recent = new Recent()
  const all = batches(100, 100_000)
  for (const batch of all) recent.add(batch)
  for (const batch of all.slice(-79)) expect(recent.find(batch.id)).toEqual(batch)
  for (const { id } of all.slice(0, 20)) expect(recent.find(id)).toBeUndefined()
  expect(recent.find(newId(0))).toBeUndefined()
})

test('what is in the tree makes room', () => {
  const recent = new Recent()
  const all = batches(200, 100_000)
  for (const batch of all) {
    recent.add(batch)
    if (batch !== all[0]) recent.forget(batch.id)
  }
  expect(recent.find(all[0]!.id)).toEqual(all[0])
  expect(recent.find(all[1]!.id)).toBeUndefined()
})

test('what is handed over by another process is known here', async () => {
  const recent = new Recent()
  const handing = openHanding((handed) => recent.take(handed))
  const all = batches(100, 300)
  for (const batch of all) handing.add(batch)
  await expect.poll(() => recent.find(all[0]!.id)).toEqual(all[0])
  expect(all.map(({ id }) => recent.find(id))).toEqual(all)
})

test('what is known is bounded by bytes, those of the leaves too; a batch known twice counts once', () => {
  const recent = new Recent()
  const sized = (index: number, entries: number, leaves: number) => ({
    ...{ id: newId<'batch'>(1_700_000_000_000 + index), tenant: 1 },
    ...{ entries: Buffer.alloc(entries), leaves: Buffer.alloc(leaves) },
  })
  const [first, second] = [sized(0, 3_000_000, 1_000_000), sized(1, 1_000_000, 3_000_000)]
  for (const batch of [first, first, second, first, second]) recent.add(batch)
  expect([first, second].map(({ id }) => recent.find(id) !== undefined)).toEqual([true, true]) // 8,000,000 exactly
  recent.forget(first.id)
  recent.forget(first.id)
  const third = sized(2, 4_000_000, 0)
  recent.add(third)
  expect([second, third].map(({ id }) => recent.find(id) !== undefined)).toEqual([true, true])
  recent.add(sized(3, 0, 1))
  expect(recent.find(second.id)).toBeUndefined()
  expect(recent.find(third.id)).toBeDefined()
})

test('batches are handed over once, also by a flush, and nothing is not handed over', () => {
  const handed: Buffer[] = []
  const handing = openHanding((bytes) => handed.push(bytes))
  handing.flush()
  expect(handed).toHaveLength(0)
  handing.add(batches(1, 1)[0]!)
  handing.flush()
  handing.flush()
  expect(handed).toHaveLength(1)
  const recent = new Recent()
  recent.take(handed[0]!)
  // An empty batch is its frame alone.
  const empty = { id: newId<'batch'>(1), tenant: 3, entries: Buffer.alloc(0), leaves: Buffer.alloc(0) }
  handing.add(empty)
  handing.flush()
  recent.take(handed[1]!)
  expect(recent.find(empty.id)).toEqual(empty)
  expect(recent.find(newId(2))).toBeUndefined()
  expect(handed[1]).toHaveLength(28)
})
