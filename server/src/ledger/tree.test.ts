import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isConsistent, proveConsistency, proveInclusion, type RangeRoot, rootFromInclusion } from './proofs.ts'
import { Frontier, hashLeaf, hashNode } from './tree.ts'

// The definition, word for word (RFC 6962, 2.1), against which everything else is checked.
function rootOf(leaves: readonly Buffer[]): Buffer {
  const [only] = leaves
  if (only === undefined) return Frontier.empty().root()
  if (leaves.length === 1) return only
  let k = 1
  while (k * 2 < leaves.length) k *= 2
  return hashNode(rootOf(leaves.slice(0, k)), rootOf(leaves.slice(k)))
}

const leavesOf = (count: number) => Array.from({ length: count }, (_, i) => hashLeaf(Buffer.from(`leaf ${i}`)))
const rangeOf =
  (leaves: readonly Buffer[]): RangeRoot =>
  async (from, to) =>
    rootOf(leaves.slice(from, to))

function grow(leaves: readonly Buffer[]): Frontier {
  const frontier = Frontier.empty()
  for (const leaf of leaves) frontier.append(leaf)
  return frontier
}

// Inputs and roots of the test suite of the Certificate Transparency reference implementation (merkletree tests).
const inputs = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f']
const roots = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
]

test('the roots of the Certificate Transparency test vectors come out', () => {
  const frontier = Frontier.empty()
  expect(frontier.root().toString('hex')).toBe(roots[0])
  for (const [index, input] of inputs.entries()) {
    frontier.append(hashLeaf(Buffer.from(input, 'hex')))
    expect(frontier.root().toString('hex')).toBe(roots[index + 1])
  }
})

test('the frontier has the root that the definition gives, at every size', () => {
  const leaves = leavesOf(130)
  const frontier = Frontier.empty()
  for (let size = 0; size <= leaves.length; size++) {
    expect(frontier.size).toBe(size)
    expect(frontier.root().equals(rootOf(leaves.slice(0, size)))).toBe(true)
    const next = leaves[size]
    if (next !== undefined) frontier.append(next)
  }
})

test('a frontier can be put away and taken up again anywhere', () => {
  const leaves = leavesOf(70)
  for (let size = 0; size <= leaves.length; size++) {
    const kept = grow(leaves.slice(0, size))
    const taken = Frontier.parse(size, kept.bytes())
    if (taken === undefined) throw new Error('not taken up')
    for (const leaf of leaves.slice(size)) taken.append(leaf)
    expect(taken.root().equals(rootOf(leaves))).toBe(true)
  }
})

test('bytes that cannot be the frontier of that size are refused', () => {
  const bytes = grow(leavesOf(5)).bytes()
  expect(Frontier.parse(7, bytes)).toBeUndefined()
  expect(Frontier.parse(5, bytes.subarray(1))).toBeUndefined()
  expect(Frontier.parse(-1, bytes)).toBeUndefined()
  expect(Frontier.parse(5.5, bytes)).toBeUndefined()
})

test('a leaf looks like no node and a node like no leaf (second preimage)', () => {
  const [a, b] = leavesOf(2)
  if (a === undefined || b === undefined) throw new Error('two leaves')
  expect(hashLeaf(Buffer.concat([a, b])).equals(hashNode(a, b))).toBe(false)
})

test('every leaf of every tree up to 40 leaves can be proven, and only in its place', async () => {
  for (let size = 1; size <= 40; size++) {
    const leaves = leavesOf(size)
    const root = rootOf(leaves)
    for (const [index, leaf] of leaves.entries()) {
      const path = await proveInclusion(index, size, rangeOf(leaves))
      expect(rootFromInclusion(leaf, index, size, path)).toEqual(root)
      for (const [other, wrong] of leaves.entries()) {
        if (other === index) continue
        expect(rootFromInclusion(leaf, other, size, path)).not.toEqual(root)
        expect(rootFromInclusion(wrong, index, size, path)).not.toEqual(root)
      }
      if (size > 1) expect(rootFromInclusion(leaf, index, size, path.slice(1))).not.toEqual(root)
      expect(rootFromInclusion(leaf, index, size, [...path, root])).toBeUndefined()
    }
    for (const index of [-1, size]) {
      await expect(proveInclusion(index, size, rangeOf(leaves))).rejects.toThrow(new RangeError('no such leaf'))
      for (const path of [[], [root]]) expect(rootFromInclusion(root, index, size, path)).toBeUndefined()
    }
  }
})

