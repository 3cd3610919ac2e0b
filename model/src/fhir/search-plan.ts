// Search values of one resource by a single walk: the paths of all wanted parameters are merged into a tree of
// properties, so each property is looked up once and an element that serves several parameters is converted once.
import { Contained } from './contained.ts'
import type { ResourceType } from './resource-type.ts'
import { isObject, type JsonObject, type Resource } from './resource.ts'
import { type Convert, converter, type Subject } from './search-convert.ts'
import {
  type SearchLeaf,
  type SearchParameter,
  searchParameters,
  type SearchStep,
  type SearchType,
} from './search-parameter.ts'
import type { SearchValue } from './search-value.ts'

export interface SearchPlan {
  readonly parameters: readonly SearchParameter[]
  readonly root: Node
  /** Parameters whose expression gives false where there is nothing: Patient.deceased. */
  readonly falseIfAbsent: readonly number[]
}

interface Node {
  readonly index: number | undefined
  readonly where: SearchStep['where']
  /** By property; several where filters differ. */
  readonly children: Map<string, Node[]>
  readonly takers: Taker[]
}

/** What to make of an element, and for which parameters (by their place in the plan). */
interface Taker {
  readonly key: string
  readonly convert: Convert
  readonly uses: { readonly parameter: number; readonly target: string | undefined }[]
}

/** @param codes the parameters wanted; all of the type when omitted. Unknown ones are left out. */
export function searchPlan(type: ResourceType, codes?: readonly string[]): SearchPlan {
  const all = searchParameters(type)
  const parameters = codes === undefined ? all : all.filter((one) => codes.includes(one.code))
  const root = newNode(undefined, undefined)
  const falseIfAbsent: number[] = []
  for (const [index, parameter] of parameters.entries()) {
    for (const leaf of parameter.leaves) addLeaf(root, index, parameter, leaf)
    if (parameter.leaves.some((leaf) => leaf.type === 'exists')) falseIfAbsent.push(index)
  }
  return { parameters, root, falseIfAbsent }
}

/** Calls `take` for each value, with its parameter. Values may be shared between parameters. */
export function extract(
  plan: SearchPlan,
  resource: Resource,
  take: (parameter: SearchParameter, value: SearchValue) => void,
): void {
  const counts = plan.falseIfAbsent.length === 0 ? undefined : new Set<number>()
  visit(plan.root, resource, subjectOf(resource), (index, value) => {
    counts?.add(index)
    const parameter = plan.parameters[index]
    if (parameter !== undefined) take(parameter, value)
  })
  for (const index of plan.falseIfAbsent) {
    const parameter = plan.parameters[index]
    if (parameter !== undefined && counts?.has(index) === false) take(parameter, absent)
  }
}

function subjectOf(resource: Resource): Subject {
  return { resource, contained: new Contained(resource) }
}

const absentValues: SearchValue[] = []
converter('token', 'exists', undefined)(false, subjectOf({ resourceType: 'Patient' }), absentValues)
// oxlint-disable-next-line no-unsafe-type-assertion -- the line above put one in
const [absent] = absentValues as [SearchValue]

type Take = (parameter: number, value: SearchValue) => void

// With more than these to look for, going over the properties that are there is faster than asking for each.
const few = 6

function walk(node: Node, holder: JsonObject, subject: Subject, take: Take): void {
  if (node.children.size <= few) {
    for (const [name, children] of node.children) {
      if (Object.hasOwn(holder, name)) visitAll(children, holder[name], subject, take)
    }
    return
  }
  for (const name in holder) {
    const children = node.children.get(name)
    if (children !== undefined) visitAll(children, holder[name], subject, take)
  }
}

function visitAll(children: readonly Node[], value: unknown, subject: Subject, take: Take): void {
  for (const child of children) {
    if (!Array.isArray(value)) visit(child, value, subject, take)
    else if (child.index !== undefined) visit(child, value[child.index], subject, take)
    else for (const one of value) visit(child, one, subject, take)
  }
}

function visit(node: Node, value: unknown, subject: Subject, take: Take): void {
  const { where, children, takers } = node
  if (where !== undefined && !(isObject(value) && value[where.name] === where.value)) return
  for (const taker of takers) {
    const found: SearchValue[] = []
    taker.convert(value, subject, found)
    for (const one of found) {
      for (const { parameter, target } of taker.uses) {
        if (target === undefined || (one.kind === 'reference' && one.type === target)) take(parameter, one)
      }
    }
  }
  if (children.size > 0 && isObject(value)) walk(node, value, subject, take)
}

function newNode(index: number | undefined, where: SearchStep['where']): Node {
  return { index, where, children: new Map(), takers: [] }
}

function addLeaf(root: Node, index: number, parameter: SearchParameter, leaf: SearchLeaf): void {
  let node = root
  for (const step of leaf.steps) node = childFor(node, step)
  const composite = parameter.type === 'composite'
  const key = composite ? JSON.stringify(parameter.components) : `${parameter.type} ${leaf.type} ${leaf.system}`
  let taker = node.takers.find((one) => one.key === key)
  if (taker === undefined) {
    taker = {
      key,
      convert: composite ? partsOf(parameter) : converter(parameter.type, leaf.type, leaf.system),
      uses: [],
    }
    node.takers.push(taker)
  }
  taker.uses.push({ parameter: index, target: leaf.target })
}

function childFor(node: Node, step: SearchStep): Node {
  const named = node.children.get(step.name) ?? []
  const known = named.find(
    ({ index, where }) =>
      index === step.index && where?.name === step.where?.name && where?.value === step.where?.value,
  )
  if (known !== undefined) return known
  const made = newNode(step.index, step.where)
  node.children.set(step.name, [...named, made])
  return made
}

/** A composite's value at one holder: only when each of its parts is there. */
function partsOf(parameter: SearchParameter): Convert {
  const parts = parameter.components.map((component) => {
    const root = newNode(undefined, undefined)
    for (const leaf of component.leaves) addComponentLeaf(root, component.type, leaf)
    return { root, fromResource: component.leaves.some((leaf) => leaf.fromResource) }
  })
  return (holder, subject, found) => {
    if (!isObject(holder)) return
    const values: SearchValue[][] = []
    for (const { root, fromResource } of parts) {
      const part: SearchValue[] = []
      walk(root, fromResource ? subject.resource : holder, subject, (_, value) => part.push(value))
      if (part.length === 0) return
      values.push(part)
    }
    found.push({ kind: 'composite', parts: values })
  }
}

function addComponentLeaf(root: Node, type: SearchType, leaf: SearchLeaf): void {
  let node = root
  for (const step of leaf.steps) node = childFor(node, step)
  const convert = converter(type, leaf.type, leaf.system)
  node.takers.push({ key: leaf.type, convert, uses: [{ parameter: 0, target: leaf.target }] })
}
