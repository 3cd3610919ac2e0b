import type { Resource } from '@chartkeep/model/fhir'
import type pg from 'pg'
import { expect } from 'vitest'
import { type Id, openLog, systemClock } from '#base'
import { type Database, openDatabase } from '#db'
import { openRecords, type Records } from '#records'
import { create, createPatient, grant, importer, newRequest, observation, person, type StoreFixtures, test as withRecords } from './fixtures.ts' // oxfmt-ignore
import type { Fixtures } from './postgres.ts'

// Programs ask again and again for what is new, from the newest that they were shown. Nothing may be skipped because it
// was stamped earlier than something that was stored sooner.

/** A second process on the same database. */
const test = withRecords.extend<{ otherDb: Database; other: Records }>({
  otherDb: async ({ target }: Fixtures, use) => {
    const db = openDatabase(target, openLog('silent'))
    await use(db)
    // A test may have ended it.
    await db.close().catch(() => undefined)
  },
  other: async ({ otherDb, keys, ledger }: Fixtures & StoreFixtures & { otherDb: Database }, use) => {
    await use(await openRecords({ db: otherDb, keys, ledger, clock: systemClock, log: openLog('silent') }))
  },
})

interface Page {
  readonly rows: readonly { readonly id: string; readonly updated: number }[]
  readonly next?: string
}

/** Cursors are good for whoever was given them. */
const reader = person()

type Poll = (records: Records, patient: Id<'patient'>, since: number, cursor: string | undefined) => Promise<Page>

const polls: Record<string, Poll> = {
  'a search by _lastUpdated': async (records, patient, since, cursor) => {
    const parameters = cursor === undefined ? [['patient', patient], ['_lastUpdated', `gt${iso(since)}`]] as const : [] // oxfmt-ignore
    const asked = { type: 'Observation', parameters, strict: true, count: 200, ...(cursor === undefined ? {} : { cursor }) } as const // oxfmt-ignore
    const { records: rows, next } = await records.search(grant('search', 'Observation', reader), asked, newRequest())
    return { rows, ...(next === undefined ? {} : { next }) }
  },
  'the history of a type since': async (records, _, since, cursor) => {
    const asked = { count: 200, since: since + 1, cursor }
    const { versions, next } = await records.historyOfTypes(
      [grant('history', 'Observation', reader)],
      asked,
      newRequest(),
    )
    return { rows: versions, ...(next === undefined ? {} : { next }) }
  },
  '$everything since': async (records, patient, since, cursor) => {
    const compartment = [grant('search', 'Observation', reader)]
    const grants = { patient: grant('read', 'Patient', reader), compartment, referred: [] }
    const asked = { patient, since: since + 1, count: 200, cursor }
    const { records: rows, next } = await records.everything(grants, asked, newRequest())
    return { rows, ...(next === undefined ? {} : { next }) }
  },
}

const iso = (time: number): string => new Date(time).toISOString()

/** Asks once, page by page, from the newest that was seen; answers the newest seen now. */
async function pollOnce(records: Records, poll: Poll, patient: Id<'patient'>, state: { newest: number; seen: Set<string> }): Promise<void> {
  let newest = state.newest
  for (let cursor: string | undefined; ;) {
    const { rows, next } = await poll(records, patient, state.newest, cursor)
    for (const { id, updated } of rows) {
      state.seen.add(id)
      newest = Math.max(newest, updated)
    }
    if (next === undefined) break
    cursor = next
  }
  state.newest = newest
} // oxfmt-ignore

const slow = 600

