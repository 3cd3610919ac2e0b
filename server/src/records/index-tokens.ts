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
    for (const value of searchValues(resource, code)) {
      if (value.kind === 'token' && value.code !== undefined)
        found.push(lookupToken(keys.identity, tenant, type, code, value.code.toLowerCase()))
    }
  }
  for (const code of parametersOfClass(type, 'operational')) {
    for (const text of searchValues(resource, code).flatMap(operationalTexts))
      found.push(lookupToken(keys.operational, tenant, type, code, text))
  }
  if (isListed(type)) found.push(lookupToken(keys.operational, tenant, type, listed.parameter, listed.value))
  for (const id of crossingsOf(resource, home)) found.push(crossingToken(keys, tenant, type, id))
  return found.length < 2 ? found : [...new Map(found.map((lookup) => [lookup.token, lookup])).values()]
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

const dayMs = 86_400_000
const mostDays = 62

/** A reference by its id, a time by each day (UTC) that it touches. */
function operationalTexts(value: SearchValue): string[] {
  if (value.kind === 'date') return daysIn(value.low, value.high) ?? []
  const text = tokenText(value)
  return text === undefined ? [] : [text]
}

/** The days of a range, undefined when it is open or too long to be looked up day by day. */
export function daysIn(low: number, high: number): string[] | undefined {
  if (!Number.isFinite(low) || !Number.isFinite(high) || high - low > mostDays * dayMs) return undefined
  const days: string[] = []
  for (let day = Math.floor(low / dayMs); day * dayMs < high; day++)
    days.push(new Date(day * dayMs).toISOString().slice(0, 10))
  return days
}
