// What a constraint looks at: a value of a resource with its type, found by the shapes that structure is judged by.
// Everything here takes any JSON, right or wrong: what is not of its shape is not seen.
import { isResourceType } from './resource-type.ts'
import { isObject, type JsonObject } from './resource.ts'
import { type Rule, type Shape, shapeOf } from './structure.ts'

export interface Node {
  /** Undefined for a primitive that has only extensions. */
  readonly value: unknown
  /** A primitive's id and extensions. */
  readonly beside: JsonObject | undefined
  /** `Period`, `code`, `Patient.contact`; `System.String` for what was written or computed. */
  readonly type: string
  /** Of what has elements. */
  readonly shape: Shape | undefined
}

export type Nodes = readonly Node[]

export const none: Nodes = []

/** What `%resource`, `%rootResource` and `%context` are. */
export interface Scope {
  readonly resource: Node
  readonly root: Node
  readonly context: Node
}

interface Property {
  readonly name: string
  readonly companion: string
  readonly rule: Rule
}

export const textNode = (value: string): Node => system(value, 'System.String')
export const numberNode = (value: number): Node =>
  system(value, Number.isInteger(value) ? 'System.Integer' : 'System.Decimal')

const yes: Nodes = [system(true, 'System.Boolean')]
const no: Nodes = [system(false, 'System.Boolean')]

export function truth(value: boolean | undefined): Nodes {
  if (value === undefined) return none
  return value ? yes : no
}

function system(value: unknown, type: string): Node {
  return { value, beside: undefined, type, shape: undefined }
}

export function resourceNode(value: JsonObject): Node {
  const type = value['resourceType']
  const known = typeof type === 'string' && isResourceType(type)
  return { value, beside: undefined, type: known ? type : 'Resource', shape: shapeOf(known ? type : 'Resource') }
}

/** The node of an element that its rule describes. */
export function elementNode(value: unknown, beside: unknown, rule: Rule): Node {
  if (rule.check !== undefined) {
    return {
      value: value ?? undefined,
      beside: isObject(beside) ? beside : undefined,
      type: rule.type,
      shape: undefined,
    }
  }
  if (rule.shape === undefined && isObject(value)) return resourceNode(value)
  return { value, beside: undefined, type: rule.type, shape: rule.shape?.() }
}

const properties = new WeakMap<Shape, ReadonlyMap<string, readonly Property[]>>()

/** The JSON properties that hold an element: one, or one for each type of a choice. */
function propertiesOf(shape: Shape): ReadonlyMap<string, readonly Property[]> {
  const known = properties.get(shape)
  if (known !== undefined) return known
  const all = [...shape.rules].filter(([, rule]) => !rule.companion)
  const listed = all.map(([name, rule]): Property => ({ name, companion: `_${name}`, rule }))
  const made = Map.groupBy(listed, (one) => one.rule.element)
  properties.set(shape, made)
  return made
}

export function member(node: Node, name: string): Nodes {
  const holder = holderOf(node)
  if (holder === undefined) return none
  const found = propertiesOf(holder.shape).get(name)
  if (found === undefined) return none
  const nodes: Node[] = []
  for (const one of found) addProperty(nodes, holder.value, one)
  return nodes
}

/** Whether an element is there, without making nodes of it. */
export function hasMember(node: Node, name: string): boolean {
  const holder = holderOf(node)
  if (holder === undefined) return false
  const found = propertiesOf(holder.shape).get(name)
  return found?.some((one) => isThere(holder.value[one.name]) || isThere(holder.value[one.companion])) === true
}

const isThere = (value: unknown): boolean =>
  Array.isArray(value) ? value.some((one) => one !== null) : value !== undefined && value !== null

export function children(node: Node): Node[] {
  const holder = holderOf(node)
  const nodes: Node[] = []
  if (holder === undefined) return nodes
  for (const list of propertiesOf(holder.shape).values()) {
    for (const one of list) addProperty(nodes, holder.value, one)
  }
  return nodes
}

export function descendants(node: Node): Node[] {
  const found = children(node)
  // The list grows while it is walked, until nothing has children.
  for (const one of found) {
    for (const child of children(one)) found.push(child)
  }
  return found
}

function holderOf({ value, beside, shape }: Node): { value: JsonObject; shape: Shape } | undefined {
  if (shape !== undefined) return isObject(value) ? { value, shape } : undefined
  return beside === undefined ? undefined : { value: beside, shape: shapeOf('Element') }
}

function addProperty(nodes: Node[], holder: JsonObject, { name, companion, rule }: Property): void {
  const value = holder[name]
  const beside = rule.check === undefined ? undefined : holder[companion]
  if (!Array.isArray(value) && !Array.isArray(beside)) return addOne(nodes, value, beside, rule)
  const values: unknown[] = Array.isArray(value) ? value : []
  const besides: unknown[] = Array.isArray(beside) ? beside : []
  for (let at = 0; at < values.length || at < besides.length; at++) addOne(nodes, values[at], besides[at], rule)
}

function addOne(nodes: Node[], value: unknown, beside: unknown, rule: Rule): void {
  const there = value !== undefined && value !== null
  if (there || isObject(beside)) nodes.push(elementNode(value, beside, rule))
}

/** What a type is one kind of, besides the kinds that every element or resource is. */
const parents: Readonly<Record<string, string>> = {
  code: 'string',
  id: 'string',
  markdown: 'string',
  canonical: 'uri',
  oid: 'uri',
  url: 'uri',
  uuid: 'uri',
  positiveInt: 'integer',
  unsignedInt: 'integer',
  Age: 'Quantity',
  Count: 'Quantity',
  Distance: 'Quantity',
  Duration: 'Quantity',
}
const notDomain = new Set(['Binary', 'Bundle', 'Parameters'])

/** @param name `Patient`, `FHIR.Patient`, `System.String`, `Boolean` (of System, when FHIR has no such type) */
export function isKind({ type, shape }: Node, name: string): boolean {
  const bare = name.replace(/^FHIR\./, '')
  if (type.startsWith('System.')) return type === bare || type === `System.${bare}`
  if (type === bare || parents[type] === bare) return true
  if (shape?.resource === true) return bare === 'Resource' || (bare === 'DomainResource' && !notDomain.has(type))
  if (bare === 'BackboneElement') return type.includes('.')
  return bare === 'Element'
}
