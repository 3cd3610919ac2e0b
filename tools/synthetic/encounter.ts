import type { Chart, Visit } from './chart.ts'
import { type Code, concept, type Element, profile, type Resource, snomed, type Target } from './resource.ts'

/** What a visit is, in SNOMED CT: for Encounter and Claim. */
export const services: Readonly<Record<Visit['kind'], Code>> = {
  wellness: ['162673000', 'General examination of patient'],
  'follow-up': ['390906007', 'Follow-up encounter'],
  acute: ['185345009', 'Encounter for symptom'],
}

export interface EncounterFacts {
  readonly start: number
  readonly minutes: number
  readonly kind: Visit['kind']
  readonly clinician: Target
  readonly reasons: readonly Code[]
  readonly status: 'finished' | 'in-progress' | 'arrived'
}

export function makeEncounter(chart: Chart, facts: EncounterFacts): Resource {
  const { practice, patient } = chart
  const finished = facts.status === 'finished'
  const period: Element = {
    start: chart.time(facts.start),
    ...(finished ? { end: chart.time(facts.start + facts.minutes) } : {}),
  }
  return {
    resourceType: 'Encounter',
    meta: profile('encounter'),
    status: facts.status,
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB', display: 'ambulatory' },
    type: [snomed(services[facts.kind])],
    subject: { reference: patient.ref, display: patient.display },
    participant: [
      {
        type: [{ ...concept('v3-ParticipationType', 'PPRF', 'primary performer'), text: 'primary performer' }],
        period,
        individual: { reference: facts.clinician.ref, display: facts.clinician.display },
      },
    ],
    period,
    ...(facts.reasons.length === 0 ? {} : { reasonCode: facts.reasons.map(snomed) }),
    location: [{ location: { reference: practice.clinic.ref, display: practice.clinic.display } }],
    serviceProvider: { reference: practice.organization.ref, display: practice.organization.display },
  }
}
