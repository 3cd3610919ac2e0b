import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { openLog, systemClock } from '#base'
import { createKeyring, openKeyring } from '#keys'
import { openLedger } from '#ledger'
import { create, createPatient, grant, newRequest, observation } from '../../test/fixtures.ts'
import { test } from '../../test/postgres.ts'
import { openRecords } from './open.ts'
import { rotateKeys } from './rotate.ts'
import { verifyRecords } from './verify.ts'

test('keys are rotated while others read and write; the old epoch then opens nothing, and nothing is lost', async ({
  db,
}) => {
  const folder = mkdtempSync(join(tmpdir(), 'chartkeep-rotate-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const source = { kind: 'file', path: join(folder, 'root.key') } as const
  const serving = await createKeyring(folder, source)
  const before = readFileSync(join(folder, 'keyring.json'))
  const log = openLog('silent')
  const ledger = openLedger({
    db,
    keys: serving,
    clock: systemClock,
    log,
    witnesses: [],
    origin: 'test.example/ledger',
  })
  onTestFinished(() => ledger.stop())
  const records = await openRecords({ db, keys: serving, ledger, clock: systemClock, log })
  const first = await createPatient(records)
  const { id } = await create(records, observation(first))

  // Another process rotates; this one goes on writing new patients all the while.
  const operator = await openKeyring(folder, source)
  let running = true
  const made: string[] = []
  const writing = (async () => {
    while (running) made.push((await create(records, observation(await createPatient(records)))).id)
  })()
  await expect.poll(() => made.length).toBeGreaterThan(3)
  const { epoch } = await rotateKeys(db, operator, 1)
  const during = made.length
  await expect.poll(() => made.length).toBeGreaterThan(during + 3)
  running = false
  await writing

  const { rows } = await db.transact(1, (tx) =>
    tx.query<{ epoch: number }>({ text: 'select distinct epoch from records.patient_key' }),
  )
  expect(rows).toEqual([{ epoch }])
  const fresh = await openRecords({ db, keys: await openKeyring(folder, source), ledger, clock: systemClock, log })
  for (const one of [id, ...made]) await fresh.read(grant('read', 'Observation'), one as typeof id, newRequest())
  expect((await verifyRecords({ db, keys: operator, clock: systemClock, tenant: 1 })).faults).toEqual([])
  expect(readFileSync(join(folder, 'keyring.json')).equals(before)).toBe(false)
})

test('a keyring of another installation, or one from before a rotation, is told apart and changes nothing', async ({
  db,
  keys,
}) => {
  const folder = mkdtempSync(join(tmpdir(), 'chartkeep-foreign-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const log = openLog('silent')
  const open = async (keyring: typeof keys) => {
    const ledger = openLedger({
      db,
      keys: keyring,
      clock: systemClock,
      log,
      witnesses: [],
      origin: 'test.example/ledger',
    })
    onTestFinished(() => ledger.stop())
    return openRecords({ db, keys: keyring, ledger, clock: systemClock, log })
  }
  const records = await open(keys)
  await createPatient(records)
  const foreign = await createKeyring(folder, { kind: 'file', path: join(folder, 'root.key') })
  await expect(open(foreign)).rejects.toThrow('another database')
  await db.transact(1, (tx) => tx.query({ text: 'update records.keyring set epoch = epoch + 5' }))
  await expect(open(keys)).rejects.toThrow('older copy')
})
