import { type Resource, type ResourceType, searchParameters } from '@chartkeep/model/fhir'
import { expect } from 'vitest'
import { newId, Refusal } from '#base'
import type { Grant } from '#policy'
import { type Actor, parseScope, roles } from '#policy'
import type { Found, Records, Search } from '#records'
import { sampleQuery } from '../../tools/generate/sample-query.ts'
import { newRequest, person, test } from './fixtures.ts'
import { BruteForce, standsSorted } from './brute-force.ts'
import { type Draw, fillSmallPractice, nameOf, seeded } from './small-practice.ts'

const client = (...scopes: string[]): Actor => ({
  kind: 'client',
  tenant: 1,
  id: newId(0),
  workstation: 'w',
  scopes: scopes.map((text) => parseScope(text)!),
})

const category = 'category=http://terminology.hl7.org/CodeSystem/observation-category'
const actors: readonly Actor[] = [
  ...roles.map((role) => person(role)),
  client('system/*.rs'),
  client(
    `system/Observation.rs?${category}|laboratory`,
    `system/Observation.rs?${category}|survey`,
    'system/Patient.rs',
    'system/Encounter.rs',
    'system/Provenance.rs',
    'system/List.s',
  ),
  client(
    'system/Observation.rs',
    'system/Patient.rs?gender=female',
    'system/Condition.s',
    'system/Practitioner.r',
    'system/Appointment.s',
  ),
]
const types: readonly ResourceType[] = [
  'Observation',
  'Observation',
  'Encounter',
  'Patient',
  'Appointment',
  'Condition',
  'Provenance',
  'Practitioner',
  'PractitionerRole',
  'RelatedPerson',
]

/** Chains and what they begin from; `*` stands for a query of the type at the end. */
const joins: Partial<Record<ResourceType, readonly (readonly [string, ResourceType])[]>> = {
  Observation: [
    ['subject:Patient.*', 'Patient'],
    ['patient.*', 'Patient'],
    ['encounter.*', 'Encounter'],
    ['encounter.subject:Patient.*', 'Patient'],
    ['performer:Practitioner.*', 'Practitioner'],
    ['has-member:Observation.*', 'Observation'],
    ['_has:Provenance:target:*', 'Provenance'],
    ['_has:Observation:has-member:*', 'Observation'],
    ['patient.general-practitioner:Practitioner.*', 'Practitioner'],
  ],
  Encounter: [
    ['_has:Observation:encounter:*', 'Observation'],
    ['_has:Condition:encounter:*', 'Condition'],
    ['participant:Practitioner.*', 'Practitioner'],
  ],
  Patient: [
    ['_has:Observation:patient:*', 'Observation'],
    ['_has:Observation:patient:_has:Provenance:target:*', 'Provenance'],
    ['_has:Appointment:patient:*', 'Appointment'],
    ['general-practitioner:Practitioner.*', 'Practitioner'],
    ['link:Patient.*', 'Patient'],
  ],
  Appointment: [
    ['practitioner.*', 'Practitioner'],
    ['patient.*', 'Patient'],
  ],
  Practitioner: [
    ['_has:PractitionerRole:practitioner:*', 'PractitionerRole'],
    ['_has:Observation:performer:*', 'Observation'],
  ],
  Provenance: [['target:Observation.*', 'Observation']],
}

const includes: Partial<Record<ResourceType, readonly [readonly string[], readonly string[]]>> = {
  Observation: [
    ['Observation:patient', 'Observation:encounter', 'Observation:performer:Practitioner'],
    ['Provenance:target', 'Observation:has-member'],
  ],
  Encounter: [
    ['Encounter:subject', 'Encounter:participant'],
    ['Observation:encounter', 'Condition:encounter'],
  ],
  Patient: [
    ['Patient:link', 'Patient:general-practitioner'],
    ['Appointment:patient', 'Observation:patient', 'Provenance:target'],
  ],
  Appointment: [['Appointment:patient', 'Appointment:practitioner'], []],
}

const sorts: Partial<Record<ResourceType, readonly string[]>> = {
  Observation: ['-date', 'date', 'status,-date', '-value-quantity', 'code,_id', '-_lastUpdated'],
  Encounter: ['-date', 'status', '-class,date'],
  Patient: ['family', '-birthdate,given'],
  Appointment: ['date', '-date'],
}

/** Queries that some of a type meet and some do not. */
const likely: Partial<Record<ResourceType, readonly (readonly [string, string])[]>> = {
  Patient: [
    ['gender', 'female'],
    ['family', 'ab'],
    ['given', 'una'],
    ['birthdate:missing', 'true'],
    ['identifier', 'M-1'],
    ['name', 'dr'],
  ],
  Practitioner: [
    ['family', 'abel'],
    ['identifier', 'urn:npi|npi-1'],
    ['family:contains', 'e'],
  ],
  Observation: [
    ['code', '8480-6,718-7'],
    ['status', 'final'],
    ['category', 'survey'],
    ['date', 'ge2024'],
    ['value-quantity', 'gt100'],
  ],
  Encounter: [
    ['status', 'finished'],
    ['class', 'AMB'],
    ['date', 'ge2024'],
  ],
  Provenance: [
    ['recorded', 'ge2020'],
    ['patient:missing', 'false'],
  ],
  Condition: [['code', '38341003']],
  Appointment: [
    ['status', 'booked'],
    ['date', '2026-03-01,2026-03-02'],
  ],
  PractitionerRole: [['organization:missing', 'false']],
}

interface Asked {
  readonly type: ResourceType
  readonly parameters: readonly (readonly [string, string])[]
  readonly include: readonly string[]
  readonly revinclude: readonly string[]
  readonly sort: string | undefined
}

