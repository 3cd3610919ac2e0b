import {
  extract,
  isKeptWithPatients,
  isListed,
  parametersOfClass,
  type Resource,
  type ResourceType,
  searchParameters,
  type SearchPlan,
  searchPlan,
  type SearchValue,
  searchValues,
  type WantedValue,
} from '@chartkeep/model/fhir'
import { bucketOf, type Id, parseId } from '#base'
import type { PatientKey } from '#keys'
import type { IndexKeys } from './prepare.ts'
import { textOfSpan } from './spans.ts'
import { lookupToken, type LookupToken, patientToken } from './tokens.ts'

// Which parameters have which tokens is said by @chartkeep/model's index classes; here is how the tokens are made.

/** All patient tokens of a resource, 3 bytes each, each once. */
export function tokensOf(resource: Resource, key: PatientKey): Buffer {
  const tokens = new Set<Buffer>()
  for (const code of parametersOfClass(resource.resourceType, 'patient')) {
    for (const value of searchValues(resource, code)) {
      const text = tokenText(value)
      if (text !== undefined) tokens.add(patientToken(key, resource.resourceType, code, text))
    }
  }
  return Buffer.concat([...tokens])
}

/**
 * What of a value is hashed: a code without its system and case, the id of a reference. What is left out is compared
 * after opening.
 */
export function tokenText(value: SearchValue | WantedValue): string | undefined {
  if (value.kind === 'token') return value.code?.toLowerCase()
  if (value.kind === 'reference') return value.id
  return undefined
}

/** Under which any record of the type stands, for directories that are small enough to be walked. */
export const listed = { parameter: '*', value: '' } as const

/** Under which a record stands that refers to one of another chart: what refers to that one is found by it. */
const crossing = '@refers'

/** @param home the patient with whom the record is kept */
export function lookupsOf(
  resource: Resource,
  tenant: number,
  keys: IndexKeys,
  home: Id<'patient'> | undefined,
): LookupToken[] {
  const type = resource.resourceType
  const found: LookupToken[] = []
  for (const code of parametersOfClass(type, 'identity')) {
    for (const text of searchValues(resource, code).map(identityText))
      if (text !== undefined) found.push(lookupToken(keys.identity, tenant, type, code, text))
  }
  for (const code of parametersOfClass(type, 'operational')) {
    for (const text of searchValues(resource, code).map(operationalText))
      if (text !== undefined) found.push(lookupToken(keys.operational, tenant, type, code, text))
  }
  if (isListed(type)) found.push(lookupToken(keys.operational, tenant, type, listed.parameter, listed.value))
  for (const id of crossingsOf(resource, home)) found.push(crossingToken(keys, tenant, type, id))
  return found.length < 2 ? found : [...new Set(found)]
}

/** The token of records of a type, kept elsewhere, that refer to this record. */
export function crossingToken(keys: IndexKeys, tenant: number, type: ResourceType, id: string): LookupToken {
  return lookupToken(keys.operational, tenant, type, crossing, id)
}

const referencePlans = new Map<ResourceType, SearchPlan>()

/**
 * Ids of patients' records that this one refers to and that lie in another bucket: rare, a mother's encounter in her
 * child's chart. What lies in its own bucket is found by going through the few charts there.
 */
function crossingsOf(resource: Resource, home: Id<'patient'> | undefined): Set<string> {
  const type = resource.resourceType
  let plan = referencePlans.get(type)
  if (plan === undefined) {
    const codes = searchParameters(type).flatMap(({ type: kind, code }) => (kind === 'reference' ? [code] : []))
    referencePlans.set(type, (plan = searchPlan(type, codes)))
  }
  const bucket = home === undefined ? undefined : bucketOf(home)
  const found = new Set<string>()
  extract(plan, resource, (_, value) => {
    if (value.kind !== 'reference' || value.id === undefined || value.id === home) return
    if (value.type === undefined || !isKeptWithPatients(value.type)) return
    const id = parseId(value.id)
    if (id !== undefined && bucketOf(id) !== bucket) found.add(id)
  })
  return found
}

/** What of an identifying value is hashed: an identifier's value without its system and case, or an address. */
export function identityText(value: SearchValue | WantedValue): string | undefined {
  if (value.kind !== 'uri') return value.kind === 'token' ? tokenText(value) : undefined
  return 'way' in value && value.way !== 'same' ? undefined : value.uri
}

/** A reference by its id, a time by the day or the days in which it begins. */
function operationalText(value: SearchValue): string | undefined {
  return value.kind === 'date' ? textOfSpan(value) : tokenText(value)
}
