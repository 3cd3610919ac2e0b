import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type pg from 'pg'
import { expect, inject, onTestFinished } from 'vitest'
import { verifyLedger } from '#ledger'
import { entriesIn } from '../../test/entries.ts'
import { reading, test } from '../../test/ledger.ts'
import { findHeader } from './header.ts'

const script = join(import.meta.dirname, '../../test/ledger-child.ts')

async function requestsIn(owner: pg.Client): Promise<Set<string | undefined>> {
  return new Set((await entriesIn(owner)).map(({ header }) => findHeader(header)?.request))
}

/** Lets a process record for a while and at least fifty entries, kills it, and gives the requests it had been told were recorded. */
async function recordUntilKilled(database: string, witness: string, ms: number): Promise<string[]> {
  const { socketFolder, keysFolder } = inject('cluster')
  const child: ChildProcess = spawn(process.execPath, [script, socketFolder, database, keysFolder, witness], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let out = ''
  const exited = once(child, 'exit')
  child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()))
  await Promise.race([once(child.stdout ?? child, 'data'), exited])
  expect(child.exitCode).toBeNull() // it is recording
  await new Promise((resolve) => setTimeout(resolve, ms))
  await expect.poll(() => out.split('\n').length).toBeGreaterThan(50)
  child.kill('SIGKILL')
  await exited
  return out.split('\n').slice(0, -1) // a line cut short was not heard
}

test('kill -9 under load, three times: nothing acknowledged is lost, and the tree goes on where it was', async ({
  db,
  keys,
  owner,
  target,
  witness,
  openAnother,
}) => {
  const database = String(target.connection('app').database)
  const acknowledged: string[] = []
  for (const ms of [300, 1200, 2100]) acknowledged.push(...(await recordUntilKilled(database, witness, ms)))
  expect(acknowledged.length).toBeGreaterThan(100)

  const before = await verifyLedger({ db, keys: keys.ledger, witnesses: [witness] })
  expect(before.faults).toEqual([])

  const ledger = openAnother()
  await ledger.record(reading())
  await ledger.start()
  await ledger.stop()
  const after = await verifyLedger({ db, keys: keys.ledger, witnesses: [witness] })
  expect(after).toMatchObject({ faults: [], pending: 0 })
  expect(after.entries).toBe(before.entries + before.pending + 1)

  const recorded = await requestsIn(owner)
  expect(acknowledged.filter((request) => !recorded.has(request))).toEqual([])
  expect(recorded.size).toBe(after.entries)
})

test('of two processes one sequences; when it dies the other takes over, and no leaf is doubled', async ({
  db,
  keys,
  target,
  witness,
  openAnother,
}) => {
  const database = String(target.connection('app').database)
  const dying = recordUntilKilled(database, witness, 2500)
  const ledger = openAnother()
  await new Promise((resolve) => setTimeout(resolve, 1000))
  await ledger.start()
  for (let i = 0; i < 50; i++) await ledger.record(reading())
  await dying
  await expect.poll(async () => (await ledger.status(1)).sequencer.leading).toBe(true)
  await ledger.record(reading())
  await ledger.stop()
  expect(await verifyLedger({ db, keys: keys.ledger, witnesses: [witness] })).toMatchObject({ faults: [], pending: 0 })
})

test('a connection that is cut while many record: each is told the truth', async ({
  db,
  keys,
  owner,
  witness,
  openAnother,
}) => {
  const ledger = openAnother()
  await ledger.start()
  const [kept, refused]: [string[], unknown[]] = [[], []]
  let over = false
  const record = async (): Promise<void> => {
    while (!over) {
      const facts = reading()
      await ledger.record(facts).then(
        () => kept.push(facts.request),
        (error: unknown) => refused.push(error),
      )
    }
  }
  const cut = async (): Promise<void> => {
    // Most cuts come between two transactions, for these are short.
    for (let cuts = 0; cuts < 6 || (refused.length < 3 && cuts < 200); cuts++) {
      await new Promise((resolve) => setTimeout(resolve, 100))
      await owner.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where usename = 'chartkeep_app' and datname = current_database()`,
      )
    }
    over = true
  }
  await Promise.all([...Array.from({ length: 8 }, record), cut()])
  // What the last cut has yet to reach is used once more in vain.
  const works = async (): Promise<boolean> =>
    ledger.record(reading()).then(
      () => true,
      () => false,
    )
  await expect.poll(works).toBe(true)
  await ledger.stop()
  expect(refused.length).toBeGreaterThan(0)
  for (const error of refused) expect(error).toMatchObject({ code: 'ledger-unavailable' })
  const recorded = await requestsIn(owner)
  expect(kept.filter((request) => !recorded.has(request))).toEqual([])
  expect(await verifyLedger({ db, keys: keys.ledger, witnesses: [witness] })).toMatchObject({ faults: [] })
})
