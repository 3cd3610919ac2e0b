import { patientPaths } from './generated/compartment.ts'
import { readReference } from './reference-text.ts'
import { isResourceType, type ResourceType } from './resource-type.ts'
import { isObject, type JsonObject, type Resource } from './resource.ts'
import { shapeOf } from './structure.ts'

/** An element that may say in whose chart a record is. */
export interface ChartReference {
  /** FHIRPath of the Reference: `Observation.performer[0]`. */
  readonly path: string
  /** Whom the record is about (`subject`, `patient`), not who took part in it. */
  readonly principal: boolean
  readonly leadsTo: ChartTarget
}

/** Where such a reference leads, as far as its text tells. */
export type ChartTarget =
  /** `Patient/x` of this server. */
  | { readonly kind: 'patient'; readonly id: string }
  /** Another type of this server that may stand there: a group, a device. */
  | { readonly kind: 'other'; readonly type: string; readonly id: string }
  /** Another type, contained or on another server, or a type that is only named. */
  | { readonly kind: 'elsewhere' }
  /** Perhaps a patient, but nobody can tell which: a urn, a search, another server's patient, a contained patient. */
  | { readonly kind: 'nowhere' }
  /** No literal reference: a display or an identifier. */
  | { readonly kind: 'described' }

/** Types that R4 leaves out of the compartment although they are about one patient point to that patient here. */
const alsoAbout = ['patient', 'subject', 'for', 'securityContext'] as const
/** Elements that name whom a record is about. */
const principals: ReadonlySet<string> = new Set([...alsoAbout, 'beneficiary', 'individual', 'candidate'])
const pathsByType = new Map<string, readonly string[]>()

/** Paths of the compartment, then what else points to the patient: of R4's elements, those that may lead to one. */
function pathsOf(type: ResourceType): readonly string[] {
  let paths = pathsByType.get(type)
  if (paths === undefined) {
    const inCompartment = Object.hasOwn(patientPaths, type) ? (patientPaths[type] ?? '').split(' ') : []
    const { rules } = shapeOf(type)
    const beside = alsoAbout.filter((name) => {
      const rule = rules.get(name)
      return rule?.type === 'Reference' && (rule.targets?.has('Patient') ?? true)
    })
    paths = [...new Set([...inCompartment, ...beside])]
    pathsByType.set(type, paths)
  }
  return paths
}

/** Every element that may decide in whose chart a record is, the likeliest first (R4 CompartmentDefinition "patient"). */
export function chartReferences(resource: Resource): ChartReference[] {
  const type = resource.resourceType
  const found: ChartReference[] = []
  for (const path of pathsOf(type)) {
    const principal = principals.has(path)
    collect(resource, path.split('.'), type, (reference, at) => {
      found.push({ path: at, principal, leadsTo: targetOf(reference, resource) })
    })
  }
  return found
}

/**
 * The patients of this server whom the resources of a Bundle are about, each once. A Bundle that is kept is in the chart
 * of the only one: a document, a collection. One about several is in nobody's.
 */
export function bundledPatients({ entry }: Resource): string[] {
  const ids = new Set<string>()
  for (const one of Array.isArray(entry) ? entry : []) {
    const within: unknown = isObject(one) ? one['resource'] : undefined
    if (!isObject(within) || typeof within['resourceType'] !== 'string' || !isResourceType(within['resourceType']))
      continue
    const resource = { ...within, resourceType: within['resourceType'] }
    for (const { principal, leadsTo } of chartReferences(resource))
      if (principal && leadsTo.kind === 'patient') ids.add(leadsTo.id)
  }
  return [...ids]
}

function collect(
  value: unknown,
  steps: readonly string[],
  path: string,
  add: (reference: JsonObject, path: string) => void,
): void {
  if (!isObject(value)) return
  const [name, ...rest] = steps
  if (name === undefined) return add(value, path)
  const member = value[name]
  if (!Array.isArray(member)) return collect(member, rest, `${path}.${name}`, add)
  for (const [index, one] of member.entries()) collect(one, rest, `${path}.${name}[${index}]`, add)
}

function targetOf({ reference, type }: JsonObject, resource: Resource): ChartTarget {
  if (typeof reference !== 'string')
    return { kind: type === undefined || type === 'Patient' ? 'described' : 'elsewhere' }
  const read = readReference(reference)
  switch (read.kind) {
    case 'record':
      if (read.base !== '') return { kind: read.type === 'Patient' ? 'nowhere' : 'elsewhere' }
      return read.type === 'Patient'
        ? { kind: 'patient', id: read.id }
        : { kind: 'other', type: read.type, id: read.id }
    case 'contained':
      return { kind: typeOfContained(resource, read.id) === 'Patient' ? 'nowhere' : 'elsewhere' }
    case 'condition':
    case 'address':
      return { kind: 'nowhere' }
  }
}

function typeOfContained({ contained }: Resource, id: string): unknown {
  if (!Array.isArray(contained)) return undefined
  return contained.filter(isObject).find((one) => one['id'] === id)?.['resourceType']
}
