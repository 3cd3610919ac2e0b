import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { openLog, systemClock } from '#base'
import { type Ledger, openLedger, verifyLedger } from '#ledger'
import { openRecords, parseStored, verifyRecords } from '#records'
import { eventually } from '../eventually.ts'
import { create, createPatient, grant, newRequest, observation, person } from '../fixtures.ts'
import { fromRoom3, test } from '../identity.ts'

const day = 24 * 3600 * 1000
const log = openLog('silent')

/** Resolves when everything recorded so far is under a signed checkpoint. */
async function untilSequenced(ledger: Ledger, more: number): Promise<number> {
  return eventually(async () => {
    const size = (await ledger.status(1)).checkpoint?.size ?? 0
    expect(size).toBeGreaterThan(more)
    return size
  })
}

test('ids, versions, If-Match, checkpoints and verification hold while the clock jumps back and forward', async ({
  practice: { clock },
  db,
  keys,
}) => {
  const witness = mkdtempSync(join(tmpdir(), 'chartkeep-witness-'))
  onTestFinished(() => rmSync(witness, { recursive: true, force: true }))
  const ledger = openLedger({ db, keys, clock, log, witnesses: [witness], origin: 'test.example/ledger' })
  await ledger.start()
  const records = await openRecords({ db, keys, ledger, clock, log })
  const patient = await createPatient(records)
  const { id } = await create(records, observation(patient, '8480-6', '2026-03-01T10:00:00Z', 1))
  const ids = new Set<string>([patient, id])
  let sequenced = await untilSequenced(ledger, 0)

  const update = (value: number, ifMatch: number) => {
    const resource = { ...observation(patient, '8480-6', '2026-03-01T10:00:00Z', value), id }
    return records.write(
      [{ kind: 'update', grant: grant('update', 'Observation'), resource, id, ifMatch }],
      newRequest(),
    )
  }
  // What a write is stamped with at least was read from the database's clock up to a moment before.
  const started = systemClock.now() - 10_000
  for (const [index, jump] of [-day, 366 * day, -day, -300 * day, 1].entries()) {
    clock.move(jump)
    const version = index + 1
    await expect(update(99, version + 1)).rejects.toMatchObject({ code: 'version-conflict' })
    const [written] = await update(version + 1, version)
    expect(written?.version).toBe(version + 1)
    // A clock that is behind the database's stamps by that one: whoever polls for what is new misses nothing.
    expect(written?.updated).toBeGreaterThanOrEqual(Math.max(clock.now(), started))
    await expect(update(99, version)).rejects.toMatchObject({ code: 'version-conflict' })
    for (let more = 0; more < 20; more++) ids.add((await create(records, observation(patient))).id)
    expect(await records.read(grant('read', 'Observation'), id, newRequest())).toMatchObject({ version: version + 1 })
    sequenced = await untilSequenced(ledger, sequenced)
  }
  expect(ids.size).toBe(2 + 5 * 20)
  const { versions: history } = await records.history(grant('history', 'Observation'), id, { count: 10 }, newRequest())
  expect(history.map(({ version }) => version)).toEqual([6, 5, 4, 3, 2, 1])
  expect(history.map(({ json }) => (parseStored(json)['valueQuantity'] as { value: number }).value)).toEqual([
    ...[6, 5, 4, 3, 2, 1],
  ])
  const chart = { patient, types: ['Observation'], count: 200 } as const
  const found = await records.chart([grant('search', 'Observation', person())], chart, newRequest())
  expect(found.records).toHaveLength(1 + 5 * 20)

  // As after a restart, when all that is known of the time is what was written.
  await ledger.stop()
  const verified = await verifyLedger({ db, keys: keys.ledger, witnesses: [witness] })
  expect(verified).toMatchObject({ faults: [], pending: 0 })
  expect(verified.witnesses).toHaveLength(1)
  expect((await verifyRecords({ db, keys, clock, tenant: 1 })).faults).toEqual([])
})

test('who looked is found in an access history, whatever the clock said then', async ({
  practice: { clock },
  db,
  keys,
}) => {
  const ledger = openLedger({ db, keys, clock, log, witnesses: [], origin: 'test.example/ledger' })
  const records = await openRecords({ db, keys, ledger, clock, log })
  const patient = await createPatient(records)
  const requests: string[] = []
  for (const jump of [0, -day, 366 * day, -day, 0, 0]) {
    clock.move(jump)
    const request = newRequest()
    requests.push(request)
    await records.read(grant('read', 'Patient'), patient, request)
  }
  const found: string[] = []
  let before: string | undefined
  do {
    const page = await ledger.accessesOf(1, patient, { count: 2, ...(before === undefined ? {} : { before }) })
    found.push(...page.accesses.map(({ request }) => request))
    before = page.next
  } while (before !== undefined)
  expect(found).toEqual(expect.arrayContaining(requests))
  expect(found).toHaveLength(requests.length + 1)
  await ledger.stop()
})

test('a session ends by time that passed: a clock set back gives it none, one set forward ends it', async ({
  practice,
}) => {
  const { identity, clock } = practice
  const nora = await practice.hire()
  const { secret, presence } = await practice.signIn(nora)

  clock.move(-day)
  expect(await identity.findSession(secret)).toMatchObject({ locked: false })
  await identity.touch(presence)
  // Twelve hours of the machine's own count later it has ended, though the wall clock says yesterday.
  clock.pass(12 * 3600 * 1000)
  expect(await identity.findSession(secret)).toBeUndefined()

  clock.move(2 * day)
  const again = await practice.signIn(nora)
  clock.move(365 * day)
  expect(await identity.findSession(again.secret)).toBeUndefined()
  clock.move(-365 * day)
  expect(await identity.findSession(again.secret)).toBeUndefined()
  await expect(identity.unlock(again.secret, nora.password, fromRoom3)).rejects.toMatchObject({ code: 'not-signed-in' })
})
