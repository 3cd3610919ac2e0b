import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readInt64, writeInt64 } from './int64.ts'

test('every safe integer is written as a BigInt of it is, and read again', () => {
  const [mine, theirs] = [Buffer.alloc(10), Buffer.alloc(10)]
  fc.assert(
    fc.property(fc.maxSafeInteger(), (value) => {
      writeInt64(value, mine, 1)
      theirs.writeBigInt64BE(BigInt(value), 1)
      expect(mine).toEqual(theirs)
      expect(readInt64(mine, 1)).toBe(value)
    }),
  )
})
