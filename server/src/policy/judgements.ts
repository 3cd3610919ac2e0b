import type { ResourceType, Shape } from '@chartkeep/model/fhir'
import { type Category, categoryOf, type Role } from './roles.ts'

/**
 * What an element may say of a patient's health, judged once for each element of each type that somebody may read who
 * does not treat patients. `open`: administrative. `charge`: what was done and why, as a bill has to say it. `chart`:
 * clinical words, and whatever may carry them. What is not judged is not shown.
 */
export type Content = 'open' | 'charge' | 'chart'

/** `link`: a bare reference, without words about what it leads to. `code`: codes of HL7's own systems, without words. */
export type Manner = 'whole' | 'link' | 'code'

export interface Judgement {
  readonly content: Content
  readonly manner: Manner
}

/** The roles that see all: they treat patients. Of the others, who bills sees what a bill says. */
export const contentSeen: Readonly<Record<Role, readonly Content[] | 'all'>> = {
  'front-desk': ['open'],
  nurse: 'all',
  clinician: 'all',
  biller: ['open', 'charge'],
  'privacy-officer': ['open'],
  administrator: ['open'],
}

/** Records that tell of nobody's health; whoever keeps them sees their narrative and extensions, too. */
export const keepers: Readonly<Partial<Record<Category, Role>>> = {
  directory: 'administrator',
  definition: 'administrator',
}

interface Row {
  readonly open?: string
  readonly charge?: string
  readonly chart?: string
}

/** Datatypes whose elements say what the element says that has them. */
const plainDatatypes =
  'Address Age Annotation Attachment CodeableConcept Coding ContactPoint Count Distance Duration HumanName Identifier ' +
  'Money Period Quantity Range Ratio Reference Timing Timing.repeat'

