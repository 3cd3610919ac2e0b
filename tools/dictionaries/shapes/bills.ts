import { type Code, concept, cvxSystem, type Json, type Resource, rxnormSystem } from '../../synthetic/resource.ts'
import * as words from '../words/index.ts'
import { active, named, period, ref, type Shape, snomed, someone, stamp, text, time } from './parts.ts'

/** What is charged: the visit, what was found and done, and the medicines. */
export function* bills(): Generator<Shape> {
  const services = [...words.encounterTypes, ...words.procedures, ...words.findings.slice(0, 60)]
  for (const [at, service] of services.entries()) {
    yield { weight: 1, resource: claim(words.encounterTypes[at % 8] ?? service, service, at) }
    yield { weight: 1, resource: benefit(words.encounterTypes[at % 8] ?? service, service) }
  }
  for (const drug of words.drugs) yield { weight: 1, resource: pharmacyClaim(drug) }
}

const usd = { value: 7.5, currency: 'USD' }

function claim(visit: Code, service: Code, at: number): Resource {
  return {
    resourceType: 'Claim',
    id: someone,
    meta: stamp,
    status: 'active',
    type: active('claim-type', at % 2 === 0 ? 'institutional' : 'professional'),
    use: 'claim',
    patient: named('Patient'),
    billablePeriod: period,
    created: time,
    provider: named('Organization'),
    priority: active('processpriority', 'normal'),
    facility: named('Location'),
    diagnosis: [{ sequence: 1, diagnosisReference: ref('Condition') }],
    procedure: [{ sequence: 1, procedureReference: ref('Procedure') }],
    insurance: [{ sequence: 1, focal: true, coverage: { display: someone } }],
    item: [
      { sequence: 1, productOrService: snomed(visit), encounter: [ref('Encounter')] },
      { sequence: 2, diagnosisSequence: [1], productOrService: snomed(service), net: usd },
      { sequence: 3, procedureSequence: [1], productOrService: snomed(service), net: usd },
      {
        sequence: 4,
        informationSequence: [1],
        productOrService: text(cvxSystem, words.vaccines[0] ?? service),
        net: usd,
      },
    ],
    total: usd,
  }
}

function pharmacyClaim(drug: Code): Resource {
  return {
    resourceType: 'Claim',
    id: someone,
    meta: stamp,
    status: 'active',
    type: active('claim-type', 'pharmacy'),
    use: 'claim',
    patient: named('Patient'),
    billablePeriod: period,
    created: time,
    provider: named('Organization'),
    priority: active('processpriority', 'normal'),
    prescription: ref('MedicationRequest'),
    insurance: [{ sequence: 1, focal: true, coverage: { display: someone } }],
    item: [{ sequence: 1, productOrService: text(rxnormSystem, drug), encounter: [ref('Encounter')] }],
    total: usd,
  }
}

const blueButton = 'https://bluebutton.cms.gov/resources/'

/** An explanation of benefit as Medicare's Blue Button gives it out. */
function benefit(visit: Code, service: Code): Resource {
  const category = {
    coding: [{ system: `${blueButton}variables/line_cms_type_srvc_cd`, code: '1', display: 'Medical care' }],
  }
  const amount = (code: string, display: string): Json => ({
    category: {
      coding: [{ system: `${blueButton}codesystem/adjudication`, code: `${blueButton}variables/${code}`, display }],
    },
    amount: usd,
  })
  const adjudication = [
    amount('line_coinsrnc_amt', 'Line Beneficiary Coinsurance Amount'),
    amount('line_prvdr_pmt_amt', 'Line Provider Payment Amount'),
    amount('line_sbmtd_chrg_amt', 'Line Submitted Charge Amount'),
    amount('line_alowd_chrg_amt', 'Line Allowed Charge Amount'),
    amount('line_bene_ptb_ddctbl_amt', 'Line Beneficiary Part B Deductible Amount'),
    {
      category: {
        coding: [
          {
            system: `${blueButton}codesystem/adjudication`,
            code: `${blueButton}variables/line_prcsg_ind_cd`,
            display: 'Line Processing Indicator Code',
          },
        ],
      },
    },
  ]
  const office = {
    coding: [
      {
        system: 'http://terminology.hl7.org/CodeSystem/ex-serviceplace',
        code: '19',
        display: 'Off Campus-Outpatient Hospital',
      },
    ],
  }
  const hospital = {
    coding: [
      { system: 'http://terminology.hl7.org/CodeSystem/ex-serviceplace', code: '21', display: 'Inpatient Hospital' },
    ],
  }
  return {
    resourceType: 'ExplanationOfBenefit',
    id: someone,
    meta: stamp,
    contained: [
      {
        resourceType: 'ServiceRequest',
        id: 'referral',
        status: 'completed',
        intent: 'order',
        subject: ref('Patient'),
        requester: ref('Practitioner'),
        performer: [ref('Practitioner')],
      },
      {
        resourceType: 'Coverage',
        id: 'coverage',
        status: 'active',
        type: { text: someone },
        beneficiary: ref('Patient'),
        payor: [{ display: someone }],
      },
    ],
    identifier: [
      { system: `${blueButton}variables/clm_id`, value: someone },
      { system: `${blueButton}identifier/claim-group`, value: someone },
    ],
    status: 'active',
    type: active('claim-type', 'professional'),
    use: 'claim',
    patient: ref('Patient'),
    billablePeriod: period,
    created: time,
    insurer: { display: someone },
    provider: ref('Practitioner'),
    referral: { reference: '#referral' },
    facility: named('Location'),
    claim: ref('Claim'),
    outcome: 'complete',
    careTeam: [
      {
        sequence: 1,
        provider: ref('Practitioner'),
        role: concept('claimcareteamrole', 'primary', 'Primary Care Practitioner'),
      },
    ],
    diagnosis: [{ sequence: 1, diagnosisReference: ref('Condition'), type: [active('ex-diagnosistype', 'principal')] }],
    insurance: [{ focal: true, coverage: { reference: '#coverage', display: someone } }],
    item: [
      {
        sequence: 1,
        category,
        productOrService: snomed(visit),
        servicedPeriod: period,
        locationCodeableConcept: office,
        encounter: [ref('Encounter')],
      },
      {
        sequence: 2,
        diagnosisSequence: [1],
        category,
        productOrService: snomed(service),
        servicedPeriod: period,
        locationCodeableConcept: hospital,
        net: usd,
        adjudication,
      },
    ],
    total: [
      {
        category: { ...concept('adjudication', 'submitted', 'Submitted Amount'), text: 'Submitted Amount' },
        amount: usd,
      },
    ],
    payment: { amount: usd },
  }
}
