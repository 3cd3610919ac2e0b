import type { Row } from './element-rows.ts'

/** Who pays, how much, and whether it was paid; what for is for who bills. */
export const billingRows: Readonly<Record<string, Row>> = {
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
    open: 'identifier url version status legalState issued applies expirationType subject:link authority domain site author',
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
}
