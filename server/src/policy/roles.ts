import type { ResourceType } from '@chartkeep/model/fhir'

/** What a person works as. One account holds one or more; one is in use at a time. */
export const roles = ['front-desk', 'nurse', 'clinician', 'biller', 'privacy-officer', 'administrator'] as const
export type Role = (typeof roles)[number]

/** The kinds of record that a role's rights are stated for. */
export type Category = 'directory' | 'demographic' | 'scheduling' | 'clinical' | 'billing' | 'governance' | 'definition'

const categories = {
  directory: 'Organization Practitioner PractitionerRole Location HealthcareService Endpoint OrganizationAffiliation',
  demographic: 'Patient RelatedPerson Person',
  scheduling: 'Appointment AppointmentResponse Schedule Slot',
  billing:
    'Account ChargeItem Claim ClaimResponse Contract Coverage CoverageEligibilityRequest CoverageEligibilityResponse ' +
    'EnrollmentRequest EnrollmentResponse ExplanationOfBenefit InsurancePlan Invoice PaymentNotice PaymentReconciliation',
  governance: 'AuditEvent Consent Provenance VerificationResult',
  definition:
    'ActivityDefinition CapabilityStatement ChargeItemDefinition CodeSystem CompartmentDefinition ConceptMap ' +
    'EffectEvidenceSynthesis EventDefinition Evidence EvidenceVariable ExampleScenario GraphDefinition ' +
    'ImplementationGuide Library Measure MessageDefinition NamingSystem ObservationDefinition OperationDefinition ' +
    'PlanDefinition Questionnaire ResearchDefinition ResearchElementDefinition RiskEvidenceSynthesis SearchParameter ' +
    'SpecimenDefinition StructureDefinition StructureMap SubstanceSpecification TerminologyCapabilities TestScript ValueSet',
} as const satisfies Record<Exclude<Category, 'clinical'>, string>

const categoryByType = new Map<string, Category>()
for (const category of ['directory', 'demographic', 'scheduling', 'billing', 'governance', 'definition'] as const) {
  for (const type of categories[category].split(' ')) categoryByType.set(type, category)
}

/** Everything not named elsewhere is clinical: the category with the fewest readers. */
export function categoryOf(type: ResourceType): Category {
  return categoryByType.get(type) ?? 'clinical'
}

/**
 * What each role may do with each category: r read, s search, h history, c create, u update, d delete; '-' nothing.
 * Minimum necessary, 45 CFR 164.502(b). The administrator keeps the system and sees no health information.
 */
// oxfmt-ignore
export const rights = {
  //                  directory  demographic  scheduling  clinical  billing  governance  definition
  'front-desk':      ['rs',      'rscu',      'rscud',    '-',      'rscu',  '-',        'rs'],
  nurse:             ['rs',      'rscu',      'rscud',    'rshcu',  '-',     'r',        'rs'],
  clinician:         ['rs',      'rscu',      'rscud',    'rshcud', 'rs',    'rs',       'rs'],
  biller:            ['rs',      'rs',        'rs',       '-',      'rshcu', '-',        'rs'],
  'privacy-officer': ['rs',      'rs',        '-',        '-',      '-',     'rsh',      'rs'],
  administrator:     ['rscud',   '-',         '-',        '-',      '-',     '-',        'rscud'],
} as const satisfies Record<Role, readonly [string, string, string, string, string, string, string]>

/** Whether a role reads records of a type, whichever patient's. */
export function mayRead(role: Role, type: ResourceType): boolean {
  return rightsOf(role, categoryOf(type)).includes('r')
}

export function rightsOf(role: Role, category: Category): string {
  return rights[role][categoryOrder.indexOf(category)] ?? '-'
}

export const categoryOrder = [
  'directory',
  'demographic',
  'scheduling',
  'clinical',
  'billing',
  'governance',
  'definition',
] as const

/**
 * Who may search where no index leads, through the records of everyone: who treats (a population by diagnosis), bills,
 * or keeps the ledger's neighbours; and of what says nothing of anyone's health, whoever may search it at all.
 */
export const scanners: Readonly<Record<Category, readonly Role[]>> = {
  directory: roles,
  demographic: roles,
  scheduling: roles,
  clinical: ['clinician'],
  billing: ['biller'],
  governance: ['privacy-officer'],
  definition: roles,
}
