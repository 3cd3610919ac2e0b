import { sentence } from '../words/name.ts'

const actions: Record<string, string> = {
  read: 'Opened',
  search: 'Listed',
  scan: 'Found among everyone’s records',
  history: 'Read earlier versions',
  create: 'Added',
  update: 'Changed',
  delete: 'Deleted',
  draft: 'Wrote a draft',
  'review-access': 'Looked at the access history',
}

const purposes: Record<string, string> = {
  TREAT: 'Treatment',
  HPAYMT: 'Payment',
  HOPERAT: 'Running the practice',
  ETREAT: 'Emergency treatment',
  SYSADMIN: 'System administration',
}

export function actionWords(action: string): string {
  return actions[action] ?? sentence(action)
}

/** v3-ActReason in words. */
export function purposeWords(purpose: string): string {
  return purposes[purpose] ?? purpose
}

/** FHIR types in the words of the chart. */
const kinds: Record<string, string> = {
  AllergyIntolerance: 'allergies',
  Appointment: 'appointments',
  AuditEvent: 'access history',
  Binary: 'document content',
  ChargeItem: 'charges',
  Claim: 'claims',
  Condition: 'problems',
  Coverage: 'coverage',
  DiagnosticReport: 'reports',
  DocumentReference: 'notes and documents',
  Encounter: 'visits',
  ExplanationOfBenefit: 'explanations of benefit',
  Immunization: 'immunisations',
  Invoice: 'invoices',
  MedicationRequest: 'medication orders',
  MedicationStatement: 'reported medications',
  Observation: 'results and vitals',
  Patient: 'who the patient is',
  Procedure: 'procedures',
  RelatedPerson: 'contacts',
}

/** `Claim (3), ExplanationOfBenefit` → `Claims (3), explanations of benefit`; types we have no word for stay. */
export function whatWords(what: string): string {
  const words = what.replaceAll(/[A-Z][A-Za-z]+/g, (type) =>
    Object.hasOwn(kinds, type) ? (kinds[type] ?? type) : type,
  )
  return words.charAt(0).toUpperCase() + words.slice(1)
}