test('every tree up to 40 leaves is shown to begin with every smaller one, and with no other', async () => {
  for (let size = 1; size <= 40; size++) {
    const leaves = leavesOf(size)
    const later = { size, root: rootOf(leaves) }
    for (let before = 1; before <= size; before++) {
      const earlier = { size: before, root: rootOf(leaves.slice(0, before)) }
      const path = await proveConsistency(before, size, rangeOf(leaves))
      expect(isConsistent(earlier, later, path)).toBe(true)
      const forged = { size: before, root: hashLeaf(earlier.root) }
      expect(isConsistent(forged, later, path)).toBe(false)
      expect(isConsistent(earlier, { size, root: hashLeaf(later.root) }, path)).toBe(false)
      expect(isConsistent({ ...earlier, size: before + 1 }, later, path)).toBe(false)
      expect(isConsistent(earlier, later, [...path, later.root])).toBe(false)
      if (path.length > 0) expect(isConsistent(earlier, later, path.slice(1))).toBe(false)
      if (path.length > 0) expect(isConsistent(earlier, later, [])).toBe(false)
    }
    for (const before of [0, size + 1])
      await expect(proveConsistency(before, size, rangeOf(leaves))).rejects.toThrow(
        new RangeError('no such earlier tree'),
      )
    expect(isConsistent({ size: 0, root: later.root }, later, [later.root])).toBe(false)
  }
})

test('the path of one pair of trees shows nothing of a pair that takes fewer steps', async () => {
  const leaves = leavesOf(12)
  const pathOf = async (before: number, size: number) => proveConsistency(before, size, rangeOf(leaves))
  const headOf = (size: number, of: number) => ({ size, root: rootOf(leaves.slice(0, of)) })
  for (let size = 1; size <= 12; size++) {
    for (let before = 1; before < size; before++) {
      const path = await pathOf(before, size)
      for (let later = 1; later <= 12; later++) {
        for (let earlier = 1; earlier < later; earlier++) {
          if ((await pathOf(earlier, later)).length >= path.length) continue
          expect(isConsistent(headOf(earlier, before), headOf(later, size), path)).toBe(false)
        }
      }
    }
  }
})

test('proofs hold for any tree', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 600 }), fc.nat(), fc.nat(), async (size, a, b) => {
      const leaves = leavesOf(size)
      const [index, before] = [a % size, (b % size) + 1]
      const root = rootOf(leaves)
      const path = await proveInclusion(index, size, rangeOf(leaves))
      expect(rootFromInclusion(leaves[index] ?? root, index, size, path)).toEqual(root)
      const earlier = { size: before, root: rootOf(leaves.slice(0, before)) }
      expect(isConsistent(earlier, { size, root }, await proveConsistency(before, size, rangeOf(leaves)))).toBe(true)
    }),
    { numRuns: 40 },
  )
})

test('a copy of a frontier goes on by itself', () => {
  const leaves = leavesOf(6)
  const frontier = grow(leaves.slice(0, 5))
  const copy = frontier.copy()
  expect([copy.size, copy.bytes()]).toEqual([5, frontier.bytes()])
  copy.append(leaves[5]!)
  expect(copy.root()).toEqual(rootOf(leaves))
  expect(frontier.root()).toEqual(rootOf(leaves.slice(0, 5)))
})

test('no bytes are the frontier of no leaves, and of no size below that', () => {
  expect(Frontier.parse(0, Buffer.alloc(0))?.size).toBe(0)
  for (const size of [-1, -0.5, 0.5, Number.NaN, Infinity, 2 ** 53]) {
    expect(Frontier.parse(size, Buffer.alloc(0)), String(size)).toBeUndefined()
    expect(Frontier.parse(size, Buffer.alloc(32)), String(size)).toBeUndefined()
  }
})
