import { isObject, type Resource } from './resource.ts'

/**
 * The element that says when a record's matter happened, best first: the event itself, then when it was asserted or
 * written down. A chart is ordered by it. Paths end at a date, dateTime or instant.
 */
// oxfmt-ignore
export const clinicalDatePaths: Readonly<Record<string, string>> = {
  Account:                     'servicePeriod.start',
  AdverseEvent:                'date detected recordedDate',
  AllergyIntolerance:          'onsetDateTime onsetPeriod.start recordedDate lastOccurrence',
  Appointment:                 'start requestedPeriod.start created',
  AppointmentResponse:         'start',
  AuditEvent:                  'recorded',
  Basic:                       'created',
  CarePlan:                    'period.start created',
  CareTeam:                    'period.start',
  ChargeItem:                  'occurrenceDateTime occurrencePeriod.start occurrenceTiming.event enteredDate',
  Claim:                       'billablePeriod.start created',
  ClaimResponse:               'created',
  ClinicalImpression:          'effectiveDateTime effectivePeriod.start date',
  Communication:               'sent received',
  CommunicationRequest:        'occurrenceDateTime occurrencePeriod.start authoredOn',
  Composition:                 'date',
  Condition:                   'onsetDateTime onsetPeriod.start recordedDate',
  Consent:                     'dateTime',
  Contract:                    'issued applies.start',
  Coverage:                    'period.start',
  CoverageEligibilityRequest:  'servicedDate servicedPeriod.start created',
  CoverageEligibilityResponse: 'servicedDate servicedPeriod.start created',
  DetectedIssue:               'identifiedDateTime identifiedPeriod.start',
  DeviceRequest:               'occurrenceDateTime occurrencePeriod.start occurrenceTiming.event authoredOn',
  DeviceUseStatement:          'timingDateTime timingPeriod.start timingTiming.event recordedOn',
  DiagnosticReport:            'effectiveDateTime effectivePeriod.start issued',
  DocumentManifest:            'created',
  DocumentReference:           'date context.period.start',
  Encounter:                   'period.start',
  EnrollmentRequest:           'created',
  EnrollmentResponse:          'created',
  EpisodeOfCare:               'period.start',
  ExplanationOfBenefit:        'billablePeriod.start created',
  FamilyMemberHistory:         'date',
  Flag:                        'period.start',
  Goal:                        'startDate statusDate',
  GuidanceResponse:            'occurrenceDateTime',
  ImagingStudy:                'started',
  Immunization:                'occurrenceDateTime recorded',
  ImmunizationEvaluation:      'date',
  ImmunizationRecommendation:  'date',
  Invoice:                     'date',
  List:                        'date',
  MeasureReport:               'period.start date',
  Media:                       'createdDateTime createdPeriod.start issued',
  MedicationAdministration:    'effectiveDateTime effectivePeriod.start',
  MedicationDispense:          'whenHandedOver whenPrepared',
  MedicationRequest:           'authoredOn',
  MedicationStatement:         'effectiveDateTime effectivePeriod.start dateAsserted',
  NutritionOrder:              'dateTime',
  Observation:                 'effectiveDateTime effectiveInstant effectivePeriod.start effectiveTiming.event issued',
  PaymentNotice:               'paymentDate created',
  PaymentReconciliation:       'paymentDate created',
  Procedure:                   'performedDateTime performedPeriod.start',
  Provenance:                  'occurredDateTime occurredPeriod.start recorded',
  QuestionnaireResponse:       'authored',
  RequestGroup:                'authoredOn',
  ResearchSubject:             'period.start',
  RiskAssessment:              'occurrenceDateTime occurrencePeriod.start',
  Schedule:                    'planningHorizon.start',
  ServiceRequest:              'occurrenceDateTime occurrencePeriod.start occurrenceTiming.event authoredOn',
  Slot:                        'start',
  Specimen:                    'collection.collectedDateTime collection.collectedPeriod.start receivedTime',
  SupplyDelivery:              'occurrenceDateTime occurrencePeriod.start occurrenceTiming.event',
  SupplyRequest:               'occurrenceDateTime occurrencePeriod.start occurrenceTiming.event authoredOn',
  Task:                        'executionPeriod.start authoredOn lastModified',
  VisionPrescription:          'dateWritten created',
}

const compiled = new Map<string, readonly (readonly string[])[]>()

/** The FHIR date, dateTime or instant to order a chart by, as written; undefined when the record has none. */
export function clinicalDate(resource: Resource): string | undefined {
  for (const path of pathsOf(resource.resourceType)) {
    let value: unknown = resource
    for (const name of path) {
      if (Array.isArray(value)) value = value[0]
      value = isObject(value) ? value[name] : undefined
    }
    if (Array.isArray(value)) value = value[0]
    if (typeof value === 'string') return value
  }
  return undefined
}

function pathsOf(type: string): readonly (readonly string[])[] {
  const known = compiled.get(type)
  if (known !== undefined) return known
  const text = Object.hasOwn(clinicalDatePaths, type) ? clinicalDatePaths[type] : undefined
  const paths = text === undefined ? [] : text.split(' ').map((path) => path.split('.'))
  compiled.set(type, paths)
  return paths
}
