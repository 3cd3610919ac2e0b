import { hashNode } from './tree.ts'

/** Root of the subtree over the leaves `from` (included) to `to` (excluded). */
export type RangeRoot = (from: number, to: number) => Promise<Buffer>

/** What shows that a leaf is in a tree: RFC 6962, 2.1.1. `index` counts from 0. */
export async function proveInclusion(index: number, size: number, rangeRoot: RangeRoot): Promise<Buffer[]> {
  if (index < 0 || index >= size) throw new RangeError('no such leaf')
  const path: Buffer[] = []
  let [from, to] = [0, size]
  while (to - from > 1) {
    const split = from + largestPowerBelow(to - from)
    if (index < split) {
      path.unshift(await rangeRoot(split, to))
      to = split
    } else {
      path.unshift(await rangeRoot(from, split))
      from = split
    }
  }
  return path
}

/** What shows that a tree of `size` leaves begins with the one of `before` leaves: RFC 6962, 2.1.2. */
export async function proveConsistency(before: number, size: number, rangeRoot: RangeRoot): Promise<Buffer[]> {
  if (before < 1 || before > size) throw new RangeError('no such earlier tree')
  const path: Buffer[] = []
  let [from, to] = [0, size]
  let whole = true // the subtree looked at is the whole earlier tree, whose root the verifier has
  while (before !== to) {
    const split = from + largestPowerBelow(to - from)
    if (before <= split) {
      path.unshift(await rangeRoot(split, to))
      to = split
    } else {
      path.unshift(await rangeRoot(from, split))
      from = split
      whole = false
    }
  }
  if (!whole) path.unshift(await rangeRoot(from, to))
  return path
}

/** The root that a leaf and its path lead to (RFC 9162, 2.1.3.2); undefined when the path has the wrong length. */
export function rootFromInclusion(
  leaf: Buffer,
  index: number,
  size: number,
  path: readonly Buffer[],
): Buffer | undefined {
  if (index < 0 || index >= size) return undefined
  let [place, last] = [index, size - 1]
  let root = leaf
  for (const step of path) {
    if (last === 0) return undefined
    if (place % 2 === 1 || place === last) {
      root = hashNode(step, root)
      // It ends: an even place here is the last one, which is not 0.
      while (place % 2 === 0) [place, last] = [halve(place), halve(last)]
    } else {
      root = hashNode(root, step)
    }
    ;[place, last] = [halve(place), halve(last)]
  }
  return last === 0 ? root : undefined
}

/** Whether the later tree begins with the earlier one: RFC 9162, 2.1.4.2. */
export function isConsistent(
  earlier: { readonly size: number; readonly root: Buffer },
  later: { readonly size: number; readonly root: Buffer },
  path: readonly Buffer[],
): boolean {
  if (earlier.size < 1 || earlier.size > later.size) return false
  if (earlier.size === later.size) return path.length === 0 && earlier.root.equals(later.root)
  const steps = isPowerOfTwo(earlier.size) ? [earlier.root, ...path] : path
  const [first, ...rest] = steps
  if (first === undefined) return false
  let [place, last] = [earlier.size - 1, later.size - 1]
  while (place % 2 === 1) [place, last] = [halve(place), halve(last)]
  let [early, late] = [first, first]
  for (const step of rest) {
    if (last === 0) return false
    if (place % 2 === 1 || place === last) {
      early = hashNode(step, early)
      late = hashNode(step, late)
      // It ends: an even place here is the last one, which is not 0.
      while (place % 2 === 0) [place, last] = [halve(place), halve(last)]
    } else {
      late = hashNode(late, step)
    }
    ;[place, last] = [halve(place), halve(last)]
  }
  return last === 0 && early.equals(earlier.root) && late.equals(later.root)
}

// Numbers, not bit operators: those stop at 32 bits, and a ledger does not.
const halve = (value: number): number => Math.floor(value / 2)

function largestPowerBelow(size: number): number {
  let power = 1
  while (power * 2 < size) power *= 2
  return power
}

function isPowerOfTwo(value: number): boolean {
  return largestPowerBelow(value * 2) === value
}
