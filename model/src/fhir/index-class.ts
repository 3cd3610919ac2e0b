// Which index serves each search parameter, and what someone who steals the database learns from it. THE table: the
// record store makes its tokens by it, so what stands here is what is stored, and a reviewer reads it in one place.
import { patientPaths } from './generated/compartment.ts'
import { hasPatientCompartment } from './compartment.ts'
import type { ResourceType } from './resource-type.ts'
import { searchParameter, type SearchParameter, searchParameters } from './search-parameter.ts'

/** The classes, each with the leak that it accepts. No column holds an order-preserving or a plain value. */
export const indexClasses = {
  /** The primary key. Leak: none; ids are random. */
  key: 'nothing',
  /**
   * 3-byte tokens keyed by the patient, beside the record. Two patients with the same value have different tokens.
   * Leak: how often one unnamed patient's records repeat some unknown value.
   */
  patient: 'repeats within one patient',
  /**
   * 128-bit tokens keyed by the practice, of values that are nearly unique, so that there is no frequency to count.
   * Leak: that two records of a type carry the same identifier.
   */
  identity: 'that two records share an identifying value',
  /**
   * 128-bit tokens keyed by the practice, the same for all patients: worklists and calendars cross patients. Leak: how
   * many records share a value (a practitioner, a day). Only what says how work stands, never what is wrong with someone.
   */
  operational: 'counts of equal values across patients',
  /** Every patient's face, held in the server's memory. Leak: none. */
  memory: 'nothing',
  /** No index: compared in what another parameter narrowed down, or found by a scan. Leak: none. */
  none: 'nothing',
} as const

export type IndexClass = keyof typeof indexClasses

/** Tokens beside a patient's record: what charts are filtered by. 3 bytes a value. */
// oxfmt-ignore
const withinPatient = new Set([
  'category', 'class', 'clinical-status', 'code', 'encounter', 'intent', 'lifecycle-status', 'status', 'target', 'type', 'vaccine-code',
])

/** What a schedule is walked by, across patients: some 140 bytes a value. */
// oxfmt-ignore
const schedules: Readonly<Record<string, string>> = {
  Appointment:      'date practitioner',
  Encounter:        'date',
  PractitionerRole: 'practitioner',
  Schedule:         'actor',
  Slot:             'schedule start',
  Task:             'owner',
}

/** Kept under one operational token for the whole type, so that it can be gone through: directories of a practice. */
const listed = new Set(
  'CodeSystem HealthcareService Location Medication Organization Practitioner PractitionerRole Questionnaire Schedule ValueSet'.split(
    ' ',
  ),
)

/** Found by the faces in memory. */
const faces = new Set(['birthdate', 'family', 'given', 'name'])

/** Outside every compartment in R4, yet kept with the patient whom they are about. */
const aboutPatients = new Set(
  'Bundle Contract Device DeviceMetric EnrollmentResponse GuidanceResponse MessageHeader PaymentNotice PaymentReconciliation Task'.split(
    ' ',
  ),
)

/** The index that serves a parameter. Throws for a parameter that the type does not have. */
export function indexClass(type: ResourceType, code: string): IndexClass {
  const parameter = searchParameter(type, code)
  if (parameter === undefined) throw new Error('no such search parameter')
  if (code === '_id') return 'key'
  if (identifies(parameter)) return 'identity'
  if (Object.hasOwn(schedules, type) && schedules[type]?.split(' ').includes(code) === true) return 'operational'
  if (type === 'Patient' && faces.has(code)) return 'memory'
  return hasToken(type, parameter) ? 'patient' : 'none'
}

/**
 * Identifiers, whatever the parameter is called and whatever the type (an interface writes by its own number: placer,
 * filler, accession, requisition), and the address that names a definition.
 */
function identifies({ code, type, leaves }: SearchParameter): boolean {
  if (type === 'uri') return code === 'url'
  return type === 'token' && leaves.length > 0 && leaves.every((leaf) => leaf.type === 'Identifier')
}

/** Whether records of the type may have tokens for the parameter: when they are kept with a patient, they do. */
function hasToken(type: ResourceType, { code, type: kind }: SearchParameter): boolean {
  if (!withinPatient.has(code) || (kind !== 'token' && kind !== 'reference')) return false
  return hasPatientCompartment(type) || aboutPatients.has(type)
}

type ServingClass = 'patient' | 'identity' | 'operational'

const byClass: Readonly<Record<ServingClass, Map<ResourceType, readonly string[]>>> = {
  patient: new Map(),
  identity: new Map(),
  operational: new Map(),
}

/** The parameters of a type that a class serves. */
export function parametersOfClass(type: ResourceType, wanted: ServingClass): readonly string[] {
  let codes = byClass[wanted].get(type)
  if (codes === undefined) {
    codes = searchParameters(type).flatMap(({ code }) => (indexClass(type, code) === wanted ? code : []))
    byClass[wanted].set(type, codes)
  }
  return codes
}

/** Whether all records of the type stand under one token, to be gone through. */
export function isListed(type: ResourceType): boolean {
  return listed.has(type)
}

/** Whether records of the type are about a patient, and so kept with one: what refers to them may be looked up. */
export function isKeptWithPatients(type: string): boolean {
  return hasPatientCompartment(type) || aboutPatients.has(type)
}

/** Types whose first path into a compartment leads to several patients: kept with one, about all. */
const aboutSeveral = new Set([
  'Account',
  'Appointment',
  'AuditEvent',
  'Group',
  'Patient',
  'Person',
  'Provenance',
  'Schedule',
])

/** Whether a reference parameter leads from a record to the one patient with whom it is kept, and to no other. */
export function leadsHome(type: ResourceType, { leaves }: SearchParameter): boolean {
  const [first] = (Object.hasOwn(patientPaths, type) ? (patientPaths[type] ?? '') : '').split(' ')
  const [leaf, ...others] = leaves
  if (first === '' || leaf === undefined || others.length > 0 || aboutSeveral.has(type)) return false
  return leaf.steps.map(({ name }) => name).join('.') === first
}
