// What records hold that not every role sees: for tests of what is shown and what stays.
import type { Resource } from '@chartkeep/model/fhir'

export const unknown = { url: 'https://example.com/x', valueString: 'unseen' }
export const known = {
  url: 'http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName',
  valueString: 'Moser',
}
export const masked = {
  extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'masked' }],
}
export const text = { url: 'text', valueString: 'x' }
export const race = (...parts: object[]) => ({
  url: 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-race',
  extension: parts,
})
export const cancelled = 'http://terminology.hl7.org/CodeSystem/appointment-cancellation-reason'

export const patient = (over: object): Resource => ({ resourceType: 'Patient', ...over })
export const appointment = (over: object): Resource => ({ resourceType: 'Appointment', status: 'noshow', ...over })
