import { createSecretKey, randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { ShardSums } from './shard-sums.ts'

const key = createSecretKey(randomBytes(32))

test('lists that hold the same lines in any order are even', () => {
  const sums = new ShardSums(key)
  const lines = ['a', 'b', 'c', 'b']
  for (const line of lines) sums.add(3, line, 1)
  expect([...sums.uneven()]).toEqual([3])
  for (const line of lines.toReversed()) sums.add(3, Buffer.from(line), -1)
  expect([...sums.uneven()]).toEqual([])
})

test.each<[string, [number, string][], [number, string][], number[]]>([
  [
    'a line less',
    [
      [0, 'a'],
      [0, 'b'],
    ],
    [[0, 'a']],
    [0],
  ],
  [
    'a line more',
    [[0, 'a']],
    [
      [0, 'a'],
      [4095, 'b'],
    ],
    [4095],
  ],
  ['another line', [[1, 'a']], [[1, 'b']], [1]],
  [
    'a line once for twice',
    [
      [1, 'a'],
      [1, 'a'],
    ],
    [[1, 'a']],
    [1],
  ],
  [
    'a line in another shard',
    [
      [1, 'a'],
      [2, 'b'],
    ],
    [
      [2, 'a'],
      [1, 'b'],
    ],
    [1, 2],
  ],
])('the shard in which they differ is named: %s', (_, one, other, expected) => {
  const sums = new ShardSums(key)
  for (const [bucket, line] of one) sums.add(bucket, line, 1)
  for (const [bucket, line] of other) sums.add(bucket, line, -1)
  expect([...sums.uneven()]).toEqual(expected)
})
