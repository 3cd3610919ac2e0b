// The functions of FHIRPath that constraints call, on lists of nodes.
import { distinct, includes, Unjudged } from './constraint-compare.ts'
import { type Compiler, type Find, type Form, formAt, nameAt, single, type Operand } from './constraint-form.ts'
import {
  children,
  descendants,
  isKind,
  member,
  type Node,
  type Nodes,
  none,
  numberNode,
  resourceNode,
  type Scope,
  textNode,
  truth,
} from './constraint-node.ts'
import { isObject, type JsonObject } from './resource.ts'

type Operands = readonly Operand[]

/** Of the source alone. */
const plain: Readonly<Record<string, (nodes: Nodes, scope: Scope) => Nodes>> = {
  allFalse: (nodes) => truth(truths(nodes).every((one) => !one)),
  allTrue: (nodes) => truth(truths(nodes).every((one) => one)),
  anyFalse: (nodes) => truth(truths(nodes).some((one) => !one)),
  anyTrue: (nodes) => truth(truths(nodes).some((one) => one)),
  children: (nodes) => nodes.flatMap(children),
  count: (nodes) => [numberNode(nodes.length)],
  descendants: (nodes) => nodes.flatMap(descendants),
  distinct: (nodes) => distinct(nodes),
  first: (nodes) => nodes.slice(0, 1),
  hasValue: (nodes) => truth(nodes.length === 1 && nodes[0]?.value !== undefined && nodes[0].shape === undefined),
  isDistinct: (nodes) => truth(distinct(nodes).length === nodes.length),
  last: (nodes) => nodes.slice(-1),
  length: (nodes) => onText(nodes, (text) => numberNode(text.length)),
  lower: (nodes) => onText(nodes, (text) => textNode(text.toLowerCase())),
  resolve: (nodes, scope) => nodes.flatMap((one) => contained(one, scope)),
  single: (nodes) => {
    const one = single(nodes)
    return one === undefined ? none : [one]
  },
  tail: (nodes) => nodes.slice(1),
  toInteger: (nodes) => toInteger(single(nodes)?.value),
  toString: (nodes: Nodes) => inText(single(nodes)?.value),
  upper: (nodes) => onText(nodes, (text) => textNode(text.toUpperCase())),
}

/** Of two lists. */
const paired: Readonly<Record<string, (nodes: Nodes, other: Nodes) => Nodes>> = {
  at: (nodes, index) => {
    const place = wholeOf(index)
    return nodes.slice(place, place + 1)
  },
  combine: (nodes, other) => [...nodes, ...other],
  exclude: (nodes, other) => nodes.filter((one) => !includes(other, one)),
  extension: (nodes, url) => {
    const wanted = single(url)?.value
    return nodes
      .flatMap((one) => member(one, 'extension'))
      .filter((one) => isObject(one.value) && one.value['url'] === wanted)
  },
  intersect: (nodes, other) => distinct(nodes.filter((one) => includes(other, one))),
  skip: (nodes, count) => nodes.slice(Math.max(0, wholeOf(count))),
  take: (nodes, count) => nodes.slice(0, Math.max(0, wholeOf(count))),
  union: (nodes, other) => distinct([...nodes, ...other]),
}

/** Of two texts. */
const textual: Readonly<Record<string, (text: string, part?: string) => Nodes>> = {
  contains: (text, part = '') => truth(text.includes(part)),
  endsWith: (text, part = '') => truth(text.endsWith(part)),
  startsWith: (text, part = '') => truth(text.startsWith(part)),
}

type EachOf = (compiler: Compiler, form: Form) => (nodes: Nodes, scope: Scope) => Nodes

/** Of each node, with a condition or an expression. */
const perNode: Readonly<Record<string, EachOf>> = {
  all: withTest((nodes, keeps) => truth(nodes.every(keeps))),
  exists: withTest((nodes, keeps) => truth(nodes.some(keeps))),
  where: withTest((nodes, keeps) => nodes.filter(keeps)),
  select: (compiler, form) => {
    const find = compiler.find(form)
    return (nodes, scope) => nodes.flatMap((one) => find([one], scope))
  },
  repeat: (compiler, form) => {
    const find = compiler.find(form)
    return (nodes, scope) => {
      const seen = new Set<unknown>()
      const found: Node[] = []
      const add = (one: Node): void => {
        if (seen.has(one.value)) return
        seen.add(one.value)
        found.push(one)
      }
      for (const one of nodes) find([one], scope).forEach(add)
      // The list grows while it is walked, until nothing new is found.
      for (const one of found) find([one], scope).forEach(add)
      return distinct(found)
    }
  },
}

function withTest(answer: (nodes: Nodes, keeps: (one: Node) => boolean) => Nodes): EachOf {
  return (compiler, form) => {
    const test = compiler.test(form)
    return (nodes, scope) => answer(nodes, (one) => test([one], scope) === true)
  }
}

