import fhirpath, { type OptionVariants } from 'fhirpath'
import r4 from 'fhirpath/fhir-context/r4'
import { checkLength, checkSyntax, type Syntax } from './check-expression.ts'
import { beginEffort, spend } from './effort.ts'
import { FhirpathFault } from './fault.ts'
import { regularExpressions } from './regular-expression.ts'

/** A value found, as the library hands it out: a node of the resource, or a computed value. */
export interface Node {
  readonly parentResNode: Node | null
  readonly propName: string | null | undefined
  readonly index: number | null | undefined
  readonly data: unknown
  readonly _data: unknown
  readonly fhirNodeDataType: string | null
}

export type Variables = Readonly<Record<string, unknown>>

type Compiled = (resource: unknown, variables: Record<string, unknown>) => unknown[]

const constants: Variables = {
  ucum: 'http://unitsofmeasure.org',
  sct: 'http://snomed.info/sct',
  loinc: 'http://loinc.org',
}
const mostCompiled = 500
const mostFound = 2000
const longestText = 1_000_000

const compiled = new Map<string, Compiled>()

/** What compares each value with each other. */
const comparing = /^(?:UnionExpression|EqualityExpression|MembershipExpression)$/
const comparingCalls = new Set('distinct isDistinct union intersect exclude subsetOf supersetOf repeat'.split(' '))

interface Step {
  readonly type: string
  readonly text?: string
}

/** Called by the library after each step: what bounds an evaluation that cannot be interrupted. */
function countStep(_context: unknown, focus: unknown, result: unknown, { type, text = '' }: Step): void {
  const found: unknown[] = Array.isArray(result) ? result : []
  const [first] = found
  spend(1 + found.length)
  if (comparing.test(type) || (type === 'FunctionInvocation' && comparingCalls.has(text))) {
    spend(Math.max(found.length, Array.isArray(focus) ? focus.length : 0) ** 2 / 20)
  }
  const isLong = typeof first === 'string' && first.length > longestText
  if (found.length > mostFound || isLong) throw new FhirpathFault('too-costly')
}

const options = {
  async: false,
  // Nodes, not values: values would be marked with hidden properties, and would not know where they are.
  resolveInternalTypes: false,
  preciseMath: true,
  traceFn: () => undefined,
  debugger: countStep,
  userInvocationTable: regularExpressions,
} satisfies OptionVariants

/**
 * Evaluates within the limits, on the console's silence.
 *
 * @throws FhirpathFault and nothing else
 */
export function run(expression: string, resource: unknown, variables: Variables): unknown[] {
  const all: Record<string, unknown> = { ...constants, resource, rootResource: resource, ...variables }
  beginEffort()
  try {
    return quietly(() => compile(expression, Object.keys(all))(resource, all))
  } catch (error) {
    // What the library throws may quote the resource.
    throw error instanceof FhirpathFault ? error : new FhirpathFault('execution')
  }
}

function compile(expression: string, variables: readonly string[]): Compiled {
  const key = `${variables.join(' ')}\n${expression}`
  const known = compiled.get(key)
  if (known !== undefined) return known
  checkLength(expression)
  const patterned = checkSyntax(parse(expression), new Set([...variables, 'context']))
  const evaluate: Compiled = fhirpath.compile(expression, r4, options)
  const made: Compiled = (resource, all) => evaluate(resource, { ...patterned, ...all })
  const [oldest] = compiled.keys()
  if (compiled.size >= mostCompiled && oldest !== undefined) compiled.delete(oldest)
  compiled.set(key, made)
  return made
}

function parse(expression: string): Syntax {
  try {
    // oxlint-disable-next-line no-unsafe-type-assertion -- the library types its syntax tree as any
    return fhirpath.parse(expression) as Syntax
  } catch {
    throw new FhirpathFault('syntax')
  }
}

interface Console {
  warn: (...words: unknown[]) => void
}

/**
 * The library warns on the console, with values of the resource in its words (a quantity that it truncates). Evaluation
 * is synchronous, so nobody else's warning is lost.
 */
function quietly<T>(evaluate: () => T): T {
  // oxlint-disable-next-line no-unsafe-type-assertion -- the model is compiled without the types of any platform
  const { console } = globalThis as unknown as { console: Console }
  const { warn } = console
  console.warn = () => undefined
  try {
    return evaluate()
  } finally {
    console.warn = warn
  }
}
