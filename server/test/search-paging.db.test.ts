import type { ResourceType } from '@chartkeep/model/fhir'
import fc from 'fast-check'
import { expect } from 'vitest'
import { type Id, openLog, systemClock } from '#base'
import { type Actor, parseScope } from '#policy'
import { type Found, openRecords, type Records } from '#records'
import { create, createPatient, grant, newRequest, observation, person, test } from './fixtures.ts'
import { entryIdsIn } from './entries.ts'

const client = (...scopes: string[]): Actor => ({
  kind: 'client',
  tenant: 1,
  id: person().id as unknown as Id<'client'>,
  workstation: 'w',
  scopes: scopes.map((text) => parseScope(text)!),
})

const everything = client('system/*.rs')

function find(
  records: Records,
  actor: Actor,
  query: string,
  { count = 50, cursor }: { count?: number; cursor?: string } = {},
): Promise<Found> {
  const [type = '', text = ''] = query.split('?')
  return records.search(
    grant('search', type as ResourceType, actor),
    {
      type: type as ResourceType,
      strict: true,
      count,
      ...(cursor === undefined ? { parameters: [...new URLSearchParams(text)] } : { parameters: [], cursor }),
    },
    newRequest(),
  )
}

const day = (at: number): string => `2026-03-${String(at).padStart(2, '0')}T10:00:00Z`

test('pages neither repeat nor miss what is left alone, whatever is written in between', async ({ records }) => {
  const patient = await createPatient(records)
  const other = await createPatient(records)
  const ids: Id<string>[] = []
  for (let at = 1; at <= 14; at++) {
    const { id } = await create(records, observation(at % 4 === 0 ? other : patient, '8480-6', day(at), at))
    ids.push(id)
  }
  // One without a date: in an order by date it comes last.
  const { effectiveDateTime: _, ...undated } = observation(patient)
  ids.push((await create(records, undated)).id)
  const orders = ['', '&_sort=-date', '&_sort=date', '&_sort=status,-value-quantity', '&_sort=-_lastUpdated']
  const wheres = [`patient=${patient}`, `patient=${patient},${other}`, `code=8480-6`]
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...orders),
      fc.constantFrom(...wheres),
      fc.integer({ min: 1, max: 6 }),
      fc.array(fc.record({ which: fc.nat(13), to: fc.integer({ min: 1, max: 28 }) }), { maxLength: 3 }),
      async (order, where, count, writes) => {
        const before = await find(records, everything, `Observation?${where}${order}`, { count: 500 })
        const seen: Id<string>[] = []
        const touched = new Set<Id<string>>()
        let cursor: string | undefined
        let pages = 0
        do {
          expect(pages++).toBeLessThan(80)
          const page = await find(records, everything, `Observation?${where}${order}`, {
            count,
            ...(cursor === undefined ? {} : { cursor }),
          })
          seen.push(...page.records.map(({ id }) => id))
          cursor = page.next
          for (const { which, to } of writes) {
            const id = ids[which]!
            const of = (which + 1) % 4 === 0 ? other : patient
            const resource = { ...observation(of, '8480-6', day(to), to), id }
            await records.write([{ kind: 'update', grant: grant('update', 'Observation'), id, resource }], newRequest())
            touched.add(id)
            if (pages === 1) await create(records, observation(of, '8480-6', day(to), to))
          }
        } while (cursor !== undefined)
        expect(new Set(seen).size).toBe(seen.length)
        const untouched = before.records.map(({ id }) => id).filter((id) => !touched.has(id))
        expect(seen.filter((id) => untouched.includes(id))).toEqual(untouched)
      },
    ),
    { numRuns: 20, endOnFailure: true },
  )
}, 120_000)

