import { isResourceType, type Resource, type ResourceType, searchParameter } from '@chartkeep/model/fhir'
import { expect } from 'vitest'
import { elementsOf, definitionOf } from '../../tools/generate/brute-extract.ts'
import { bruteMatches } from '../../tools/generate/brute-search.ts'
import { synthesize, transactionOf } from '../../tools/synthetic/index.ts'
import { test } from './rest-rig.ts'

/** What US Core 6.1, 7 and 8 ask to be searchable together, SHALL and SHOULD. */
// oxfmt-ignore
const combinations: Partial<Record<ResourceType, string>> = {
  AllergyIntolerance: 'patient patient+clinical-status',
  CarePlan: 'patient+category patient+category+status patient+category+date patient+category+status+date',
  CareTeam: 'patient+status role patient+role',
  Condition: 'patient patient+category patient+clinical-status patient+category+clinical-status patient+category+encounter patient+code patient+onset-date patient+abatement-date patient+asserted-date patient+recorded-date patient+_lastUpdated',
  Coverage: 'patient',
  Device: 'patient patient+type patient+status',
  DiagnosticReport: 'patient patient+category patient+code patient+category+date patient+status patient+code+date patient+category+_lastUpdated',
  DocumentReference: '_id patient patient+category patient+category+date patient+type patient+status patient+type+period',
  Encounter: '_id patient patient+date identifier patient+class patient+type patient+status patient+location patient+discharge-disposition patient+_lastUpdated',
  Goal: 'patient patient+lifecycle-status patient+target-date patient+description',
  Immunization: 'patient patient+date patient+status',
  Location: 'name address address-city address-state address-postalcode',
  MedicationDispense: 'patient patient+status patient+status+type',
  MedicationRequest: 'patient+intent patient+intent+status patient+intent+encounter patient+intent+authoredon',
  Observation: 'patient+category patient+code patient+category+date patient+category+status patient+code+date patient+category+_lastUpdated',
  Organization: 'name address',
  Patient: '_id identifier name birthdate+name gender+name birthdate+family death-date+family family+gender',
  Practitioner: '_id name identifier',
  PractitionerRole: 'specialty practitioner',
  Procedure: 'patient patient+date patient+status patient+code+date',
  QuestionnaireResponse: '_id patient patient+status patient+authored patient+questionnaire',
  RelatedPerson: '_id patient name patient+name',
  ServiceRequest: '_id patient patient+category patient+code patient+category+authored patient+status patient+code+authored',
  Specimen: '_id patient',
}

/** Statuses and the like have to take several values. */
const severalOf = /(^|-)status$|^(intent|type|code)$/

const included: readonly (readonly [string, string])[] = [
  ['CareTeam?patient=', 'CareTeam:participant'],
  ['MedicationRequest?intent=order&patient=', 'MedicationRequest:medication'],
  ['PractitionerRole?practitioner=', 'PractitionerRole:practitioner'],
]

