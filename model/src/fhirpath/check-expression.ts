import { FhirpathFault } from './fault.ts'
import { functions } from './functions.ts'

/** What the library's parser makes of an expression, as far as it is read here. */
export interface Syntax {
  readonly type: string
  readonly text?: string
  readonly delimitedText?: string
  readonly children?: readonly Syntax[]
}

const longest = 4000
const deepest = 40
/** Names that every JavaScript object answers to; no element of R4 is called like one. */
const everyObject = new Set(Object.getOwnPropertyNames(Object.prototype))

/** @throws FhirpathFault before anything is parsed that could take long */
export function checkLength(expression: string): void {
  if (expression.length > longest) throw new FhirpathFault('too-long')
  let depth = 0
  for (const character of expression) {
    if (character === '(' || character === '[' || character === '{') depth++
    else if (character === ')' || character === ']' || character === '}') depth--
    if (depth > deepest) throw new FhirpathFault('too-long')
  }
}

/**
 * Refuses what is not offered: functions that would call out, parameters that a function does not take, instance
 * selectors (they make objects), variables that nobody set, and names that lead out of the resource.
 *
 * @param variables names of the environment variables that will be there
 */
export function checkSyntax(syntax: Syntax, variables: ReadonlySet<string>): void {
  const defined = new Set(variables)
  walk(syntax, (node) => {
    if (node.type === 'Functn') checkFunction(node, defined)
  })
  walk(syntax, (node) => {
    if (node.type === 'InstanceSelectorTerm') throw new FhirpathFault('not-offered')
    if (node.type === 'ExternalConstantTerm' && !defined.has(variableName(node))) throw new FhirpathFault('not-offered')
    if (node.type === 'MemberInvocation' && leadsOut(node.text ?? '')) throw new FhirpathFault('not-offered')
  })
}

function checkFunction(node: Syntax, defined: Set<string>): void {
  const [name, ...rest] = node.children ?? []
  const parameters = rest[0]?.type === 'ParamList' ? (rest[0].children ?? []) : rest
  const counts = functions.get(name?.text ?? '')
  if (counts === undefined || !counts.includes(parameters.length)) throw new FhirpathFault('not-offered')
  if (name?.text !== 'defineVariable') return
  const literal = /^'(\w+)'$/.exec(parameters[0]?.children?.[0]?.text ?? '')?.[1]
  if (literal === undefined || everyObject.has(literal)) throw new FhirpathFault('not-offered')
  defined.add(literal)
}

/** `%ucum`, `` %`us-zip` ``, `%'vs-x'`. */
function variableName({ text, delimitedText }: Syntax): string {
  return (delimitedText ?? text ?? '').replaceAll(/^['`"]|['`"]$/g, '')
}

function leadsOut(text: string): boolean {
  const name = text.replaceAll('`', '')
  return everyObject.has(name) || name.includes('\\')
}

function walk(node: Syntax, visit: (node: Syntax) => void): void {
  visit(node)
  for (const child of node.children ?? []) walk(child, visit)
}
