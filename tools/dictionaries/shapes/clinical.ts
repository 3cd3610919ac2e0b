import {
  type Code,
  coding,
  concept,
  cvxSystem,
  type Resource,
  rxnormSystem,
  snomedSystem,
} from '../../synthetic/resource.ts'
import * as words from '../words/index.ts'
import { active, core, meta, named, period, ref, type Shape, snomed, someone, text, time } from './parts.ts'

/** What happened to a patient: diagnoses, procedures, medicines, vaccines, allergies, encounters. */
export function* clinical(): Generator<Shape> {
  for (const code of words.findings) yield { weight: 1, resource: condition(code) }
  for (const code of words.procedures) {
    for (const reason of [false, true]) yield { weight: 1, resource: procedure(code, reason) }
  }
  for (const code of words.drugs) {
    for (const kind of [0, 1, 2]) yield { weight: 1, resource: medicationRequest(code, kind) }
  }
  for (const code of words.vaccines) yield { weight: 4, resource: immunization(code) }
  for (const code of words.allergies) yield { weight: 1, resource: allergy(code) }
  for (const type of words.encounterTypes) yield { weight: 3, resource: encounter(type) }
  for (const reason of words.findings) {
    yield { weight: 0.5, resource: encounter(['162673000', 'General examination of patient (procedure)'], reason) }
  }
}

function condition(code: Code): Resource {
  return {
    resourceType: 'Condition',
    id: someone,
    meta: meta(`${core}condition`),
    clinicalStatus: active('condition-clinical', code[0].endsWith('7') ? 'active' : 'resolved'),
    verificationStatus: active('condition-ver-status', 'confirmed'),
    category: [concept('condition-category', 'encounter-diagnosis', 'Encounter Diagnosis')],
    code: snomed(code),
    subject: ref('Patient'),
    encounter: ref('Encounter'),
    onsetDateTime: time,
    ...(code[0].endsWith('7') ? {} : { abatementDateTime: time }),
    recordedDate: time,
  }
}

function procedure(code: Code, reason: boolean): Resource {
  return {
    resourceType: 'Procedure',
    id: someone,
    meta: meta(`${core}procedure`),
    status: 'completed',
    code: snomed(code),
    subject: ref('Patient'),
    encounter: ref('Encounter'),
    performedPeriod: period,
    location: named('Location'),
    ...(reason ? { reasonReference: [named('Condition')] } : {}),
  }
}

function medicationRequest(code: Code, kind: number): Resource {
  const timing = { repeat: { frequency: 1, period: 1, periodUnit: 'd' } }
  const dose = [{ type: concept('dose-rate-type', 'ordered', 'Ordered'), doseQuantity: { value: 1 } }]
  const taken = { sequence: 1, timing, asNeededBoolean: false, doseAndRate: dose }
  const asNeeded = { sequence: 1, text: 'Take as needed.', asNeededBoolean: true }
  return {
    resourceType: 'MedicationRequest',
    id: someone,
    meta: meta(`${core}medicationrequest`),
    status: kind === 0 ? 'active' : 'stopped',
    intent: 'order',
    medicationCodeableConcept: text(rxnormSystem, code),
    subject: ref('Patient'),
    encounter: ref('Encounter'),
    authoredOn: time,
    requester: named('Practitioner'),
    ...(kind === 0 ? {} : { reasonReference: [ref('Condition')] }),
    ...(kind === 2 ? { dosageInstruction: [taken] } : kind === 1 ? { dosageInstruction: [asNeeded] } : {}),
  }
}

function immunization(code: Code): Resource {
  return {
    resourceType: 'Immunization',
    id: someone,
    meta: meta(`${core}immunization`),
    status: 'completed',
    vaccineCode: text(cvxSystem, code),
    patient: ref('Patient'),
    encounter: ref('Encounter'),
    occurrenceDateTime: time,
    primarySource: true,
    location: named('Location'),
  }
}

function allergy(code: Code): Resource {
  return {
    resourceType: 'AllergyIntolerance',
    id: someone,
    meta: meta(`${core}allergyintolerance`),
    clinicalStatus: active('allergyintolerance-clinical', 'active'),
    verificationStatus: active('allergyintolerance-verification', 'confirmed'),
    type: 'allergy',
    category: ['food'],
    criticality: 'low',
    code: snomed(code),
    patient: ref('Patient'),
    recordedDate: time,
  }
}

function encounter(type: Code, reason?: Code): Resource {
  return {
    resourceType: 'Encounter',
    id: someone,
    meta: meta(`${core}encounter`),
    identifier: [{ use: 'official', system: someone, value: someone }],
    status: 'finished',
    class: {
      system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode',
      code: { '5': 'IMP', '4': 'EMER' }[type[0].slice(-1)] ?? 'AMB',
    },
    type: [snomed(type)],
    subject: named('Patient'),
    participant: [
      {
        type: [{ ...concept('v3-ParticipationType', 'PPRF', 'primary performer'), text: 'primary performer' }],
        period,
        individual: named('Practitioner'),
      },
    ],
    period,
    ...(reason === undefined ? {} : { reasonCode: [{ coding: [coding(snomedSystem, reason)] }] }),
    location: [{ location: named('Location') }],
    serviceProvider: named('Organization'),
  }
}
