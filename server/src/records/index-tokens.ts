import {
  type Resource,
  type ResourceType,
  searchParameter,
  type SearchValue,
  searchValues,
} from '@chartkeep/model/fhir'
import type { PatientKey } from '#keys'
import type { IndexKeys } from './prepare.ts'
import { lookupToken, type LookupToken, patientToken } from './tokens.ts'

/**
 * Searched within a patient by token: what charts are filtered by. Others are found among the patient's opened records
 * of the type. Each costs 3 bytes a value.
 */
const withinPatient = new Set([
  'code',
  'category',
  'status',
  'clinical-status',
  'type',
  'encounter',
  'intent',
  'vaccine-code',
  'class',
])

/**
 * Searched across patients. Identity: exact values, each nearly unique, so a hash tells no frequency. Operational:
 * what a schedule and a directory are walked by; a day's count of appointments shows, which is accepted.
 */
const acrossPatients: Partial<
  Record<ResourceType, { identity?: readonly string[]; operational?: readonly string[]; listed?: true }>
> = {
  Patient: { identity: ['identifier'] },
  Practitioner: { identity: ['identifier'], listed: true },
  PractitionerRole: { identity: ['identifier'], operational: ['practitioner'], listed: true },
  Organization: { identity: ['identifier'], listed: true },
  Location: { identity: ['identifier'], listed: true },
  HealthcareService: { identity: ['identifier'], listed: true },
  Schedule: { operational: ['actor'], listed: true },
  Slot: { operational: ['schedule', 'start'] },
  Appointment: { operational: ['date', 'practitioner'] },
  Task: { operational: ['owner'] },
  Medication: { identity: ['identifier'], listed: true },
  Questionnaire: { listed: true },
  ValueSet: { listed: true },
  CodeSystem: { listed: true },
}

const parametersWithin = new Map<ResourceType, readonly string[]>()

/** The parameters of a type that have tokens within a patient. */
export function patientTokenParameters(type: ResourceType): readonly string[] {
  let codes = parametersWithin.get(type)
  if (codes === undefined) {
    codes = [...withinPatient].filter((code) =>
      ['token', 'reference'].includes(searchParameter(type, code)?.type ?? ''),
    )
    parametersWithin.set(type, codes)
  }
  return codes
}

/** All patient tokens of a resource, 3 bytes each, each once. */
export function tokensOf(resource: Resource, key: PatientKey): Buffer {
  const tokens = new Set<Buffer>()
  for (const code of patientTokenParameters(resource.resourceType)) {
    for (const value of searchValues(resource, code)) {
      const text = tokenText(value)
      if (text !== undefined) tokens.add(patientToken(key, code, text))
    }
  }
  return Buffer.concat([...tokens])
}

/** What of a value is hashed: a code without its system, `Type/id` of a reference. What is left out is compared after opening. */
function tokenText(value: SearchValue): string | undefined {
  if (value.kind === 'token') return value.code
  if (value.kind === 'reference') return value.id
  return undefined
}

/** Under which any record of the type stands, for directories that are small enough to be walked. */
export const listed = { parameter: '*', value: '' } as const

export function lookupsOf(resource: Resource, tenant: number, keys: IndexKeys): LookupToken[] {
  const type = resource.resourceType
  const across = acrossPatients[type]
  if (across === undefined) return []
  const found: LookupToken[] = []
  for (const code of across.identity ?? []) {
    for (const value of searchValues(resource, code)) {
      if (value.kind === 'token' && value.code !== undefined)
        found.push(lookupToken(keys.identity, tenant, type, code, value.code))
    }
  }
  for (const code of across.operational ?? []) {
    for (const text of searchValues(resource, code).flatMap(operationalTexts))
      found.push(lookupToken(keys.operational, tenant, type, code, text))
  }
  if (across.listed === true) found.push(lookupToken(keys.operational, tenant, type, listed.parameter, listed.value))
  return [...new Map(found.map((lookup) => [lookup.token, lookup])).values()]
}

/** How a parameter of a type is looked up across patients, if it is. */
export function lookupClass(type: ResourceType, code: string): 'identity' | 'operational' | undefined {
  const across = acrossPatients[type]
  if (across?.identity?.includes(code) === true) return 'identity'
  return across?.operational?.includes(code) === true ? 'operational' : undefined
}

export function isListed(type: ResourceType): boolean {
  return acrossPatients[type]?.listed === true
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
