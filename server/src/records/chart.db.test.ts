import { codeOfType, type Resource, type ResourceType } from '@chartkeep/model/fhir'
import { expect } from 'vitest'
import { create, createPatient, grant, newRequest, observation, test } from '../../test/fixtures.ts'

const types = ['Condition', 'Encounter', 'Observation', 'Procedure'] as const

/** A record of the type that tells of this moment. */
function recordOf(type: (typeof types)[number], patient: string, at: string): Resource {
  const subject = { reference: `Patient/${patient}` }
  switch (type) {
    case 'Observation':
      return observation(patient, '8480-6', at)
    case 'Condition':
      return { resourceType: type, code: { text: 'Canary' }, subject, onsetDateTime: at }
    case 'Procedure':
      return { resourceType: type, status: 'completed', subject, performedDateTime: at }
    case 'Encounter':
      return { resourceType: type, status: 'finished', class: { code: 'AMB' }, subject, period: { start: at } }
  }
}

test('a chart of several types is newest first over all of them, and its pages follow on', async ({ records }) => {
  const patient = await createPatient(records)
  const times = new Map<string, number>()
  for (let hour = 0; hour < 12; hour++) {
    // Two of each moment, of two types: the order among them is by id.
    const at = `2026-03-01T${String(8 + (hour >> 1)).padStart(2, '0')}:00:00Z`
    const { id } = await create(records, recordOf(types[hour % types.length] ?? 'Condition', patient, at))
    times.set(id, Date.parse(at))
  }
  const expected = [...times].toSorted(([a, one], [b, other]) => other - one || (a < b ? -1 : 1)).map(([id]) => id)
  const grants = [grant('search', 'Condition'), ...types.slice(1).map((type) => grant('search', type))] as const
  for (const count of [1, 5, 11, 12, 50]) {
    const found: string[] = []
    for (let before: string | undefined, pages = 0; pages === 0 || before !== undefined; pages++) {
      const asked = { patient, types, count, ...(before === undefined ? {} : { before }) }
      const page = await records.chart(grants, asked, newRequest())
      found.push(...page.records.map(({ id }) => id))
      before = page.next
    }
    expect(found, `${count} a page`).toEqual(expected)
  }
})

test('a date that is known of one type tells nothing of the times of another', async ({ records, owner }) => {
  const at = '2026-03-01T10:00:00Z'
  const stored = new Map<string, number>()
  for (const patient of [await createPatient(records), await createPatient(records)])
    for (const type of types) {
      const { id } = await create(records, recordOf(type, patient, at))
      const { rows } = await owner.query<{ at: string }>('select at from records.resource where id = $1', [id])
      stored.set(`${type} of ${patient}`, Number(rows[0]?.at) - Date.parse(at))
    }
  // Each is shifted by another secret, and so are the differences between any two types of two patients.
  expect(new Set(stored.values()).size).toBe(2 * types.length)
  const shifts = [...stored.values()]
  for (let index = 1; index < types.length; index++)
    expect(Number(shifts[index]) - Number(shifts[0])).not.toBe(
      Number(shifts[types.length + index]) - Number(shifts[types.length]),
    )
})

test('records of one patient and type keep their distances, so that the index puts them in order', async ({
  records,
  owner,
}) => {
  const patient = await createPatient(records)
  const times = ['2026-03-01T10:00:00Z', '2024-01-01', '2026-03-01T10:00:01Z']
  for (const type of types) {
    for (const at of times) await create(records, recordOf(type, patient, at))
    const { rows } = await owner.query<{ at: string }>('select at from records.resource where patient = $1 and type = $2 order by at', [patient, codeOfType(type satisfies ResourceType)]) // oxfmt-ignore
    const [first = 0, ...rest] = rows.map(({ at }) => Number(at))
    const [earliest = 0, ...later] = times.map((at) => Date.parse(at)).toSorted((a, b) => a - b)
    expect(
      rest.map((at) => at - first),
      type,
    ).toEqual(later.map((at) => at - earliest))
  }
})
