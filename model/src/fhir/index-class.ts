// Which index serves each search parameter, and what someone who steals the database learns from it. One place, so that
// a reviewer reads the whole of what the index gives away.
import { hasPatientCompartment } from './compartment.ts'
import type { ResourceType } from './resource-type.ts'
import { searchParameter } from './search-parameter.ts'

/** The classes, each with the leak that it accepts. No column holds an order-preserving or a plain value of either. */
export const indexClasses = {
  /**
   * Tokens keyed by the patient, beside the record's time. Two patients with the same value have different tokens.
   * Leak: how often one patient's records repeat some unknown value; how many records there are, of which type, when.
   */
  patient: 'repeats within one patient',
  /**
   * Tokens keyed by the practice, the same for all patients: worklists and calendars cross patients.
   * Leak: how many records share a value (a status, a practitioner, a day), and so, by frequency, which status it may
   * be. Only parameters that say how work stands, never what is wrong with someone.
   */
  operational: 'counts of equal values across patients',
  /**
   * Keyed hashes, cut to a few bits each, so that many people share one; candidates are decrypted and compared.
   * Leak: that two people may have the same name, birth date or identifier; frequencies are blurred by the collisions.
   */
  identity: 'that two people may share an identifying value',
  /** No index: found by going through what another parameter narrowed down, or not served. Leak: none. */
  none: 'nothing',
} as const

export type IndexClass = keyof typeof indexClasses

const people =
  'address address-city address-country address-postalcode address-state birthdate email family given identifier name phone phonetic telecom'

/** How work stands, on types that belong to patients: only these cross patients. */
// oxfmt-ignore
const operational: Readonly<Record<string, string>> = {
  Appointment:              'appointment-type date location practitioner service-category service-type slot status',
  AppointmentResponse:      'appointment location part-status practitioner',
  CarePlan:                 'status',
  CareTeam:                 'status',
  Claim:                    'created insurer provider status use',
  ClaimResponse:            'created disposition insurer outcome request status use',
  Communication:            'received recipient sender sent status',
  CommunicationRequest:     'authored occurrence priority recipient requester sender status',
  Composition:              'author date status',
  CoverageEligibilityRequest: 'created provider status',
  DeviceRequest:            'authored-on intent performer requester status',
  DiagnosticReport:         'date issued performer results-interpreter status',
  DocumentReference:        'author authenticator custodian date status',
  Encounter:                'appointment class date location participant practitioner service-provider status',
  EpisodeOfCare:            'care-manager date organization status',
  ExplanationOfBenefit:     'created provider status',
  ImagingStudy:             'modality performer started status',
  Immunization:             'date location performer status',
  Invoice:                  'date issuer status',
  MedicationDispense:       'performer status whenhandedover whenprepared',
  MedicationRequest:        'authoredon intended-dispenser intent priority requester status',
  NutritionOrder:           'datetime provider status',
  Patient:                  'active general-practitioner link organization',
  Procedure:                'date location performer status',
  QuestionnaireResponse:    'author authored questionnaire status',
  RequestGroup:             'author authored intent priority status',
  Schedule:                 'active actor date identifier service-category service-type specialty',
  ServiceRequest:           'authored intent occurrence performer performer-type priority requester requisition status',
  Specimen:                 'accession collected status',
  SupplyRequest:            'date requester status supplier',
  VisionPrescription:       'datewritten prescriber status',
}

/** Outside every compartment in R4, yet about a patient: only what these say of the work is indexed. */
// oxfmt-ignore
const aboutPatients: Readonly<Record<string, string>> = {
  Bundle:           'identifier timestamp type',
  Contract:         'authority issued status',
  Device:           'location organization status type udi-carrier udi-di',
  DeviceMetric:     'source type',
  EnrollmentResponse: 'request status',
  GuidanceResponse: 'request',
  MessageHeader:    'author enterer event receiver responsible sender',
  PaymentNotice:    'created provider request response status',
  PaymentReconciliation: 'created payment-issuer request requestor status',
  Task:             'authored-on based-on business-status code focus group-identifier intent modified owner part-of patient performer period priority requester status subject',
}

/** Kept by the store itself: the primary key and the row's time. Words are never indexed. */
const always: Readonly<Record<string, IndexClass>> = {
  _id: 'none',
  _lastUpdated: 'operational',
  _text: 'none',
  _content: 'none',
}

/** The index that serves a parameter. Throws for a parameter that the type does not have. */
export function indexClass(type: ResourceType, code: string): IndexClass {
  const parameter = searchParameter(type, code)
  if (parameter === undefined) throw new Error('no such search parameter')
  const fixed = always[code]
  if (fixed !== undefined) return fixed
  if (type === 'Patient' || type === 'Person' || type === 'RelatedPerson') {
    if (lists(people, code)) return 'identity'
    if (type === 'Patient') return lists(operational['Patient'], code) ? 'operational' : 'none'
  }
  if (parameter.type === 'special' || parameter.type === 'composite')
    return hasPatientCompartment(type) ? 'patient' : 'none'
  if (hasPatientCompartment(type)) return lists(operational[type], code) ? 'operational' : 'patient'
  if (Object.hasOwn(aboutPatients, type)) return lists(aboutPatients[type], code) ? 'operational' : 'none'
  // What is about nobody's health: places, staff, calendars, definitions, terminology.
  return 'operational'
}

function lists(codes: string | undefined, code: string): boolean {
  return codes !== undefined && codes.split(' ').includes(code)
}
