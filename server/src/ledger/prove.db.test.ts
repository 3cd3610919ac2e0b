import { expect } from 'vitest'
import type { Id } from '#base'
import { reading, test } from '../../test/filled-ledger.ts'
import { entriesIn } from '../../test/entries.ts'
import { entryIdOf, placeOf } from './batch.ts'
import { leafOf } from './entry.ts'
import { parseCheckpoint } from './note.ts'
import { rootFromInclusion } from './proofs.ts'

// Rows of leaves begin at 0, 12 and 24; each entry is a batch of its own.
const idAt = (ids: readonly string[], index: number): Id<'entry'> => ids[index] as Id<'entry'>

test('an entry is proved under the newest checkpoint alone: with leaves behind it, it is not in one', async ({
  filled: { ids },
  ledger,
  owner,
}) => {
  await owner.query('delete from ledger.checkpoint where size = 36')
  expect(await ledger.prove(1, idAt(ids, 24))).toBeUndefined()
  expect(await ledger.prove(1, idAt(ids, 23))).toMatchObject({ index: 23, size: 24 })
  await owner.query('delete from ledger.checkpoint')
  expect(await ledger.prove(1, idAt(ids, 0))).toBeUndefined()
})

test('a place behind the last of a batch is no entry', async ({ filled: { ids }, ledger }) => {
  const { batch } = placeOf(idAt(ids, 5))
  expect(await ledger.prove(1, entryIdOf(batch, 0) as Id<'entry'>)).toMatchObject({ index: 5 })
  expect(await ledger.prove(1, entryIdOf(batch, 1) as Id<'entry'>)).toBeUndefined()
})

test.for<[string, string, string]>([
  ['the first leaves are missing', 'delete from ledger.leaf where first = 0', 'leaves are missing'],
  ['leaves are missing in between', 'delete from ledger.leaf where first = 12', 'leaves are missing'],
  ['the last leaves are missing', 'delete from ledger.leaf where first = 24', 'leaves are missing'],
  ['leaves are damaged', `update ledger.leaf set hashes = hashes || '\\x00' where first = 24`, 'leaves are damaged'],
])('nothing is proved with a tree in which %s', async ([, damage, message], { filled: { ids }, ledger, owner }) => {
  const found = damage.includes('first = 0') ? 13 : 5
  await owner.query(damage)
  await expect(ledger.prove(1, idAt(ids, found))).rejects.toThrow(new Error(message))
})

test('a proof reads no leaf that it does not need: the entry’s own row may be damaged', async ({
  openAnother,
  owner,
}) => {
  for (const count of [1, 3]) {
    const ledger = openAnother()
    for (let n = 0; n < count; n++) await ledger.record(reading())
    await ledger.start()
    await ledger.stop()
  }
  await owner.query(`update ledger.leaf set hashes = '\\x00' where first = 0`)
  const [first] = await entriesIn(owner)
  if (first === undefined) throw new Error('no entry')
  const proof = await openAnother().prove(1, first.id as Id<'entry'>)
  if (proof === undefined) throw new Error('no proof')
  expect(rootFromInclusion(leafOf(first), proof.index, proof.size, proof.path)).toEqual(
    parseCheckpoint(proof.note)?.root,
  )
})
