// FHIRPath as forms: what model/src/fhir/constraint-compile.ts makes functions of. HL7's parser reads the expression; a
// form is a list of an operation and its operands, [operation, operand, …], without brackets, traces and aliases.
import fhirpath from 'fhirpath'
import type { Form } from '../../model/src/fhir/constraint-form.ts'
import type { Loose } from './definitions.ts'

const functions: Readonly<Record<string, readonly number[]>> = {
  all: [1],
  allFalse: [0],
  allTrue: [0],
  anyFalse: [0],
  anyTrue: [0],
  as: [1],
  children: [0],
  combine: [1],
  contains: [1],
  count: [0],
  descendants: [0],
  distinct: [0],
  empty: [0],
  endsWith: [1],
  exclude: [1],
  exists: [0, 1],
  extension: [1],
  first: [0],
  hasValue: [0],
  iif: [2, 3],
  intersect: [1],
  is: [1],
  isDistinct: [0],
  last: [0],
  length: [0],
  lower: [0],
  matches: [1],
  not: [0],
  ofType: [1],
  repeat: [1],
  replaceMatches: [2],
  resolve: [0],
  select: [1],
  single: [0],
  skip: [1],
  startsWith: [1],
  substring: [1, 2],
  tail: [0],
  take: [1],
  toInteger: [0],
  toString: [0],
  union: [1],
  upper: [0],
  where: [1],
}

const operators = new Set([
  'and',
  'or',
  'xor',
  'implies',
  '=',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  '+',
  '-',
  '*',
  'mod',
  '&',
  '|',
  'in',
])
const variables: Readonly<Record<string, Form>> = {
  resource: ['resource'],
  rootResource: ['rootResource'],
  context: ['context'],
  ucum: ['text', 'http://unitsofmeasure.org'],
  loinc: ['text', 'http://loinc.org'],
  sct: ['text', 'http://snomed.info/sct'],
}

/** Throws for what is not well formed, and for what the compiler does not take. */
export function translate(expression: string): Form {
  return form(fhirpath.parse(expression), ['this'])
}

/** @param focus what a name is looked up in: that of an invocation is what stands before its dot. */
function form(node: Loose, focus: Form): Form {
  const children: Loose[] = node.children ?? []
  switch (node.type) {
    case 'EntireExpression':
    case 'TermExpression':
    case 'InvocationTerm':
    case 'ParenthesizedTerm':
    case 'LiteralTerm':
      return node.type === 'LiteralTerm' && node.text === '{}' ? ['none'] : form(children[0], focus)
    case 'InvocationExpression':
      return form(children[1], form(children[0], focus))
    case 'ThisInvocation':
      return ['this']
    case 'MemberInvocation':
      return member(node, focus)
    case 'FunctionInvocation':
      return call(children[0], focus)
    case 'IndexerExpression':
      return ['at', form(children[0], focus), form(children[1], ['this'])]
    case 'ExternalConstantTerm':
      return variables[node.text] ?? fail('a variable')
    case 'StringLiteral':
      return ['text', unquote(node.text)]
    case 'BooleanLiteral':
      return ['boolean', node.text === 'true']
    case 'NumberLiteral':
      // Decimals have a precision that JavaScript's numbers lack; no constraint of R4 has one.
      return node.text.includes('.') ? fail('a decimal') : ['number', Number(node.text)]
    case 'TypeExpression':
      return [node.text, form(children[0], focus), typeName(children[1])]
    default:
      return operation(node, children, focus)
  }
}

/** Operands are looked up in the focus of the whole, never in what stands before a dot. */
function operation(node: Loose, children: readonly Loose[], focus: Form): Form {
  if (!String(node.type).endsWith('Expression') || children.length !== 2) fail(node.type)
  const [left, right] = children.map((child) => form(child, focus))
  if (left === undefined || right === undefined) return fail(node.type)
  if (node.text === 'contains') return ['in', right, left]
  return operators.has(node.text) ? [node.text, left, right] : fail(node.text)
}

function member(node: Loose, focus: Form): Form {
  const name = String(node.text).replaceAll('`', '')
  if (node.atRoot !== undefined && /^[A-Z]/.test(name)) return ['root', focus, name]
  return ['member', focus, name]
}

function call(node: Loose, focus: Form): Form {
  const [{ text: name }, ...rest] = node.children as [Loose, ...Loose[]]
  const parameters: Loose[] = rest[0]?.type === 'ParamList' ? rest[0].children : rest
  if (name === 'trace') return focus
  if (!Object.hasOwn(functions, name) || !functions[name]?.includes(parameters.length)) fail(name)
  if (name === 'is' || name === 'as' || name === 'ofType') return [name, focus, typeName(parameters[0])]
  return [name, focus, ...parameters.map((one) => form(one, ['this']))]
}

/** `FHIR.Patient`, `Patient`: the last word. */
function typeName(node: Loose): string {
  if (node.type === 'TypeSpecifier') return String(node.text).replaceAll('`', '')
  const [child] = node.children ?? []
  if (node.type === 'InvocationExpression') return `${typeName(child)}.${typeName(node.children[1])}`
  return node.type === 'MemberInvocation' ? String(node.text).replaceAll('`', '') : typeName(child)
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', f: '\f' }

function unquote(text: string): string {
  return text
    .slice(1, -1)
    .replaceAll(/\\(?:u([0-9a-fA-F]{4})|(.))/g, (_, hex?: string, letter = '') =>
      hex === undefined ? (escapes[letter] ?? letter) : String.fromCharCode(Number.parseInt(hex, 16)),
    )
}

function fail(what: string): never {
  throw new Error(`cannot be translated: ${what}`)
}
