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
 * @returns the variables that R4 names by a pattern, with their values: `` %`vs-administrative-gender` ``
 */
export function checkSyntax(syntax: Syntax, variables: ReadonlySet<string>): Record<string, string> {
  const known = new Set(variables)
  const patterned: Record<string, string> = {}
  walk(syntax, (node) => {
    if (node.type === 'Functn') checkFunction(node, known)
  })
  walk(syntax, (node) => {
    if (node.type === 'InstanceSelectorTerm') throw new FhirpathFault('not-offered')
    if (node.type === 'MemberInvocation' && leadsOut(node.text ?? '')) throw new FhirpathFault('not-offered')
    if (node.type !== 'ExternalConstantTerm') return
    const name = variableName(node)
    if (known.has(name)) return
    const url = canonicalOf(name)
    if (url === undefined) throw new FhirpathFault('not-offered')
    patterned[name] = url
  })
  return patterned
}

function checkFunction(node: Syntax, defined: Set<string>): void {
  const name = node.text ?? ''
  const rest = (node.children ?? []).filter((child) => child.type !== 'Identifier')
  const parameters = rest[0]?.type === 'ParamList' ? (rest[0].children ?? []) : rest
  if (functions.get(name)?.includes(parameters.length) !== true) throw new FhirpathFault('not-offered')
  if (name !== 'defineVariable') return
  const literal = /^'(\w+)'$/.exec(parameters[0]?.children?.[0]?.text ?? '')?.[1]
  if (literal === undefined || everyObject.has(literal)) throw new FhirpathFault('not-offered')
  defined.add(literal)
}

/** `%ucum`, `` %`us-zip` ``, `%'vs-x'`. */
function variableName({ text, delimitedText }: Syntax): string {
  return (delimitedText ?? text ?? '').replaceAll(/^['`"]|['`"]$/g, '')
}

/** FHIRPath in FHIR (R4, 2.9.1.7): `vs-[name]` and `ext-[name]` are canonicals of HL7's. */
function canonicalOf(name: string): string | undefined {
  const [, kind, id] = /^(vs|ext)-([A-Za-z0-9.-]{1,64})$/.exec(name) ?? []
  if (kind === undefined || id === undefined) return undefined
  return `http://hl7.org/fhir/${kind === 'vs' ? 'ValueSet' : 'StructureDefinition'}/${id}`
}

function leadsOut(text: string): boolean {
  const name = text.replaceAll('`', '')
  return everyObject.has(name) || name.includes('\\')
}

function walk(node: Syntax, visit: (node: Syntax) => void): void {
  visit(node)
  for (const child of node.children ?? []) walk(child, visit)
}
