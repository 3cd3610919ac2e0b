import { expect, test } from 'vitest'
import { Faults } from './faults.ts'
import type { ComparedLeaf } from './verify-entries.ts'
import { PassesWalk, PassLeaves } from './verify-passes.ts'

const none = Buffer.alloc(0)
const leafOf = (index: number, xid?: number, id = `${index}`): ComparedLeaf => ({
  ...{ id, index, hash: none, xid: xid === undefined ? undefined : String(xid), entry: undefined },
})

/** What is said of leaves that end with a checkpoint which has seen everything below 20, after one that had seen all below 10. */
function saidOf(...leaves: readonly ComparedLeaf[]): (readonly [number | undefined, string])[] {
  const faults = new Faults(100)
  const walk = new PassesWalk(faults)
  walk.end([leafOf(0, 5)], '10:')
  walk.end(leaves, '20:')
  return faults.list.map(({ leaf, what }) => [leaf, what.split(/[ :.]/).slice(0, 5).join(' ')])
}

const moved = 'The entry was moved '
const exchanged = 'The leaves are not in'
const changed = 'What the checkpoints around this'

test.for<[string, readonly ComparedLeaf[], (readonly [number, string])[]]>([
  ['in order', [leafOf(1, 10), leafOf(2, 10), leafOf(3, 19)], []],
  ['later ones of lower ids', [leafOf(1, 10, 'b'), leafOf(2, 11, 'a')], []],
  ['one id twice, which is told elsewhere', [leafOf(1, 10, 'a'), leafOf(2, 10, 'a')], []],
  ['exchanged, with one between that is gone', [leafOf(1, 12), leafOf(2), leafOf(3, 11)], [[3, exchanged]]],
  ['of one transaction, exchanged', [leafOf(1, 10, 'b'), leafOf(2, 10, 'a')], [[2, exchanged]]],
  ['of two transactions, exchanged', [leafOf(1, 11), leafOf(2, 10), leafOf(3, 9 + 3), leafOf(4, 11)], [[2, exchanged]]],
  ['of one that was seen before', [leafOf(1, 9), leafOf(2, 10)], [[1, moved]]],
  ['of one that was not seen yet', [leafOf(1, 10), leafOf(2, 20)], [[2, moved]]],
  ['alone, and seen before', [leafOf(1, 9)], [[1, moved]]],
  ['all but one of others', [leafOf(1, 9), leafOf(2, 25), leafOf(3, 10)], [[1, moved], [2, moved]]], // oxfmt-ignore
  ['moved and exchanged, which follows from it', [leafOf(1, 15), leafOf(2, 25), leafOf(3, 12)], [[2, moved]]],
  ['all of others', [leafOf(1, 9), leafOf(2, 25)], [[1, changed]]],
])('leaves %s', ([, leaves, expected]) => {
  expect(saidOf(...leaves)).toEqual(expected)
})

test('what a checkpoint has seen and cannot be read is said once, and the next pass is held against nothing before it', () => {
  const faults = new Faults(100)
  const walk = new PassesWalk(faults)
  walk.end([leafOf(0, 5)], 'x')
  walk.end([leafOf(1, 5), leafOf(2, 25)], '20:')
  expect(faults.list).toMatchObject([
    { leaf: 0, what: expect.stringContaining('cannot be read') },
    { leaf: 2, what: expect.stringContaining('was moved') },
  ])
})

test('leaves are kept from one checkpoint to the next, until some are lost or they are too many', () => {
  const leaves = new PassLeaves()
  expect(leaves.take()).toEqual([])
  const [first, second] = [leafOf(0, 1), leafOf(1, 1)]
  leaves.add(first)
  leaves.add(second)
  expect(leaves.take()).toEqual([first, second])
  for (let n = 0; n < 262_144; n++) leaves.add(first)
  expect(leaves.take()).toHaveLength(262_144)
  for (let n = 0; n <= 262_144; n++) leaves.add(first)
  expect(leaves.take()).toBeUndefined()
  leaves.add(first)
  expect(leaves.take()).toBeUndefined()
})
