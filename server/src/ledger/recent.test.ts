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