/** By type and backbone element; `name:link` and `name:code` say in which manner. */
const rows: Readonly<Record<string, Row>> = {
  // What every element and every resource has; contained records and extensions are judged one by one.
  Element: { open: 'id extension modifierExtension' },
  // Narrative says everything once more.
  Resource: { open: 'meta implicitRules language contained', chart: 'text' },
  // Labels name what is sensitive: HIV, substance use.
  Meta: { open: 'versionId lastUpdated source profile', chart: 'security tag' },
  Signature: { open: 'type when who onBehalfOf targetFormat sigFormat', chart: 'data' },

  // Who somebody is.
  Patient: {
    open:
      'identifier active name telecom gender birthDate deceased address maritalStatus multipleBirth photo contact ' +
      'communication generalPractitioner managingOrganization link',
  },
  'Patient.contact': { open: 'relationship name telecom address gender organization period' },
  'Patient.communication': { open: 'language preferred' },
  'Patient.link': { open: 'other type' },
  RelatedPerson: {
    open: 'identifier active patient relationship name telecom gender birthDate address photo period communication',
  },
  'RelatedPerson.communication': { open: 'language preferred' },
  Person: { open: 'identifier name telecom gender birthDate address photo managingOrganization active link' },
  'Person.link': { open: 'target assurance' },

  // When somebody comes, and to whom; not why.
  Appointment: {
    open:
      'identifier status cancelationReason:code serviceCategory serviceType specialty appointmentType priority start end ' +
      'minutesDuration slot created basedOn:link participant requestedPeriod',
    charge: 'reasonCode',
    chart: 'reasonReference description supportingInformation comment patientInstruction',
  },
  'Appointment.participant': { open: 'type actor required status period' },
  AppointmentResponse: {
    open: 'identifier appointment start end participantType actor participantStatus',
    chart: 'comment',
  },
  Schedule: {
    open: 'identifier active serviceCategory serviceType specialty actor planningHorizon',
    chart: 'comment',
  },
  Slot: {
    open: 'identifier serviceCategory serviceType specialty appointmentType schedule status start end overbooked',
    chart: 'comment',
  },

  // Who pays, how much, and whether it was paid; what for is for who bills.
  Account: {
    open: 'identifier status type name subject servicePeriod coverage owner guarantor partOf',
    charge: 'description',
  },
  'Account.coverage': { open: 'coverage priority' },
  'Account.guarantor': { open: 'party onHold period' },
  ChargeItem: {
    open:
      'identifier status partOf subject context:link occurrence performer performingOrganization requestingOrganization ' +
      'costCenter quantity factorOverride priceOverride enterer enteredDate account',
    charge:
      'definitionUri definitionCanonical code bodysite overrideReason reason service:link productCodeableConcept ' +
      'productReference:link',
    chart: 'note supportingInformation',
  },
  'ChargeItem.performer': { open: 'function actor' },
  Claim: {
    open:
      'identifier status type subType use patient billablePeriod created enterer insurer provider priority fundsReserve ' +
      'related payee facility careTeam insurance total',
    charge:
      'prescription:link originalPrescription:link referral:link supportingInfo diagnosis procedure accident item',
  },
  'Claim.related': { open: 'claim relationship reference' },
  'Claim.payee': { open: 'type party' },
  'Claim.careTeam': { open: 'sequence provider responsible role', charge: 'qualification' },
  'Claim.supportingInfo': {
    charge: 'sequence category code timing valueBoolean valueQuantity reason',
    chart: 'valueString valueAttachment valueReference',
  },
  'Claim.diagnosis': {
    charge: 'sequence diagnosisCodeableConcept diagnosisReference:link type onAdmission packageCode',
  },
  'Claim.procedure': { charge: 'sequence type date procedureCodeableConcept procedureReference:link udi:link' },
  'Claim.insurance': { open: 'sequence focal identifier coverage businessArrangement preAuthRef claimResponse' },
  'Claim.accident': { charge: 'date type location' },
  'Claim.item': {
    charge:
      'sequence careTeamSequence diagnosisSequence procedureSequence informationSequence revenue category ' +
      'productOrService modifier programCode serviced location quantity unitPrice factor net udi:link bodySite subSite ' +
      'encounter:link detail',
  },
  'Claim.item.detail': {
    charge:
      'sequence revenue category productOrService modifier programCode quantity unitPrice factor net udi:link subDetail',
  },
  'Claim.item.detail.subDetail': {
    charge: 'sequence revenue category productOrService modifier programCode quantity unitPrice factor net udi:link',
  },
  ClaimResponse: {
    open:
      'identifier status type subType use patient created insurer requestor request outcome preAuthRef preAuthPeriod ' +
      'payeeType total payment fundsReserve insurance',
    charge: 'disposition item addItem adjudication formCode processNote communicationRequest:link error',
    chart: 'form',
  },
  'ClaimResponse.item': { charge: 'itemSequence noteNumber adjudication detail' },
  'ClaimResponse.item.adjudication': { charge: 'category reason amount value' },
  'ClaimResponse.item.detail': { charge: 'detailSequence noteNumber adjudication subDetail' },
  'ClaimResponse.item.detail.subDetail': { charge: 'subDetailSequence noteNumber adjudication' },
  'ClaimResponse.addItem': {
    charge:
      'itemSequence detailSequence subdetailSequence provider productOrService modifier programCode serviced location ' +
      'quantity unitPrice factor net bodySite subSite noteNumber adjudication detail',
  },
  'ClaimResponse.addItem.detail': {
    charge: 'productOrService modifier quantity unitPrice factor net noteNumber adjudication subDetail',
  },
  'ClaimResponse.addItem.detail.subDetail': {
    charge: 'productOrService modifier quantity unitPrice factor net noteNumber adjudication',
  },
  'ClaimResponse.total': { open: 'category amount' },
  'ClaimResponse.payment': { open: 'type adjustment date amount identifier', charge: 'adjustmentReason' },
  'ClaimResponse.processNote': { charge: 'number type text language' },
  'ClaimResponse.insurance': { open: 'sequence focal coverage businessArrangement claimResponse' },
  'ClaimResponse.error': { charge: 'itemSequence detailSequence subDetailSequence code' },
  Contract: {
    open:
      'identifier url version status legalState issued applies expirationType subject:link authority domain site author',
    charge: 'instantiatesCanonical instantiatesUri contentDerivative name title subtitle alias scope type subType',
    // The terms of a contract may be an advance directive.
    chart: 'topic contentDefinition term supportingInfo relevantHistory signer friendly legal rule legallyBinding',
  },
  Coverage: {
    open:
      'identifier status type policyHolder subscriber subscriberId beneficiary dependent relationship period payor class ' +
      'order network costToBeneficiary subrogation contract',
  },
  'Coverage.class': { open: 'type value name' },
  'Coverage.costToBeneficiary': { open: 'type value exception' },
  'Coverage.costToBeneficiary.exception': { open: 'type period' },
  CoverageEligibilityRequest: {
    open: 'identifier status priority purpose patient serviced created enterer provider insurer facility insurance',
    charge: 'supportingInfo item',
  },
  'CoverageEligibilityRequest.supportingInfo': { charge: 'sequence information:link appliesToAll' },
  'CoverageEligibilityRequest.insurance': { open: 'focal coverage businessArrangement' },
  'CoverageEligibilityRequest.item': {
    charge:
      'supportingInfoSequence category productOrService modifier provider quantity unitPrice facility diagnosis ' +
      'detail:link',
  },
  'CoverageEligibilityRequest.item.diagnosis': { charge: 'diagnosisCodeableConcept diagnosisReference:link' },
  CoverageEligibilityResponse: {
    open: 'identifier status purpose patient serviced created requestor request outcome insurer insurance preAuthRef',
    charge: 'disposition form error',
  },
  // What a visit costs is asked at the desk; the services that the insurer names are those of the bill.
  'CoverageEligibilityResponse.insurance': { open: 'coverage inforce benefitPeriod item' },
  'CoverageEligibilityResponse.insurance.item': {
    open: 'category excluded network unit term benefit',
    charge:
      'productOrService modifier provider name description authorizationRequired authorizationSupporting ' +
      'authorizationUrl',
  },
  'CoverageEligibilityResponse.insurance.item.benefit': { open: 'type allowed used' },
  'CoverageEligibilityResponse.error': { charge: 'code' },
  EnrollmentRequest: { open: 'identifier status created insurer provider candidate coverage' },
  EnrollmentResponse: {
    open: 'identifier status request outcome created organization requestProvider',
    charge: 'disposition',
  },
  ExplanationOfBenefit: {
    open:
      'identifier status type subType use patient billablePeriod created enterer insurer provider priority ' +
      'fundsReserveRequested fundsReserve related payee facility claim claimResponse outcome preAuthRef preAuthRefPeriod ' +
      'careTeam precedence insurance total payment benefitPeriod',
    charge:
      'prescription:link originalPrescription:link referral:link disposition supportingInfo diagnosis procedure accident ' +
      'item addItem adjudication formCode processNote benefitBalance',
    chart: 'form',
  },
  'ExplanationOfBenefit.related': { open: 'claim relationship reference' },
  'ExplanationOfBenefit.payee': { open: 'type party' },
  'ExplanationOfBenefit.careTeam': { open: 'sequence provider responsible role', charge: 'qualification' },
  'ExplanationOfBenefit.supportingInfo': {
    charge: 'sequence category code timing valueBoolean valueQuantity reason',
    chart: 'valueString valueAttachment valueReference',
  },
  'ExplanationOfBenefit.diagnosis': {
    charge: 'sequence diagnosisCodeableConcept diagnosisReference:link type onAdmission packageCode',
  },
  'ExplanationOfBenefit.procedure': {
    charge: 'sequence type date procedureCodeableConcept procedureReference:link udi:link',
  },
  'ExplanationOfBenefit.insurance': { open: 'focal coverage preAuthRef' },
  'ExplanationOfBenefit.accident': { charge: 'date type location' },
  'ExplanationOfBenefit.item': {
    charge:
      'sequence careTeamSequence diagnosisSequence procedureSequence informationSequence revenue category ' +
      'productOrService modifier programCode serviced location quantity unitPrice factor net udi:link bodySite subSite ' +
      'encounter:link noteNumber adjudication detail',
  },
  'ExplanationOfBenefit.item.adjudication': { charge: 'category reason amount value' },
  'ExplanationOfBenefit.item.detail': {
    charge:
      'sequence revenue category productOrService modifier programCode quantity unitPrice factor net udi:link ' +
      'noteNumber adjudication subDetail',
  },
  'ExplanationOfBenefit.item.detail.subDetail': {
    charge:
      'sequence revenue category productOrService modifier programCode quantity unitPrice factor net udi:link ' +
      'noteNumber adjudication',
  },
  'ExplanationOfBenefit.addItem': {
    charge:
      'itemSequence detailSequence subDetailSequence provider productOrService modifier programCode serviced location ' +
      'quantity unitPrice factor net bodySite subSite noteNumber adjudication detail',
  },
  'ExplanationOfBenefit.addItem.detail': {
    charge: 'productOrService modifier quantity unitPrice factor net noteNumber adjudication subDetail',
  },
  'ExplanationOfBenefit.addItem.detail.subDetail': {
    charge: 'productOrService modifier quantity unitPrice factor net noteNumber adjudication',
  },
  'ExplanationOfBenefit.total': { open: 'category amount' },
  'ExplanationOfBenefit.payment': { open: 'type adjustment date amount identifier', charge: 'adjustmentReason' },
  'ExplanationOfBenefit.processNote': { charge: 'number type text language' },
  'ExplanationOfBenefit.benefitBalance': {
    charge: 'category excluded name description network unit term financial',
  },
  'ExplanationOfBenefit.benefitBalance.financial': { charge: 'type allowed used' },
  Invoice: {
    open: 'identifier status type subject recipient date participant issuer account totalPriceComponent totalNet totalGross paymentTerms',
    charge: 'cancelledReason lineItem note',
  },
  'Invoice.participant': { open: 'role actor' },
  'Invoice.lineItem': { charge: 'sequence chargeItemReference:link chargeItemCodeableConcept priceComponent' },
  'Invoice.lineItem.priceComponent': { open: 'type factor amount', charge: 'code' },
  PaymentNotice: {
    open:
      'identifier status request:link response:link created provider payment paymentDate payee recipient amount ' +
      'paymentStatus',
  },
  PaymentReconciliation: {
    open:
      'identifier status period created paymentIssuer request:link requestor outcome paymentDate paymentAmount ' +
      'paymentIdentifier detail formCode',
    charge: 'disposition processNote',
  },
  'PaymentReconciliation.detail': {
    open: 'identifier predecessor type request:link submitter response:link date responsible payee amount',
  },
  'PaymentReconciliation.processNote': { charge: 'type text' },

  // Who may see what, and who did; not what was seen.
  AuditEvent: {
    open: 'type subtype action period recorded outcome purposeOfEvent agent source entity',
    chart: 'outcomeDesc',
  },
  'AuditEvent.agent': {
    open: 'type role who altId name requestor location policy media network purposeOfUse',
  },
  'AuditEvent.agent.network': { open: 'address type' },
  'AuditEvent.source': { open: 'site observer type' },
  'AuditEvent.entity': {
    open: 'what:link type role lifecycle',
    chart: 'securityLabel name description query detail',
  },
  Consent: {
    open:
      'identifier status scope category patient dateTime performer organization sourceReference:link policy policyRule ' +
      'verification provision',
    chart: 'sourceAttachment',
  },
  'Consent.policy': { open: 'authority uri' },
  'Consent.verification': { open: 'verified verifiedWith verificationDate' },
  'Consent.provision': {
    open: 'type period actor action securityLabel purpose class dataPeriod data provision',
    chart: 'code',
  },
  'Consent.provision.actor': { open: 'role reference' },
  'Consent.provision.data': { open: 'meaning reference:link' },
  Provenance: {
    open: 'target:link occurred recorded policy location reason activity agent entity signature',
  },
  'Provenance.agent': { open: 'type role who onBehalfOf' },
  'Provenance.entity': { open: 'role what:link agent' },
  VerificationResult: {
    open:
      'target:link targetLocation need status statusDate validationType validationProcess frequency lastPerformed ' +
      'nextScheduled failureAction primarySource attestation validator',
  },
  'VerificationResult.primarySource': {
    open: 'who type communicationMethod validationStatus validationDate canPushUpdates pushTypeAvailable',
  },
  'VerificationResult.attestation': {
    open: 'who onBehalfOf communicationMethod date sourceIdentityCertificate proxyIdentityCertificate proxySignature sourceSignature',
  },
  'VerificationResult.validator': { open: 'organization identityCertificate attestationSignature' },
}