/** A query for what a donor has: a code with and without its system, a time before and after. */
function queriesOf(donor: Resource, code: string): string[] {
  const kind = searchParameter(donor.resourceType, code)?.type
  const definition = definitionOf(donor.resourceType, code)
  if (definition === undefined) throw new Error(`no such parameter: ${code}`)
  if (code === '_id') return [donor.id ?? '']
  if (code === '_lastUpdated') return ['ge2020-01-01', 'lt2020-01-01']
  const [first] = elementsOf(donor, definition)
  const value: unknown = first?.value
  if (kind === 'date') return ['gt2023', 'ge2024-01-01', 'lt2025-06-01', 'le2024-12-31T23:59:59Z']
  if (value === undefined) return ['none-has-this']
  if (kind === 'reference' || kind === 'uri') {
    const text = typeof value === 'string' ? value : (value as { reference: string }).reference
    return code === 'patient' ? [text.replace('Patient/', ''), text] : [text]
  }
  if (kind === 'token') {
    if (typeof value !== 'object' || value === null) return [String(value)]
    const coding = (value as { coding?: { system: string; code: string }[] }).coding?.[0] ?? value
    const { system, code: own, value: number } = coding as { system?: string; code?: string; value?: string }
    const word = own ?? number ?? 'none-has-this'
    return system === undefined ? [word] : [word, `${system}|${word}`, `${system}|`]
  }
  const texts = JSON.stringify(value).match(/(?<=:"|\["|^")[^"]{3,}(?=")/g) ?? ['none']
  return [(texts.at(-1) ?? '').slice(0, 4)]
}

test('R-10, R-11: every combination of US Core is answered as going through everything answers it', async ({
  rest: { fhir },
}) => {
  const practice = synthesize({ seed: 'us core', patients: 3, today: '2026-11-20' })
  const entries = [...practice.entries, ...[...practice.patients()].flatMap((one) => one.entries)]
  const { status, json, text } = await fhir('POST', '', transactionOf(entries))
  expect(status, text.slice(0, 500)).toBe(200)
  const all = (json['entry'] as unknown as { resource: Resource }[]).map(({ resource }) => resource)
  let matched = 0
  for (const [type, list] of Object.entries(combinations)) {
    if (!isResourceType(type)) throw new Error('a type')
    const own = all.filter(({ resourceType }) => resourceType === type)
    for (const combination of list.split(' ')) {
      const codes = combination.split('+')
      const usual: Resource = {
        resourceType: type,
        id: '00000000-0000-8000-8000-00000000dead',
        patient: { reference: 'Patient/none' },
      }
      const donors = [own[0], own[Math.floor(own.length / 2)], own.at(-1)].map((one) => one ?? usual)
      for (const [turn, donor] of donors.entries()) {
        const asked = codes.map((code): [string, string] => {
          const values = queriesOf(donor, code)
          const value = values[turn % values.length] ?? ''
          return [code, severalOf.test(code) && turn === 1 ? `${value},final,active` : value]
        })
        const expected = own.filter((one) => asked.every(([code, value]) => bruteMatches(one, code, value)))
        const said = `${type}?${asked.map((pair) => pair.join('=')).join('&')}`
        const form = new URLSearchParams([...asked, ['_count', '1000']]).toString()
        const answer =
          turn === 2
            ? await fhir('POST', `/${type}/_search`, form, {
                'content-type': 'application/x-www-form-urlencoded',
                prefer: 'handling=strict',
              })
            : await fhir('GET', `/${type}?${form}`, undefined, { prefer: 'handling=strict' })
        expect(answer.status, `${said} ${answer.text.slice(0, 300)}`).toBe(200)
        const found = entriesOf(answer.json).filter(({ search }) => search.mode === 'match')
        expect(found.map(({ resource }) => resource.id).toSorted(), said).toEqual(
          expected.map(({ id }) => id).toSorted(),
        )
        matched += expected.length
      }
    }
  }
  expect(matched).toBeGreaterThan(1000)
  const patient = all.find(({ resourceType }) => resourceType === 'Patient')?.id ?? ''
  const role = all.find(({ resourceType }) => resourceType === 'PractitionerRole')!
  const treats = (role['practitioner'] as { reference: string }).reference
  for (const [query, include] of included) {
    const whom = query.includes('practitioner') ? treats : patient
    const answer = await fhir('GET', `/${query}${whom}&_include=${include}&_count=1000`)
    const found = entriesOf(answer.json)
    const matches = found.filter(({ search }) => search.mode === 'match').map(({ resource }) => resource)
    const code = include.split(':')[1] ?? ''
    const names = matches.flatMap((one) =>
      elementsOf(one, definitionOf(one.resourceType, code)!).map(
        ({ value }) => (value as { reference?: string }).reference,
      ),
    )
    const along = found
      .filter(({ search }) => search.mode === 'include')
      .map(({ resource }) => `${resource.resourceType}/${resource.id}`)
    expect(along.toSorted()).toEqual(
      [...new Set(names)].filter((name) => /^[A-Z]\w+\/[0-9a-f-]{36}$/.test(name ?? '')).toSorted(),
    )
  }
  // Provenance comes along with whatever of a patient's it is of.
  const observation = all.find(({ resourceType }) => resourceType === 'Observation')!
  const made = await fhir('POST', '/Provenance', {
    resourceType: 'Provenance',
    target: [{ reference: `Observation/${observation.id}` }],
    recorded: '2026-01-02T03:04:05Z',
    agent: [{ who: { display: 'a lab' } }],
  })
  const subject = (observation['subject'] as { reference: string }).reference
  const answer = await fhir('GET', `/Observation?patient=${subject}&_revinclude=Provenance:target&_count=1000`)
  expect(
    entriesOf(answer.json)
      .filter(({ search }) => search.mode === 'include')
      .map(({ resource }) => resource.id),
  ).toEqual([made.json['id']])
}, 240_000)

function entriesOf(bundle: Record<string, unknown>): { resource: Resource; search: { mode: string } }[] {
  return (bundle['entry'] ?? []) as { resource: Resource; search: { mode: string } }[]
}