test('R-12: with and without what may not be seen, the answer is the same', async ({ records }) => {
  const patient = await createPatient(records)
  const seen = []
  for (let at = 1; at <= 6; at++) {
    seen.push((await create(records, observation(patient, '8480-6', day(2 * at), at))).id)
  }
  const category = 'category=http://terminology.hl7.org/CodeSystem/observation-category|vital-signs'
  const scoped = client(`system/Observation.rs?${category}`, 'system/Patient.rs')
  const questions = [
    `Observation?patient=${patient}&_total=accurate`,
    `Observation?patient=${patient}&_sort=-date`,
    `Observation?patient=${patient}&_sort=value-quantity`,
    `Observation?code=8480-6`,
    `Observation?patient=${patient}&_summary=count`,
    `Patient?_id=${patient}&_revinclude=Observation:patient`,
    `Patient?_has:Observation:patient:value-quantity=gt100`,
    `Patient?family=zwyssig&_has:Observation:patient:status=final`,
  ]
  const ask = async () => {
    const answers = []
    for (const question of questions) {
      const pages = []
      let cursor: string | undefined
      do {
        const page = await find(records, scoped, question, { count: 2, ...(cursor === undefined ? {} : { cursor }) })
        pages.push({
          found: page.records.map(({ id }) => id),
          included: page.included.map(({ id }) => id),
          total: page.total,
          more: page.next !== undefined,
        })
        cursor = page.next
      } while (cursor !== undefined)
      answers.push(pages)
    }
    return answers
  }
  const without = await ask()
  const hidden = []
  for (let at = 1; at <= 7; at++) {
    const resource = { ...observation(patient, '8480-6', day(2 * at - 1), 100 + at), category: [{ text: 'other' }] }
    hidden.push((await create(records, resource)).id)
  }
  expect(await ask()).toEqual(without)
  expect(without[0]?.[0]?.total).toBe(6)
  // S-22: what is left out is not there to be read, either, in any version.
  for (const id of hidden) {
    await expect(records.read(grant('read', 'Observation', scoped), id, newRequest())).rejects.toMatchObject({
      code: 'not-found',
    })
    await expect(
      records.history(grant('history', 'Observation', scoped), id, { count: 5 }, newRequest()),
    ).rejects.toMatchObject({
      code: 'not-found',
    })
    await expect(
      records.readVersion(grant('history', 'Observation', scoped), id, 1, newRequest()),
    ).rejects.toMatchObject({ code: 'not-found' })
  }
  expect((await records.read(grant('read', 'Observation', scoped), seen[0]!, newRequest())).id).toBe(seen[0])
})

test('R-12: what a role does not see of a record it can neither search for, sort by nor follow', async ({
  records,
}) => {
  const patient = await createPatient(records)
  const condition = await create(records, { resourceType: 'Condition', subject: { reference: `Patient/${patient}` } })
  const visit = (reason: object) =>
    create(records, {
      resourceType: 'Appointment',
      status: 'booked',
      start: day(3),
      end: day(4),
      participant: [{ actor: { reference: `Patient/${patient}` }, status: 'accepted' }],
      ...reason,
    })
  await visit({ reasonCode: [{ coding: [{ code: 'canary' }] }] })
  await visit({ reasonReference: [{ reference: `Condition/${condition.id}` }] })
  const desk = person('front-desk')
  const found = async (query: string) =>
    (await find(records, desk, `Appointment?patient=${patient}&${query}`)).records.length
  expect(await found('status=booked')).toBe(2)
  expect(await found('reason-code=canary')).toBe(0)
  expect(await found('reason-code:missing=true')).toBe(2)
  expect(await found(`reason-reference=Condition/${condition.id}`)).toBe(0)
  const along = await find(records, desk, `Appointment?patient=${patient}&_include=Appointment:reason-reference`)
  expect(along.included).toEqual([])
  await expect(
    find(records, desk, `Appointment?patient=${patient}&reason-reference:Condition.code=x`),
  ).rejects.toMatchObject({
    code: 'not-permitted',
  })
})