/** Types that tell of nobody's health are judged as a whole: places, people of the practice, products, definitions. */
const openTypes = new Set<string>(['InsurancePlan'])
const openCategories = new Set<Category>(['directory', 'definition'])

/** Whether every element of a type is open but what every resource has. */
export function isOpenType(type: ResourceType): boolean {
  return openTypes.has(type) || openCategories.has(categoryOf(type))
}

const table = new Map(Object.entries(rows).map(([holder, row]) => [holder, read(row)]))
const datatypes = new Set(plainDatatypes.split(' '))
const open: Judgement = { content: 'open', manner: 'whole' }

function read(row: Row): ReadonlyMap<string, Judgement> {
  const judged = new Map<string, Judgement>()
  for (const content of ['open', 'charge', 'chart'] as const) {
    for (const word of row[content]?.split(' ') ?? []) {
      const [name = '', manner] = word.split(':')
      judged.set(name, { content, manner: manner === 'link' || manner === 'code' ? manner : 'whole' })
    }
  }
  return judged
}

/** An element: in what shape it stands, its name in JSON and its name as FHIRPath has it. */
export interface Judged {
  readonly holder: Pick<Shape, 'name' | 'resource'>
  readonly property: string
  readonly element: string
}

/** The judgement of an element, undefined where nobody has judged it. `openType`: within a type that is open as a whole. */
export function judge({ holder, property, element }: Judged, openType: boolean): Judgement | undefined {
  const own = table.get(holder.name)
  const found = own?.get(property) ?? own?.get(element) ?? table.get('Element')?.get(element)
  if (found !== undefined) return found
  const general = holder.resource ? table.get('Resource')?.get(element) : undefined
  if (general !== undefined) return general
  return own === undefined && (openType || datatypes.has(holder.name)) ? open : undefined
}

/** The names in each row of the table: for whoever holds it against the definitions. */
export function judgedNames(): ReadonlyMap<string, readonly string[]> {
  return new Map([...table].map(([holder, row]) => [holder, [...row.keys()]]))
}
