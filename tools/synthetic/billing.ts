import { dayOf, type Day } from './calendar.ts'
import { bare, type Chart, type Visit } from './chart.ts'
import type { Target } from './resource.ts'
import { type Code, coding, concept, type Element, icd10System, type Json, round, snomed } from './resource.ts'

const payers = [
  'Evergreen Mutual Health',
  'Harborlight Health Plan',
  'Commonwealth Community Care',
  'Medicare',
  'Medicaid',
] as const

/** The plan that pays for most of someone's care. */
export function addCoverage(chart: Chart, since: Day): Target {
  const { random, person } = chart
  const old = (chart.last - person.birth) / 365.25 > 65
  const payer = old ? 'Medicare' : random.pick(payers.filter((name) => name !== 'Medicare'))
  const type: Code = old ? ['MCPOL', 'managed care policy'] : ['EHCPOL', 'extended healthcare']
  return chart.add(
    {
      resourceType: 'Coverage',
      status: 'active',
      type: concept('v3-ActCode', type[0], type[1]),
      subscriberId: `${random.pick(['W', 'X', 'Q', 'H'])}${random.digits(9)}`,
      beneficiary: bare(chart.patient),
      relationship: concept('subscriber-relationship', 'self', 'Self'),
      period: { start: chart.day(Math.max(person.birth, since)) },
      payor: [{ display: payer }],
    },
    payer,
  )
}

/** The charge for one visit. Prices are invented. */
export function addClaim(
  chart: Chart,
  visit: Visit,
  service: Code,
  coverage: Target,
  diagnoses: readonly Code[],
): void {
  const created = visit.start + 24 * 60 <= (chart.last + 1) * 1440 ? visit.start + 180 : visit.start + visit.minutes
  const price = { wellness: 214, 'follow-up': 138, acute: 121 }[visit.kind] + chart.random.whole(0, 6) * 4.5
  const coded = (code: Code): Json => ({ coding: [coding(icd10System, code)], text: code[1] })
  const listed: readonly Element[] = diagnoses.map((code, at) => ({
    sequence: at + 1,
    diagnosisCodeableConcept: coded(code),
  }))
  const diagnosed: Element = listed.length === 0 ? {} : { diagnosis: listed }
  chart.add({
    resourceType: 'Claim',
    status: 'active',
    type: concept('claim-type', 'professional', 'Professional'),
    use: 'claim',
    patient: { reference: chart.patient.ref, display: chart.patient.display },
    billablePeriod: { start: chart.time(visit.start), end: chart.time(visit.start + visit.minutes) },
    created: chart.time(created),
    provider: { reference: chart.practice.organization.ref, display: chart.practice.organization.display },
    priority: concept('processpriority', 'normal', 'Normal'),
    facility: { reference: chart.practice.clinic.ref, display: chart.practice.clinic.display },
    careTeam: [{ sequence: 1, provider: { reference: visit.clinician.ref, display: visit.clinician.display } }],
    ...diagnosed,
    insurance: [{ sequence: 1, focal: true, coverage: { reference: coverage.ref, display: coverage.display } }],
    item: [
      {
        sequence: 1,
        ...(listed.length === 0 ? {} : { diagnosisSequence: [1] }),
        productOrService: snomed(service),
        servicedDate: chart.day(dayOf(visit.start)),
        unitPrice: { value: round(price, 2), currency: 'USD' },
        net: { value: round(price, 2), currency: 'USD' },
        encounter: [bare(visit.encounter)],
      },
    ],
    total: { value: round(price, 2), currency: 'USD' },
  })
}