/** A call as a function; undefined when the operation is no function. */
export function callOf(operation: string, operands: Operands, compiler: Compiler): Find | undefined {
  if (operation === 'as' || operation === 'ofType') return ofKind(operands, compiler)
  if (operation === 'iif') return choose(operands, compiler)
  if (operation === 'matches' || operation === 'replaceMatches') return patterned(operation, operands, compiler)
  if (operation === 'substring') return substring(operands, compiler)
  const alone = own(plain, operation)
  const pair = own(paired, operation)
  const text = own(textual, operation)
  const each = own(perNode, operation)
  if (text !== undefined) return onTexts(operands, compiler, text)
  if (pair !== undefined) {
    const [source, other] = [compiler.find(formAt(operands, 0)), compiler.find(formAt(operands, 1))]
    return (focus, scope) => pair(source(focus, scope), other(focus, scope))
  }
  const call = operands.length === 1 ? alone : each?.(compiler, formAt(operands, 1))
  if (call === undefined) return undefined
  const source = compiler.find(formAt(operands, 0))
  return (focus, scope) => call(source(focus, scope), scope)
}

function own<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined
}

function ofKind(operands: Operands, compiler: Compiler): Find {
  const [source, type] = [compiler.find(formAt(operands, 0)), nameAt(operands, 1)]
  return (focus, scope) => source(focus, scope).filter((one) => isKind(one, type))
}

function onText(nodes: Nodes, make: (text: string) => Node): Nodes {
  const value = single(nodes)?.value
  if (value === undefined) return none
  if (typeof value !== 'string') throw new Unjudged()
  return [make(value)]
}

const valuesOf = (operands: Operands, compiler: Compiler): ((focus: Nodes, scope: Scope) => unknown[]) => {
  const finds = operands.map((_, at) => compiler.find(formAt(operands, at)))
  return (focus, scope) => finds.map((find) => single(find(focus, scope))?.value)
}

function onTexts(operands: Operands, compiler: Compiler, answer: (text: string, ...more: string[]) => Nodes): Find {
  const values = valuesOf(operands, compiler)
  return (focus, scope) => {
    const found = values(focus, scope)
    if (found.includes(undefined)) return none
    const [text, ...more] = found.filter((one) => typeof one === 'string')
    if (text === undefined || more.length + 1 < found.length) throw new Unjudged()
    return answer(text, ...more)
  }
}

function truths(nodes: Nodes): boolean[] {
  return nodes.map(({ value }) => {
    if (typeof value !== 'boolean') throw new Unjudged()
    return value
  })
}

/** Patterns stand in the definitions as constants, so each is made into a regular expression once. */
function patterned(operation: 'matches' | 'replaceMatches', operands: Operands, compiler: Compiler): Find {
  const [kind, pattern] = formAt(operands, 1)
  if (kind === 'none') return () => none
  if (kind !== 'text' || typeof pattern !== 'string') throw new Error('a pattern must be constant')
  if (operation === 'matches') {
    const expression = new RegExp(pattern, 'su')
    return onTexts(operands, compiler, (text) => truth(expression.test(text)))
  }
  const expression = new RegExp(pattern, 'gu')
  return onTexts(operands, compiler, (text, _, replacement = '') => [textNode(text.replace(expression, replacement))])
}

function substring(operands: Operands, compiler: Compiler): Find {
  const values = valuesOf(operands, compiler)
  return (focus, scope) => {
    const [text, start, count] = values(focus, scope)
    if (text === undefined || start === undefined) return none
    if (typeof text !== 'string' || typeof start !== 'number') throw new Unjudged()
    if (start < 0 || start >= text.length) return none
    return [textNode(typeof count === 'number' ? text.slice(start, start + Math.max(0, count)) : text.slice(start))]
  }
}

function choose(operands: Operands, compiler: Compiler): Find {
  const [source, test] = [compiler.find(formAt(operands, 0)), compiler.test(formAt(operands, 1))]
  const [then, otherwise] = operands.slice(2).map((_, at) => compiler.find(formAt(operands, at + 2)))
  return (focus, scope) => {
    const from = source(focus, scope)
    const taken = test(from, scope) === true ? then : otherwise
    return taken?.(from, scope) ?? none
  }
}

function wholeOf(nodes: Nodes): number {
  const value = single(nodes)?.value
  if (typeof value !== 'number' || !Number.isInteger(value)) throw new Unjudged()
  return value
}

function inText(value: unknown): Nodes {
  const simple = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
  return simple ? [textNode(String(value))] : none
}

function toInteger(value: unknown): Nodes {
  if (typeof value === 'boolean') return [numberNode(value ? 1 : 0)]
  if (typeof value === 'number' && Number.isInteger(value)) return [numberNode(value)]
  return typeof value === 'string' && /^[+-]?\d+$/.test(value) ? [numberNode(Number(value))] : none
}

/** By the node of one validation, since a resource may be changed and judged again. */
const containedIn = new WeakMap<Node, ReadonlyMap<string, JsonObject>>()

/** Only what the resource brings with it can be asked here; what is stored elsewhere may change after this was judged. */
function contained({ value }: Node, scope: Scope): Nodes {
  const text = isObject(value) ? value['reference'] : undefined
  const around = scope.root.value
  if (typeof text !== 'string' || !text.startsWith('#') || !isObject(around)) return none
  const list: unknown = around['contained']
  const known =
    containedIn.get(scope.root) ??
    new Map((Array.isArray(list) ? list : []).filter(isObject).map((one) => [`#${String(one['id'])}`, one]))
  containedIn.set(scope.root, known)
  const found = known.get(text)
  return found === undefined ? none : [resourceNode(found)]
}
