// Codes of a resource against the code systems that are shipped, and units against UCUM. Old records are full of codes that
// were retired, misspelt or given another meaning, so nothing of this refuses one: it is said as a warning.
import { foldText } from '../fhir/search-text.ts'
import { ucum } from '../fhir/search-units.ts'
import { type Finding, isObject, type JsonObject } from '../fhir/resource.ts'
import { isResourceType } from '../fhir/resource-type.ts'
import { type Rule, type Shape, shapeOf } from '../fhir/structure.ts'
import { isAbsolute } from '../fhir/type-rules.ts'
import type { CodeSystem, Concept, Library } from './content.ts'
import { findConcept } from './hierarchy.ts'

/** What codes are held against. */
export interface CodeBook {
  readonly library: Pick<Library, 'codeSystem'>
  /** Whether UCUM has a unit. */
  readonly isUnit: (code: string) => boolean
  /** How many complex elements are looked at; all of them, if not said. Each takes about a microsecond. */
  readonly mostElements?: number
}

const mostFindings = 500

/**
 * Of a resource that is valid by R4: codes that their code system does not have, displays that belong to another code of
 * it, units that are none, and systems that nobody can look up. Systems that are not known here, or not whole, say nothing.
 */
export function codedFindings(resource: unknown, book: CodeBook): Finding[] {
  const findings: Finding[] = []
  if (isObject(resource)) visitResource(resource, { book, findings, left: book.mostElements ?? Infinity, path: [] })
  return findings
}

interface Visit {
  readonly book: CodeBook
  readonly findings: Finding[]
  left: number
  /** Where the visit is: put into words for a finding only, and most records have none. */
  readonly path: (string | number)[]
}

function visitResource(resource: JsonObject, visit: Visit): void {
  const type = resource['resourceType']
  if (typeof type !== 'string' || !isResourceType(type)) return
  const isOuter = visit.path.length === 0
  if (isOuter) visit.path.push(type)
  visitObject(resource, shapeOf(type), visit)
  if (isOuter) visit.path.pop()
}

function visitObject(holder: JsonObject, shape: Shape, visit: Visit): void {
  for (const name in holder) {
    const rule = shape.rules.get(name)
    if (rule === undefined || rule.check !== undefined || visit.findings.length >= mostFindings) continue
    const value = holder[name]
    visit.path.push(rule.element)
    if (!Array.isArray(value)) visitValue(value, rule, visit)
    else
      for (let index = 0; index < value.length; index++) {
        visit.path.push(index)
        visitValue(value[index], rule, visit)
        visit.path.pop()
      }
    visit.path.pop()
  }
}

function visitValue(value: unknown, rule: Rule, visit: Visit): void {
  if (!isObject(value) || visit.left-- <= 0) return
  if (rule.shape === undefined) return visitResource(value, visit)
  const fault = rule.type === 'Coding' ? codingFault(value, visit.book) : quantityFault(value, rule, visit.book)
  if (fault !== undefined)
    visit.findings.push({ expression: spell(visit.path), severity: 'warning', issue: 'code-invalid', text: fault })
  visitObject(value, rule.shape(), visit)
}

function spell(path: readonly (string | number)[]): string {
  return path.map((step, at) => (typeof step === 'number' ? `[${step}]` : at === 0 ? step : `.${step}`)).join('')
}

const relative = 'has a system that is no absolute URI'
const quantities = new Set(['Quantity', 'Age', 'Count', 'Distance', 'Duration'])

function quantityFault({ system, code }: JsonObject, { type }: Rule, { isUnit }: CodeBook): string | undefined {
  if (!quantities.has(type) || typeof system !== 'string') return undefined
  if (!isAbsolute(system)) return relative
  return system !== ucum || typeof code !== 'string' || isUnit(code) ? undefined : 'has a code that is no unit of UCUM'
}

function codingFault(
  { system, version, code, display }: JsonObject,
  { library, isUnit }: CodeBook,
): string | undefined {
  if (typeof system !== 'string') return undefined
  if (!isAbsolute(system)) return relative
  if (typeof code !== 'string') return undefined
  if (system === ucum) return isUnit(code) ? undefined : 'has a code that is no unit of UCUM'
  const known = library.codeSystem(system, typeof version === 'string' ? version : undefined)
  if (known === undefined) return undefined
  const concept = findConcept(known, code)
  if (concept === undefined)
    return known.content === 'complete' ? 'has a code that its code system does not have' : undefined
  return typeof display === 'string' && isOfAnother(known, concept, display)
    ? 'has the display of another code of its code system'
    : undefined
}

/** Another wording, or another language, is not the display of another code. */
function isOfAnother(system: CodeSystem, { code, display, designations }: Concept, written: string): boolean {
  const folded = foldText(written)
  const own = [display, ...designations.map(({ value }) => value)]
  if (own.some((one) => one !== undefined && foldText(one) === folded)) return false
  const owner = codesByDisplay(system).get(folded)
  return owner !== undefined && owner !== code
}

const byDisplay = new WeakMap<CodeSystem, ReadonlyMap<string, string>>()

function codesByDisplay(system: CodeSystem): ReadonlyMap<string, string> {
  const known = byDisplay.get(system)
  if (known !== undefined) return known
  const codes = new Map<string, string>()
  for (const { code, display } of system.concepts.values())
    if (display !== undefined) codes.set(foldText(display), code)
  byDisplay.set(system, codes)
  return codes
}