/** Read plainly, but not by the same rules on both sides: terminology needs value sets, words a whole text. */
const left = /^(_text|_content|_query|_filter)|:(in|not-in|above|below)$/

function randomSearch(draw: Draw, all: readonly Resource[]): Asked {
  const pick = <T>(list: readonly T[]): T => list[draw(list.length)] as T
  const plain = (type: ResourceType): readonly [string, string] => {
    for (;;) {
      const parameter = pick(searchParameters(type))
      if (parameter.type === 'composite' && draw(3) > 0) continue
      const donor = pick(all.filter(({ resourceType }) => resourceType === type))
      const { name, value } = sampleQuery(draw, parameter, donor)
      if (!left.test(name) && value !== '') return [name, value]
    }
  }
  const common = (type: ResourceType): readonly [string, string] => {
    const patients = all.filter(({ resourceType }) => resourceType === 'Patient').map(nameOf)
    const list = all.find(({ resourceType }) => resourceType === 'List')
    switch (draw(5)) {
      case 0:
        return type === 'Observation' || type === 'Encounter' || type === 'Condition'
          ? ['patient', `${pick(patients)},${pick(patients)}`]
          : plain(type)
      case 1:
        return type === 'Observation' ? ['_list', list?.id ?? ''] : plain(type)
      case 2:
        return type === 'Observation' || type === 'Appointment' || type === 'Provenance'
          ? ['patient', pick(patients)]
          : plain(type)
      default:
        return plain(type)
    }
  }
  const type = pick(types)
  const parameters = Array.from({ length: draw(3) }, () =>
    draw(3) === 0 ? pick(likely[type] ?? [common(type)]) : common(type),
  )
  const join = joins[type]
  if (join !== undefined && draw(2) === 0) {
    if (draw(2) === 0) parameters.length = 0
    const [name, end] = pick(join)
    const [code, value] = draw(4) === 0 ? plain(end) : pick(likely[end] ?? [])
    parameters.push([name.replace('*', () => code), value])
  }
  const [forward, reverse] = includes[type] ?? [[], []]
  const sort = sorts[type]
  return {
    ...{ type, parameters },
    include: draw(2) === 0 ? forward : [],
    revinclude: draw(2) === 0 ? reverse : [],
    sort: sort !== undefined && draw(2) === 0 ? pick(sort) : undefined,
  }
}

async function pages(
  records: Records,
  grant: Grant<'search'>,
  asked: Omit<Search, 'count' | 'strict'>,
  count: number,
): Promise<Found[]> {
  const found: Found[] = []
  for (let cursor: string | undefined; ;) {
    const page = await records.search(
      grant,
      { ...asked, ...(cursor === undefined ? {} : { parameters: [], cursor }), strict: true, count },
      newRequest(),
    )
    found.push(page)
    cursor = page.next
    if (cursor === undefined) return found
    if (found.length > 200) throw new Error('pages without end')
  }
}

let all: Resource[] = []
/** Searches that are answered, not refused: about half a minute of them. */
const enough = 400

test('R-11, R-12, S-22: for every role and scope a search finds what going through everything finds', async ({
  records,
}) => {
  all = await fillSmallPractice(records, 4711)
  const draw = seeded(42)
  let answered = 0
  let found = 0
  // The draw is the same each time, so the same searches are tried on any machine, however long it takes.
  while (answered < enough) {
    const actor = actors[draw(actors.length)]!
    const brute = new BruteForce(all, actor)
    const { type, parameters, include, revinclude, sort } = randomSearch(draw, all)
    const grant = brute.grant('search', type) as Grant<'search'> | undefined
    if (grant === undefined) continue
    const whole = [
      ...parameters,
      ...include.map((one) => ['_include', one] as const),
      ...revinclude.map((one) => ['_revinclude', one] as const),
      ...(sort === undefined ? [] : [['_sort', sort] as const]),
    ]
    const said = `${actor.kind === 'person' ? actor.role : `client ${actors.indexOf(actor)}`}: ${type}?${whole.map(([name, value]) => `${name}=${value}`).join('&')}`
    let answer: Found[]
    try {
      answer = await pages(records, grant, { type, parameters: whole }, 1 + draw(12))
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      // Not everyone may chain everywhere or scan; a value that cannot be read is refused to everyone alike.
      const allowed =
        actor === actors[roles.length]
          ? ['parameter-invalid', 'parameter-unknown']
          : ['parameter-invalid', 'parameter-unknown', 'search-too-broad', 'not-permitted', 'scope-insufficient']
      expect(allowed, said).toContain(error.code)
      continue
    }
    answered++
    const ids = answer.flatMap((page) => page.records.map(({ id }) => id))
    const expected = brute.find(type, parameters)
    found += expected.length
    expect(new Set(ids).size, said).toBe(ids.length)
    expect(ids.toSorted(), said).toEqual(expected.map(({ id }) => id).toSorted())
    if (sort !== undefined) {
      const inOrder = ids.map((id) => expected.find((one) => one.id === id)!)
      expect(standsSorted(inOrder, sort), said).toBe(true)
    }
    const total = answer[0]?.total
    if (total !== undefined) expect(total, said).toBe(expected.length)
    for (const page of answer) {
      const matched = page.records.map(({ id }) => expected.find((one) => one.id === id)!)
      const along = page.included.map((one) => `${one.type}/${one.id}`)
      expect(along.toSorted(), said).toEqual([...brute.included(matched, include, revinclude)].toSorted())
    }
  }
  expect(found).toBeGreaterThan(enough)
}, 600_000)