test.for(Object.keys(polls))(
  'who polls by %s sees a transaction that is stored long after it was stamped',
  async (way, { records, other, owner }) => {
    const poll = polls[way]
    if (poll === undefined) throw new Error('a way to poll')
    const patient = await createPatient(records)
    const writes = Array.from({ length: slow }, (_, index): Resource => observation(patient, '8480-6', '2026-03-01', index)) // oxfmt-ignore
    // A look-up is written with one of them: it has to wait while the owner holds the table.
    writes[0] = { ...observation(patient), identifier: [{ system: 'urn:lab', value: 'ACC-1' }] }
    const [first, ...rest] = writes.map((resource) => ({ kind: 'create' as const, grant: grant('create', 'Observation', importer), resource })) // oxfmt-ignore
    if (first === undefined) throw new Error('there are some')

    await owner.query('begin; lock table records.lookup in exclusive mode')
    const states = [records, other].map((store) => ({ store, newest: Date.now() - 60_000, seen: new Set<string>() }))
    const big = records.write([first, ...rest], newRequest())
    await waiting(owner)
    const small: string[] = []
    for (const writer of [records, other, records]) small.push((await create(writer, observation(patient))).id)
    // While it is on its way, neither process shows what is younger.
    await Promise.all(states.map((state) => pollOnce(state.store, poll, patient, state)))
    expect(states.map(({ seen }) => small.filter((id) => seen.has(id)).length)).toEqual([0, 0])
    await owner.query('commit')
    const expected = [...small, ...(await big).map(({ id }) => id)].toSorted()
    for (const state of states) {
      const began = performance.now()
      while (state.seen.size < expected.length && performance.now() - began < 20_000)
        await pollOnce(state.store, poll, patient, state)
      state.seen.delete(patient)
      expect([...state.seen].toSorted()).toEqual(expected)
    }
  },
)

/** Resolves when somebody waits for the table. */
async function waiting(owner: pg.Client): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    const { rows } = await owner.query(`select 1 from pg_locks where not granted and relation = 'records.lookup'::regclass`)
    if (rows.length > 0) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('nobody waits')
} // oxfmt-ignore

test('who wrote finds it at once, by whichever process', async ({ records, other }) => {
  const patient = await createPatient(records)
  for (const [writer, reader] of [[records, other], [other, records], [records, records]] as const) {
    const { id, updated } = await create(writer, observation(patient))
    const { rows } = await polls['a search by _lastUpdated']!(reader, patient, updated - 1, undefined)
    expect(rows.map((row) => row.id)).toEqual([id])
  }
}) // oxfmt-ignore

test('a process that ended in the middle of a write holds nobody back', async ({ records, db, otherDb }) => {
  const patient = await createPatient(records)
  const stamp = await otherDb.lowWater.begin(Date.now())
  const { id, updated } = await create(records, observation(patient))
  expect(updated).toBeGreaterThanOrEqual(stamp.at)
  const reading = db.lowWater.settled()
  // As if it was killed: its connections end, and it never says that it has ended the write.
  await otherDb.close()
  expect(await reading).toBeGreaterThan(updated)
  const { rows } = await polls['a search by _lastUpdated']!(records, patient, updated - 1, undefined)
  expect(rows.map((row) => row.id)).toEqual([id])
})

test('a stamp is never before a time that was told to be settled, in whichever process', async ({ db, otherDb }) => {
  for (let round = 0; round < 40; round++) {
    const [one, other] = round % 2 === 0 ? [db, otherDb] : [otherDb, db]
    let over = false
    const writing = other.lowWater.begin(0).then(async (stamp) => {
      await new Promise((resolve) => setTimeout(resolve, round % 7))
      over = true
      stamp.end()
      return stamp.at
    })
    const settled = await one.lowWater.settled()
    const ended = over
    const later = await other.lowWater.begin(0)
    later.end()
    expect(later.at).toBeGreaterThanOrEqual(settled)
    // What was begun meanwhile is younger, or was waited for.
    if (!ended) expect(await writing).toBeGreaterThanOrEqual(settled)
    // Now and then both are idle for so long that their promises have lapsed.
    if (round % 20 === 19) await new Promise((resolve) => setTimeout(resolve, 2500))
  }
})
