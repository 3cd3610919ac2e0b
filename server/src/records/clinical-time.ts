import { clinicalDate, dateRange, type Resource, type ResourceType, searchValues } from '@chartkeep/model/fhir'

/**
 * The search parameter that a type's chart is in order of: the one that asks for the event itself, with one value at
 * most. A search sorted by it, newest first, goes along the chart's index.
 */
// oxfmt-ignore
const chartParameters: Partial<Record<ResourceType, string>> = {
  AllergyIntolerance: 'onset',
  Appointment: 'date',
  CarePlan: 'date',
  Composition: 'date',
  Condition: 'onset-date',
  DiagnosticReport: 'date',
  DocumentReference: 'date',
  Encounter: 'date',
  Goal: 'start-date',
  ImagingStudy: 'started',
  Immunization: 'date',
  MedicationAdministration: 'effective-time',
  MedicationDispense: 'whenhandedover',
  MedicationRequest: 'authoredon',
  MedicationStatement: 'effective',
  Observation: 'date',
  Procedure: 'date',
  QuestionnaireResponse: 'authored',
  ServiceRequest: 'occurrence',
}

export function chartParameter(type: ResourceType): string | undefined {
  return chartParameters[type]
}

/**
 * When what the record tells happened, Unix ms; a date without a time begins the day. Where it has a value of the
 * chart's parameter, it is the key that a search is sorted by.
 */
export function clinicalTime(resource: Resource): number | undefined {
  const parameter = chartParameters[resource.resourceType]
  const [value] = parameter === undefined ? [] : searchValues(resource, parameter)
  const key = value?.kind === 'date' ? [value.low, value.high].find(Number.isFinite) : undefined
  if (key !== undefined) return key
  const date = clinicalDate(resource)
  return date === undefined ? undefined : dateRange(date)?.low
}