test('H-T06, H-B14: the entry of a search names whoever was found, came along or led to it; a scan says that it was one', async ({
  records,
  ledger,
  db,
}) => {
  const one = await createPatient(records, { name: [{ family: 'Vandersteen' }] })
  const other = await createPatient(records)
  const encounter = await create(records, {
    resourceType: 'Encounter',
    status: 'finished',
    class: { code: 'AMB' },
    subject: { reference: `Patient/${other}` },
  })
  await create(records, { ...observation(one), encounter: { reference: `Encounter/${encounter.id}` } })
  const last = async () => {
    const ids = await db.transact(1, entryIdsIn)
    const entry = await ledger.find(1, ids.at(-1) as never)
    return { action: entry?.action, patients: entry?.patients.toSorted() }
  }
  await find(records, everything, 'Observation?patient.family=vandersteen&_include=Observation:encounter')
  expect(await last()).toEqual({ action: 'search', patients: [one, other].toSorted() })
  const scanned = await find(records, everything, 'Observation?encounter.status=finished')
  expect(scanned.scan).toMatchObject({ whole: true })
  expect(await last()).toEqual({ action: 'scan', patients: [one, other].toSorted() })
  await expect(find(records, person('nurse'), 'Observation?code=8480-6')).rejects.toMatchObject({
    code: 'search-too-broad',
    rule: 'role:nurse/clinical/scan',
  })
})

test('a scan stops where it has done enough, says so, and goes on with the next page', async ({
  db,
  keys,
  ledger,
  records,
}) => {
  const expected: Id<string>[] = []
  for (let at = 0; at < 6; at++) {
    const patient = await createPatient(records)
    for (let more = 0; more < 3; more++) {
      const { id } = await create(records, observation(patient, more === 0 ? '718-7' : '8480-6'))
      if (more > 0) expected.push(id)
    }
  }
  const small = await openRecords({
    ...{ db, keys, ledger, clock: systemClock, log: openLog('silent') },
    scanLimits: { records: 4, counted: 10, milliseconds: 60_000 },
  })
  const seen: Id<string>[] = []
  const states: boolean[] = []
  let cursor: string | undefined
  do {
    const page = await find(small, everything, 'Observation?code:not=718-7', {
      ...(cursor === undefined ? {} : { cursor }),
    })
    seen.push(...page.records.map(({ id }) => id))
    states.push(page.scan?.whole === true)
    expect(page.total === undefined).toBe(states.length > 1 || page.next !== undefined)
    cursor = page.next
  } while (cursor !== undefined)
  expect(states.length).toBeGreaterThan(3)
  expect(states).toEqual([...states.slice(1).map(() => false), true])
  expect(seen.toSorted()).toEqual(expected.toSorted())
  // A total is worth going on for, and half of one is none.
  for (const ask of ['_summary=count', '_total=accurate']) {
    const left = await find(small, everything, `Observation?code:not=718-7&${ask}`)
    expect([left.total, left.scan], ask).toEqual([undefined, { opened: expect.any(Number), whole: false }])
    expect(left.scan?.opened).toBeGreaterThanOrEqual(10)
    const scanLimits = { records: 4, counted: 100, milliseconds: 60_000 }
    const counting = await openRecords({ db, keys, ledger, clock: systemClock, log: openLog('silent'), scanLimits })
    expect(await find(counting, everything, `Observation?code:not=718-7&${ask}`), ask).toMatchObject({ total: 12 })
    await counting.close()
  }
  // What it has not come to might come first, or match as well.
  await expect(find(small, everything, 'Observation?code:not=718-7&_sort=date')).rejects.toMatchObject({
    code: 'search-too-broad',
  })
  await expect(
    small.match(grant('search', 'Observation', everything), 'code:not=718-7&value-quantity=7777', newRequest()),
  ).rejects.toMatchObject({ code: 'search-too-broad' })
  const gone = AbortSignal.abort()
  const asked = { type: 'Observation', parameters: [['code', '8480-6']], strict: true, count: 5, signal: gone } as const
  await expect(records.search(grant('search', 'Observation', everything), asked, newRequest())).rejects.toMatchObject({
    code: 'timed-out',
  })
})
