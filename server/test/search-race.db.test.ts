import { type Resource, resourceTypes, searchParameter } from '@chartkeep/model/fhir'
import { expect } from 'vitest'
import type { Id } from '#base'
import type { Found, Records } from '#records'
import { create, createPatient, grant, importer, newRequest, observation, test } from './fixtures.ts'

// Records are changed while they are searched for: whatever their clinical time becomes, each is found once.

const size = 1000
const patientOf = async (records: Records): Promise<{ patient: Id<'patient'>; ids: Id<string>[] }> => {
  const patient = await createPatient(records)
  const ids: Id<string>[] = []
  for (let from = 0; from < size; from += 200) {
    const writes = Array.from({ length: 200 }, (_, index) => ({
      kind: 'create' as const,
      grant: grant('create', 'Observation', importer),
      resource: numbered(patient, from + index, from + index),
    }))
    const [first, ...rest] = writes
    if (first === undefined) continue
    ids.push(...(await records.write([first, ...rest], newRequest())).map(({ id }) => id))
  }
  return { patient, ids }
}

/** The nth observation of a chart, on some day. */
function numbered(patient: string, number: number, day: number): Resource {
  const at = new Date(Date.UTC(2020, 0, 1) + day * 86_400_000).toISOString()
  return { ...observation(patient, '8480-6', at, number), note: [{ text: `number ${number}` }] }
}

interface Moving {
  /** Updates made so far. */
  moved: number
  stop: boolean
}

/** Moves records about in time until it is stopped. */
async function moveAbout(
  records: Records,
  { patient, ids }: { patient: string; ids: readonly Id<string>[] },
  moving: Moving,
): Promise<void> {
  let seed = 1
  const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below
  await Promise.all(
    Array.from({ length: 8 }, async (_, lane) => {
      while (!moving.stop) {
        // Each lane has records of its own, so that no update meets another.
        const number = random(size / 8) * 8 + lane
        const id = ids[number]
        if (id === undefined) continue
        const resource = { ...numbered(patient, number, random(3000)), id }
        await records.write([{ kind: 'update', grant: grant('update', 'Observation'), resource, id }], newRequest())
        moving.moved++
      }
    }),
  )
}

const search = async (records: Records, query: string, count: number): Promise<Found> =>
  records.search(
    grant('search', 'Observation'),
    { type: 'Observation', parameters: [...new URLSearchParams(query)], strict: true, count },
    newRequest(),
  )

test('each record of a chart is found once while updates move it through time', async ({ records }) => {
  const chart = await patientOf(records)
  const moving: Moving = { moved: 0, stop: false }
  const writers = moveAbout(records, chart, moving)
  const everyone = chart.ids.toSorted()
  const failures: string[] = []
  const ways = ['', '&_sort=-date', '&_total=accurate', '&_sort=status']
  for (let searches = 0; searches < 12 || moving.moved < 400; searches++) {
    const query = `patient=${chart.patient}${ways[searches % ways.length]}`
    const found = await search(records, query, size)
    const ids = found.records.map(({ id }) => id)
    if (ids.toSorted().join() !== everyone.join())
      failures.push(`${query}: ${ids.length} found, ${new Set(ids).size} of them different`)
    if (found.total !== size) failures.push(`${query}: ${found.total} counted`)
  }
  moving.stop = true
  await writers
  expect(failures).toEqual([])
})

test('what one record meets, one is found for, while updates move the chart through time', async ({ records }) => {
  const chart = await patientOf(records)
  const moving: Moving = { moved: 0, stop: false }
  const writers = moveAbout(records, chart, moving)
  const seen: number[] = []
  for (let round = 0; round < 12 || moving.moved < 400; round++) {
    const condition = `patient=${chart.patient}&value-quantity=${(round * 80 + 7) % size}`
    seen.push((await records.match(grant('search', 'Observation'), condition, newRequest())).length)
  }
  moving.stop = true
  await writers
  expect(seen).toEqual(seen.map(() => 1))
})

test('a record of any type is found by its identifier without going through the others', async ({ records }) => {
  const patient = await createPatient(records)
  const value = 'ACC-2026/00017'
  const types = resourceTypes.filter(
    (type) => type !== 'Binary' && type !== 'Patient' && searchParameter(type, 'identifier') !== undefined,
  )
  const scanned: string[] = []
  for (const type of types) {
    const identifier = { system: 'urn:lab', value }
    const many = { ...searchParameter(type, 'identifier')?.leaves[0] }.steps?.[0]?.name === 'identifier'
    if (!many) continue
    const resource = { resourceType: type, identifier: [identifier], subject: { reference: `Patient/${patient}` } }
    const { id } = await create(records, type === 'Bundle' || type === 'QuestionnaireResponse' || type === 'Composition' ? { ...resource, identifier } : resource, importer) // oxfmt-ignore
    for (const text of [value, `urn:lab|${value}`]) {
      const found = await records.search(
        grant('search', type, importer),
        { type, parameters: [['identifier', text]], strict: true, count: 10 },
        newRequest(),
      )
      if (found.scan !== undefined || found.records.length !== 1 || found.records[0]?.id !== id) scanned.push(type)
    }
  }
  expect(types.length).toBeGreaterThan(90)
  expect(scanned).toEqual([])
})

test.for([
  ['date=2026-03-02', 2],
  ['date=ge2026-03-01&date=lt2026-04-01', 4],
  ['date=2026-03', 3],
  ['date=ge2026-03-10&date=le2026-03-11', 1],
  ['date=2026-03-02&status=finished', 1],
] as const)('encounters by %s are found without going through the others', async ([query, count], { records }) => {
  const patient = await createPatient(records)
  const encounter = (start: string | undefined, end: string | undefined, status = 'finished'): Resource => ({
    resourceType: 'Encounter',
    status,
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
    subject: { reference: `Patient/${patient}` },
    period: { ...(start === undefined ? {} : { start }), ...(end === undefined ? {} : { end }) },
  })
  for (const one of [
    encounter('2026-03-02T08:00:00Z', '2026-03-02T08:20:00Z'),
    encounter('2026-03-02T23:00:00Z', '2026-03-02T23:30:00Z', 'in-progress'),
    encounter('2026-03-31T23:50:00Z', '2026-03-31T23:59:00Z'),
    encounter('2026-04-01T00:00:00Z', '2026-04-01T00:10:00Z'),
    encounter('2026-02-28T23:00:00Z', '2026-02-28T23:30:00Z'),
    // A long stay, which reaches over the month.
    encounter('2025-01-10', '2026-09-01'),
  ])
    await create(records, one)
  const parameters = [...new URLSearchParams(query)]
  const found = await records.search(
    grant('search', 'Encounter'),
    { type: 'Encounter', parameters, strict: true, count: 50 },
    newRequest(),
  )
  expect(found.scan).toBeUndefined()
  expect(found.records).toHaveLength(count)
})
