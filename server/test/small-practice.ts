// A few patients whose records refer to one another in every way that search follows, also across charts. All invented.
import type { Resource, ResourceType } from '@chartkeep/model/fhir'
import type { Id } from '#base'
import { Grant } from '#policy'
import { parseStored, type Records } from '#records'
import { importer, newRequest } from './fixtures.ts'

export type Draw = (below: number) => number

/** Numbers that are the same for the same seed (xorshift32). */
export function seeded(seed: number): Draw {
  let state = seed | 1
  return (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

const observationCategory = 'http://terminology.hl7.org/CodeSystem/observation-category'
const categories = ['laboratory', 'vital-signs', 'survey', 'social-history']
const families = ['Abel', 'Béranger', 'O’Neil', 'Straßer', 'Abelard']
const codes = ['8480-6', '8462-4', '718-7', '2345-7']
const days = ['2019', '2024-02', '2024-02-29', '2024-03-01T08:00:00Z', '2024-03-01T08:00:00.5+02:00', '2025-12-31']

/** Fills a store and answers what it holds, as stored. */
export async function fillSmallPractice(records: Records, seed: number): Promise<Resource[]> {
  const draw = seeded(seed)
  const held: Resource[] = []
  const pick = <T>(list: readonly T[]): T => list[draw(list.length)] as T
  const maybe = <T extends object>(value: T): T | Record<string, never> => (draw(3) === 0 ? {} : value)
  const make = async (resource: Resource): Promise<string> => {
    const type = resource.resourceType
    const grant = Grant.for({ actor: importer, action: 'create', type, purpose: 'TREAT' })
    const [written] = await records.write([{ kind: 'create', grant, resource }], newRequest())
    if (written === undefined) throw new Error('a record was created')
    held.push(parseStored(written.json))
    return `${type}/${written.id}`
  }
  const to = (reference: string) => ({ reference })
  const concept = (system: string, code: string) => ({ coding: [{ system, code }] })

  const organizations = [
    await make({ resourceType: 'Organization', name: 'Elm' }),
    await make({ resourceType: 'Organization', name: 'Oak' }),
  ]
  const practitioners: string[] = []
  const roles: string[] = []
  for (let at = 0; at < 3; at++) {
    practitioners.push(
      await make({
        resourceType: 'Practitioner',
        name: [{ family: pick(families) }],
        identifier: [{ system: 'urn:npi', value: `npi-${at}` }],
      }),
    )
    roles.push(
      await make({
        resourceType: 'PractitionerRole',
        practitioner: to(practitioners[at] ?? ''),
        ...maybe({ organization: to(pick(organizations)) }),
      }),
    )
  }
  const patients: string[] = []
  for (let at = 0; at < 5; at++) {
    patients.push(
      await make({
        resourceType: 'Patient',
        name: [{ family: pick(families), given: [pick(['Io', 'Una'])], ...maybe({ prefix: ['Dr'] }) }],
        gender: pick(['female', 'male']),
        ...maybe({ birthDate: pick(['1961-03-12', '1990', '2001-07']) }),
        identifier: [{ system: 'urn:mrn', value: `M-${draw(4)}` }],
        ...maybe({ generalPractitioner: [to(pick(practitioners))] }),
        ...(at > 0 ? maybe({ link: [{ other: to(pick(patients)), type: 'seealso' }] }) : {}),
      }),
    )
  }
  const observations: string[] = []
  const encounters: string[] = []
  for (let at = 0; at < 10; at++) {
    encounters.push(
      await make({
        resourceType: 'Encounter',
        status: pick(['finished', 'in-progress']),
        class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: pick(['AMB', 'EMER']) },
        subject: to(pick(patients)),
        ...maybe({ period: { ...maybe({ start: pick(days) }), end: '2026-01-01' } }),
        ...maybe({ participant: [{ individual: to(pick(practitioners)) }] }),
      }),
    )
  }
  for (let at = 0; at < 40; at++) {
    observations.push(
      await make({
        resourceType: 'Observation',
        status: pick(['final', 'amended']),
        category: [
          concept(observationCategory, pick(categories)),
          ...(draw(4) === 0 ? [concept(observationCategory, pick(categories))] : []),
        ],
        code: concept('http://loinc.org', pick(codes)),
        // Some have no patient, and some point into another patient's chart.
        ...(draw(10) === 0 ? {} : { subject: to(pick(patients)) }),
        ...maybe({ encounter: to(pick(encounters)) }),
        ...maybe({ performer: [to(pick([...practitioners, ...patients]))] }),
        ...(draw(2) === 0 ? maybe({ effectiveDateTime: pick(days) }) : { effectivePeriod: { start: pick(days) } }),
        ...maybe({
          valueQuantity: { value: draw(200), unit: 'mm[Hg]', system: 'http://unitsofmeasure.org', code: 'mm[Hg]' },
        }),
        ...(observations.length > 3 ? maybe({ hasMember: [to(pick(observations))] }) : {}),
      }),
    )
  }
  for (let at = 0; at < 8; at++) {
    await make({
      resourceType: 'Appointment',
      status: pick(['booked', 'arrived']),
      start: `2026-03-0${1 + draw(4)}T09:00:00Z`,
      end: '2026-03-05T10:00:00Z',
      description: pick(['canary one', 'canary two']),
      ...maybe({ reasonCode: [concept('http://snomed.info/sct', pick(['1', '2']))] }),
      participant: [
        { actor: to(pick(practitioners)), status: 'accepted' },
        { actor: to(pick(patients)), status: 'accepted' },
        { actor: to(pick(patients)), status: 'accepted' },
      ],
    })
    await make({
      resourceType: 'Provenance',
      target: [to(pick(observations)), ...(draw(2) === 0 ? [to(pick(patients))] : [])],
      recorded: '2026-01-02T03:04:05Z',
      agent: [{ who: to(pick(practitioners)) }],
    })
    await make({
      resourceType: 'Condition',
      subject: to(pick(patients)),
      code: concept('http://snomed.info/sct', pick(['38341003', '44054006'])),
      ...maybe({ encounter: to(pick(encounters)) }),
      ...maybe({ onsetDateTime: pick(days) }),
    })
  }
  await make({
    resourceType: 'List',
    status: 'current',
    mode: 'working',
    subject: to(patients[0] ?? ''),
    entry: observations.slice(0, 7).map((one) => ({ item: to(one) })),
  })
  await make({ resourceType: 'RelatedPerson', patient: to(patients[1] ?? ''), name: [{ family: 'Abel' }] })
  return held
}

export const nameOf = ({ resourceType, id }: Pick<Resource, 'resourceType' | 'id'>): string => `${resourceType}/${id}`

export interface Stands {
  readonly type: ResourceType
  readonly id: Id<string>
}
