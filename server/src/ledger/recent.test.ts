import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { newId } from '#base'
import { openHanding, Recent } from './recent.ts'

const entries = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    id: newId<'entry'>(1_700_000_000_000 + index),
    leaf: randomBytes(32),
  }))

test('the last thirty thousand are known, each by its own id', () => {
  const recent = new Recent()
  const all = entries(70_000)
  for (const entry of all) recent.add(entry)
  for (const { id, leaf } of all.slice(-32_768)) expect(recent.hashOf(id)?.equals(leaf)).toBe(true)
  // Older ones are forgotten, or known as they were.
  for (const { id, leaf } of all) expect(recent.hashOf(id)?.equals(leaf) ?? true).toBe(true)
  expect(recent.hashOf(all[0]!.id)).toBeUndefined()
  expect(recent.hashOf(newId(0))).toBeUndefined()
})

test('what is handed over by another process is known here', async () => {
  const recent = new Recent()
  const handing = openHanding((leaves) => recent.take(leaves))
  const all = entries(100)
  for (const entry of all) handing.add(entry)
  await expect.poll(() => recent.hashOf(all[0]!.id)).toEqual(all[0]!.leaf)
  expect(all.map(({ id }) => recent.hashOf(id))).toEqual(all.map(({ leaf }) => leaf))
})
