import { type Code, concept, type Resource, rxnormSystem } from '../../synthetic/resource.ts'
import * as words from '../words/index.ts'
import { core, meta, named, period, ref, type Shape, snomed, someone, stamp, text, time } from './parts.ts'

function carePlan(plan: Code, activity: Code): Resource {
  const detail = { detail: { code: snomed(activity), status: 'in-progress', location: { display: someone } } }
  const done = { detail: { code: snomed(activity), status: 'completed', location: { display: someone } } }
  return {
    resourceType: 'CarePlan',
    id: someone,
    meta: meta(`${core}careplan`),
    text: { status: 'generated', div: someone },
    status: 'active',
    intent: 'order',
    category: [
      { coding: [{ system: 'http://hl7.org/fhir/us/core/CodeSystem/careplan-category', code: 'assess-plan' }] },
      snomed(plan),
    ],
    subject: ref('Patient'),
    encounter: ref('Encounter'),
    period,
    careTeam: [ref('CareTeam')],
    addresses: [ref('Condition')],
    activity: [detail, done],
  }
}

function careTeam(reason: Code): Resource {
  return {
    resourceType: 'CareTeam',
    id: someone,
    meta: meta(`${core}careteam`),
    status: 'active',
    subject: ref('Patient'),
    encounter: ref('Encounter'),
    period,
    participant: [
      { role: [snomed(['116154003', 'Patient'])], member: named('Patient') },
      { role: [snomed(['223366009', 'Healthcare professional (occupation)'])], member: named('Practitioner') },
      { role: [snomed(['224891009', 'Healthcare services (qualifier value)'])], member: named('Organization') },
    ],
    reasonCode: [snomed(reason)],
    managingOrganization: [named('Organization')],
  }
}

/** Plans and teams, and types that our own practice does not make. */
export function* others(): Generator<Shape> {
  for (const plan of words.carePlans) {
    for (const does of words.activities) yield { weight: 1, resource: carePlan(plan, does) }
  }
  for (const reason of words.findings) yield { weight: 1, resource: careTeam(reason) }
  for (const drug of words.drugs) {
    yield {
      weight: 1,
      resource: {
        resourceType: 'Medication',
        id: someone,
        meta: meta(`${core}medication`),
        code: text(rxnormSystem, drug),
        status: 'active',
      },
    }
    const given = {
      medicationCodeableConcept: text(rxnormSystem, drug),
      subject: ref('Patient'),
      context: ref('Encounter'),
      effectiveDateTime: time,
      reasonReference: [ref('Condition')],
    }
    yield {
      weight: 1,
      resource: { resourceType: 'MedicationAdministration', id: someone, meta: stamp, status: 'completed', ...given },
    }
  }
  for (const supply of words.supplies) {
    const item = { quantity: { value: 7 }, itemCodeableConcept: snomed(supply) }
    yield {
      weight: 1,
      resource: {
        resourceType: 'SupplyDelivery',
        id: someone,
        meta: stamp,
        status: 'completed',
        patient: ref('Patient'),
        type: concept('supply-item-type', 'device', 'Device'),
        suppliedItem: item,
        occurrenceDateTime: time,
      },
    }
    yield {
      weight: 1,
      resource: {
        resourceType: 'Device',
        id: someone,
        meta: meta(`${core}implantable-device`),
        udiCarrier: [{ deviceIdentifier: someone, carrierHRF: someone }],
        status: 'active',
        distinctIdentifier: someone,
        manufactureDate: time,
        expirationDate: time,
        lotNumber: someone,
        serialNumber: someone,
        deviceName: [{ name: someone, type: 'user-friendly-name' }],
        type: snomed(supply),
        patient: ref('Patient'),
      },
    }
  }
  const agents = [
    {
      type: { ...concept('provenance-participant-type', 'author', 'Author'), text: 'Author' },
      who: named('Practitioner'),
      onBehalfOf: named('Organization'),
    },
    {
      type: {
        coding: [
          {
            system: 'http://hl7.org/fhir/us/core/CodeSystem/us-core-provenance-participant-type',
            code: 'transmitter',
            display: 'Transmitter',
          },
        ],
        text: 'Transmitter',
      },
      who: named('Practitioner'),
      onBehalfOf: named('Organization'),
    },
  ]
  const targets = [
    'Patient',
    'Encounter',
    'Observation',
    'DiagnosticReport',
    'Condition',
    'Procedure',
    'MedicationRequest',
    'Immunization',
    'Claim',
    'ExplanationOfBenefit',
    'DocumentReference',
    'CarePlan',
    'CareTeam',
    'ImagingStudy',
    'SupplyDelivery',
  ]
  yield {
    weight: 40,
    resource: {
      resourceType: 'Provenance',
      id: someone,
      meta: meta(`${core}provenance`),
      target: targets.map(ref),
      recorded: time,
      agent: agents,
    },
  }
}
