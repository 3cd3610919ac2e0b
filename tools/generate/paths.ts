// A search expression against the definitions: which JSON properties it walks, and what type of element it ends at. A
// choice (`value[x]`) becomes the property of each of its types, so nothing is left to find out at run time.
import type { Definitions, Element } from './definitions.ts'
import type { Path, Step } from './expression.ts'

export interface JsonPath {
  /**
   * Properties joined by dots, each with its filters: `telecom[system=phone]`, `entry[0]`, `subject{Patient}`;
   * `deceasedBoolean?` stands for "exists and is not false".
   */
  readonly text: string
  /** Type of the element at its end: 'CodeableConcept', 'code', 'Observation.component' for a backbone element. */
  readonly type: string
  readonly element: Element | undefined
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)

/** @param holder where a relative path starts: a type or the path of a backbone element. */
export function resolvePath(definitions: Definitions, path: Path, holder = path.root): JsonPath[] {
  let now: JsonPath[] = [{ text: '', type: holder, element: undefined }]
  for (let at = 0; at < path.steps.length; at++) {
    const step = path.steps[at]
    if (step === undefined) break
    const next = path.steps[at + 1]
    const only = step.kind === 'child' && next?.kind === 'type' ? next.type : undefined
    if (only !== undefined) at++
    now = now.flatMap((from) => take(definitions, from, step, only))
  }
  if (now.length === 0) throw new Error(`the path leads nowhere: ${JSON.stringify(path)}`)
  return now
}

function take(definitions: Definitions, from: JsonPath, step: Step, only: string | undefined): JsonPath[] {
  switch (step.kind) {
    case 'child':
      return children(definitions, from, step.name, only)
    case 'type':
      return from.type === step.type ? [from] : []
    case 'equal':
      return [{ ...from, text: `${from.text}[${step.name}=${written(step.value)}]` }]
    case 'resolves':
      // A canonical or an inline resource is no Reference: nothing to resolve there.
      return from.type === 'Reference' ? [{ ...from, text: `${from.text}{${step.type}}` }] : []
    case 'index':
      return [{ ...from, text: `${from.text}[${step.index}]` }]
    case 'exists-not-false':
      return [{ ...from, text: `${from.text}?`, type: 'exists' }]
  }
}

/** The address of an extension has characters that part a path and its line. */
const written = (value: string): string => encodeURIComponent(value).replaceAll('.', '%2E')

function children(definitions: Definitions, from: JsonPath, name: string, only: string | undefined): JsonPath[] {
  const siblings = definitions.elements.get(from.type) ?? []
  const join = (property: string): string => (from.text === '' ? property : `${from.text}.${property}`)
  const plain = siblings.find((one) => one.name === name)
  if (plain !== undefined) {
    const type = typeOf(plain)
    if (only !== undefined && type !== only) throw new Error(`${plain.path} is no ${only}`)
    return [{ text: join(name), type, element: plain }]
  }
  const choice = siblings.find((one) => one.name === `${name}[x]`)
  if (choice === undefined) return []
  return choice.types
    .filter((one) => only === undefined || isKindOf(one.code, only))
    .map((one) => ({ text: join(name + capital(one.code)), type: one.code, element: choice }))
}

/** FHIRPath's ofType takes the types derived from the one named, too. */
const derived: Readonly<Record<string, readonly string[]>> = {
  uri: ['url', 'canonical', 'oid', 'uuid'],
  string: ['code', 'id', 'markdown'],
  integer: ['unsignedInt', 'positiveInt'],
  Quantity: ['Age', 'Count', 'Distance', 'Duration'],
}

function isKindOf(type: string, named: string): boolean {
  // R4 writes DateTime once where it means dateTime.
  return type.toLowerCase() === named.toLowerCase() || (derived[named]?.includes(type) ?? false)
}

function typeOf(element: Element): string {
  if (element.sameAs !== undefined) return element.sameAs
  const code = element.types[0]?.code ?? ''
  return code === 'BackboneElement' || code === 'Element' ? element.path : code
}
