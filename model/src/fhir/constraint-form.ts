// Forms: FHIRPath as tools/generate/constraint-form.ts translates it, and what is made of them.
import { Unjudged } from './constraint-compare.ts'
import type { Node, Nodes, Scope } from './constraint-node.ts'

/** [operation, operand, …]: an operand is a form, a name or a constant. */
export type Form = readonly [string, ...(Form | string | number | boolean)[]]

/** What an expression finds. @throws Unjudged */
export type Find = (focus: Nodes, scope: Scope) => Nodes
/** What a condition says; undefined when nothing. @throws Unjudged */
export type Test = (focus: Nodes, scope: Scope) => boolean | undefined

export type Operand = Form[number]

/** Makes functions of forms. Throws, as a fault of ours, for a form that has an operation which is not known. */
export interface Compiler {
  readonly find: (form: Form) => Find
  readonly test: (form: Form) => Test
}

export function single(nodes: Nodes): Node | undefined {
  if (nodes.length > 1) throw new Unjudged()
  return nodes[0]
}

export function formAt(operands: readonly Operand[], at: number): Form {
  const form = operands[at]
  if (typeof form !== 'object') throw new Error('a form is missing')
  return form
}

export function nameAt(operands: readonly Operand[], at: number): string {
  const name = operands[at]
  if (typeof name !== 'string') throw new Error('a name is missing')
  return name
}
