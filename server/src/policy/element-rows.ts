/**
 * The elements of a type, or of a backbone element by its path, by what they may say (see `Content`); `name:link` and
 * `name:code` say in which manner they are shown. Of a choice all types are judged as one, or each.
 */
export interface Row {
  readonly open?: string
  readonly charge?: string
  readonly chart?: string
}

/** What everything has, who somebody is, when somebody comes, and who may see what. */
export const generalRows = {
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
} as const satisfies Readonly<Record<string, Row>>
