// Equality and order as FHIRPath has them, as far as constraints need them: of text, numbers, dates with their precision,
// quantities of one unit, and structures.
import { dateRange } from './date-range.ts'
import type { Node, Nodes } from './constraint-node.ts'
import { isObject } from './resource.ts'

/** What cannot be judged, such as two values where there must be one. The constraint then counts as kept. */
export class Unjudged extends Error {}

const dated = new Set(['date', 'dateTime', 'instant'])

/** `=`: undefined when a side is empty, or when dates of different precision may or may not be equal. */
export function equalLists(left: Nodes, right: Nodes): boolean | undefined {
  if (left.length === 0 || right.length === 0) return undefined
  if (left.length !== right.length) return false
  let known: boolean | undefined = true
  for (const [at, one] of left.entries()) {
    const other = right[at]
    const same = other !== undefined && equal(one, other)
    if (same === false) return false
    if (same === undefined) known = undefined
  }
  return known
}

/** Whether two nodes are the same; undefined when their precision does not tell. */
function equal(left: Node, right: Node): boolean | undefined {
  if (typeof left.value === 'string' && dated.has(left.type) && dated.has(right.type)) {
    return typeof right.value === 'string' ? sameTime(left.value, right.value) : false
  }
  // A value is the same with an extension beside it or without; what has no value is not the same as anything.
  return left.value !== undefined && sameJson(left.value, right.value)
}

/** What two nodes have in common exactly when they are the same; undefined for dates, and for what has no value. */
function keyOf({ value, type }: Node): string | undefined {
  if (value === undefined || dated.has(type)) return undefined
  return typeof value === 'string' ? `'${value}` : JSON.stringify(value, inOrder)
}

function inOrder(_: string, value: unknown): unknown {
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)))
}

const keys = new WeakMap<Nodes, ReadonlySet<string | undefined>>()

/** A list may be as long as a resource, and be asked as often, so it is read once. */
function keysOf(nodes: Nodes): ReadonlySet<string | undefined> {
  const known = keys.get(nodes) ?? new Set(nodes.map(keyOf))
  keys.set(nodes, known)
  return known
}

export function includes(nodes: Nodes, wanted: Node): boolean {
  if (nodes.length < 8) return nodes.some((one) => equal(one, wanted) === true)
  const key = keyOf(wanted)
  if (key !== undefined) return keysOf(nodes).has(key)
  return wanted.value !== undefined && nodes.some((one) => equal(one, wanted) === true)
}

/** Each once, the first of those that are the same. */
export function distinct(nodes: Nodes): Nodes {
  const seen = new Set<string>()
  const kept: Node[] = []
  for (const one of nodes) {
    const key = keyOf(one)
    if (key === undefined ? includes(kept, one) : seen.has(key)) continue
    if (key !== undefined) seen.add(key)
    kept.push(one)
  }
  return kept
}

function sameJson(left: unknown, right: unknown): boolean {
  if (left === right) return true
  if (Array.isArray(left)) {
    return Array.isArray(right) && left.length === right.length && left.every((one, at) => sameJson(one, right[at]))
  }
  if (!isObject(left) || !isObject(right)) return false
  const names = Object.keys(left)
  return names.length === Object.keys(right).length && names.every((name) => sameJson(left[name], right[name]))
}

function sameTime(left: string, right: string): boolean | undefined {
  if (left === right) return true
  const order = compareTimes(left, right)
  return order === undefined ? undefined : order === 0
}

/** Below 0, 0 or above, as the left is less, equal or greater; undefined when it cannot be told. */
export function order(left: Nodes, right: Nodes): number | undefined {
  if (left.length === 0 || right.length === 0) return undefined
  const [one, other] = [left[0], right[0]]
  if (left.length > 1 || right.length > 1 || one === undefined || other === undefined) throw new Unjudged()
  const [a, b] = [one.value, other.value]
  if (a === undefined || b === undefined) return undefined
  if (typeof a === 'number' && typeof b === 'number') return a - b
  if (typeof a === 'string' && typeof b === 'string') {
    if (dated.has(one.type) && dated.has(other.type)) return compareTimes(a, b)
    if (a === b) return 0
    return a < b ? -1 : 1
  }
  if (isObject(a) && isObject(b)) return compareQuantities(a, b)
  throw new Unjudged()
}

const halfDay = 14 * 60 * 60 * 1000

/** A date without an offset may be of any zone, so beside a time with one it is not told apart by less than that. */
function compareTimes(left: string, right: string): number | undefined {
  const [one, other] = [dateRange(left), dateRange(right)]
  if (one === undefined || other === undefined) throw new Unjudged()
  const slack = left.includes('T') === right.includes('T') ? 0 : halfDay
  if (one.high + slack <= other.low) return -1
  if (other.high + slack <= one.low) return 1
  const width = (range: { low: number; high: number }): number => range.high - range.low
  if (slack !== 0 || !left.includes('T')) return left.length === right.length ? 0 : undefined
  // Within a second the fraction is a number like any other.
  return width(one) <= 1000 && width(other) <= 1000 ? one.low - other.low : undefined
}

/** Quantities are compared in one unit; what another unit, or less than a value, would be is not asked. */
function compareQuantities(left: Record<string, unknown>, right: Record<string, unknown>): number | undefined {
  const unitOf = (one: Record<string, unknown>): unknown => one['code'] ?? one['unit']
  if (left['comparator'] !== undefined || right['comparator'] !== undefined) return undefined
  if (left['system'] !== right['system'] || unitOf(left) !== unitOf(right)) return undefined
  const [a, b] = [left['value'], right['value']]
  return typeof a === 'number' && typeof b === 'number' ? a - b : undefined
}
