import { isObject, type JsonObject, type Resource } from '../fhir/resource.ts'
import type { Filter, ListedCode, Member, Part, ValueSet } from './content.ts'
import { TerminologyFault } from './fault.ts'
import { designationsIn, objectsIn, textIn } from './read-code-system.ts'

const mostParts = 1_000
const mostCodes = 100_000

// An expansion with one of these does not hold every code (R4 extensions of ValueSet).
const cutOff = new Set([
  'http://hl7.org/fhir/StructureDefinition/valueset-unclosed',
  'http://hl7.org/fhir/StructureDefinition/valueset-toocostly',
])

/** A ValueSet resource that follows its R4 definition. Throws TerminologyFault. */
export function readValueSet(resource: Resource): ValueSet {
  const compose = isObject(resource['compose']) ? resource['compose'] : {}
  const include = objectsIn(compose, 'include')
  const exclude = objectsIn(compose, 'exclude')
  if (include.length + exclude.length > mostParts) throw new TerminologyFault('too-costly')
  const url = textIn(resource, 'url') ?? ''
  return {
    url,
    version: textIn(resource, 'version'),
    name: textIn(resource, 'name') ?? textIn(resource, 'title') ?? url,
    status: textIn(resource, 'status') ?? 'unknown',
    include: include.map(partOf),
    exclude: exclude.map(partOf),
    inactive: compose['inactive'] !== false,
    stored: storedIn(resource['expansion']),
  }
}

function partOf(part: JsonObject): Part {
  const codes = objectsIn(part, 'concept').map(listedCodeOf)
  if (codes.length > mostCodes) throw new TerminologyFault('too-costly')
  return {
    system: textIn(part, 'system'),
    version: textIn(part, 'version'),
    codes: codes.length === 0 ? undefined : codes,
    filters: objectsIn(part, 'filter').map(filterOf),
    valueSets: textsIn(part, 'valueSet'),
  }
}

function listedCodeOf(one: JsonObject): ListedCode {
  const code = textIn(one, 'code')
  if (code === undefined) throw new TerminologyFault('malformed')
  return { code, display: textIn(one, 'display'), designations: designationsIn(one) }
}

function filterOf(one: JsonObject): Filter {
  const [property, op, value] = [textIn(one, 'property'), textIn(one, 'op'), textIn(one, 'value')]
  if (property === undefined || op === undefined || value === undefined) throw new TerminologyFault('malformed')
  return { property, op, value }
}

function storedIn(expansion: unknown): ValueSet['stored'] {
  if (!isObject(expansion)) return undefined
  const members: Member[] = []
  let entries = 0
  const walk = (list: readonly JsonObject[]): void => {
    for (const one of list) {
      if (++entries > mostCodes) throw new TerminologyFault('too-costly')
      const [system, code] = [textIn(one, 'system'), textIn(one, 'code')]
      if (system !== undefined && code !== undefined) {
        members.push({
          ...{ system, code, version: textIn(one, 'version'), display: textIn(one, 'display') },
          ...{
            designations: designationsIn(one),
            inactive: one['inactive'] === true,
            abstract: one['abstract'] === true,
          },
        })
      }
      walk(objectsIn(one, 'contains'))
    }
  }
  walk(objectsIn(expansion, 'contains'))
  const { total, offset } = expansion
  const whole = (total === undefined || (typeof total === 'number' && total <= entries)) && (offset ?? 0) === 0
  const cut = objectsIn(expansion, 'extension').some((one) => cutOff.has(textIn(one, 'url') ?? ''))
  return { members, complete: whole && !cut }
}

function textsIn(holder: JsonObject, name: string): string[] {
  const value = holder[name]
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
}
