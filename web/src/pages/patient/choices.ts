import type { RecordChoice } from '../../api/patients.ts'

/** Which records each activity stands on. Two pages that show the same records name the same choice, and it is read once. */
export const choices = {
  problems: { types: ['Condition'], count: 200 },
  medications: { types: ['MedicationRequest', 'MedicationStatement'], count: 200 },
  allergies: { types: ['AllergyIntolerance'], count: 100 },
  immunisations: { types: ['Immunization'], count: 200 },
  // Many, because a meter at home can fill hundreds of them with one test.
  results: { types: ['Observation'], category: 'laboratory', count: 500 },
  reports: { types: ['DiagnosticReport'], category: 'LAB', count: 200 },
  vitals: { types: ['Observation'], category: 'vital-signs', count: 300 },
  visits: { types: ['Encounter', 'Procedure'], count: 200 },
  documents: { types: ['DocumentReference'], count: 200 },
  person: { types: ['Patient'], count: 1 },
  related: { types: ['RelatedPerson'], count: 50 },
  coverage: { types: ['Coverage'], count: 20 },
  appointments: { types: ['Appointment'], count: 50 },
  claims: { types: ['Claim', 'ExplanationOfBenefit', 'Invoice', 'ChargeItem'], count: 200 },
} as const satisfies Record<string, RecordChoice>

/** In the words of the page, for "changed by someone else". */
export const typeWords: Record<string, string> = {
  Patient: 'Details',
  Condition: 'Problems',
  MedicationRequest: 'Medications',
  MedicationStatement: 'Medications',
  AllergyIntolerance: 'Allergies',
  Immunization: 'Immunisations',
  Observation: 'Results and vitals',
  DiagnosticReport: 'Results',
  Encounter: 'Visits',
  Procedure: 'Visits',
  DocumentReference: 'Notes and documents',
  Appointment: 'Appointments',
  Coverage: 'Coverage',
  Claim: 'Claims',
  ExplanationOfBenefit: 'Claims',
}
