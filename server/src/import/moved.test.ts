import { createSecretKey } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bucketOf, type Id, newId, writeId } from '#base'
import { idOf, openKeys } from './identity.ts'
import { pinMoved } from './moved.ts'
import { SourceIndex } from './source-index.ts'
import { PlainIndex } from './verify/plain-index.ts'

const keyOf = openKeys(createSecretKey(Buffer.alloc(32, 7)), 'clinic')
const copy = { type: 'Observation', file: 0, position: 0, print: 0, updated: 0, server: 0 } as const
const shard = fc.integer({ min: 0, max: 4095 })
const record = fc.record({ now: shard, here: fc.option(fc.oneof(shard, fc.constant('same' as const))) })
const records = fc.array(record, { maxLength: 40, size: 'max' })

/** What the store has, by bucket. */
function standingOf(ids: readonly Id<string>[]) {
  return async (buckets: readonly number[]) => {
    const wanted = ids.filter((id) => buckets.includes(bucketOf(id)))
    const packed = Buffer.alloc(wanted.length * 16)
    for (const [at, id] of wanted.entries()) writeId(id, packed, at * 16)
    return packed
  }
}

test.each([
  ['of an import', () => new SourceIndex()],
  ['of a verification', () => new PlainIndex()],
])('exactly the records that stand in another chart are pinned to it: the index %s', async (_, make) => {
  await fc.assert(
    fc.asyncProperty(records, async (all) => {
      const index = make()
      const made = all.map(({ now, here }, at) => {
        const key = keyOf(`Observation/${at}`)
        const record = index.add(key, { ...copy, position: at })!
        index.alias(keyOf(`other/${at}`), record)
        index.place(record, now)
        const id = here === null ? undefined : idOf<string>(key, here === 'same' ? now : here)
        return { record, id, moved: id !== undefined && bucketOf(id) !== now ? id : undefined }
      })
      const others = [newId<string>(1), idOf<string>(keyOf('Observation/of another import'), 5)]
      await pinMoved(index, standingOf([...others, ...made.flatMap(({ id }) => id ?? [])]))
      expect(made.map(({ record }) => index.pinnedTo(record))).toEqual(made.map(({ moved }) => moved))
    }),
  )
})
