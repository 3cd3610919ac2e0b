import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { openLog, systemClock } from '#base'
import {
  type Database,
  type DatabaseTarget,
  type Embedded,
  migrate,
  openDatabase,
  socketTarget,
  startEmbedded,
} from '#db'
import { createKeyring, type Keyring } from '#keys'
import { type Ledger, openLedger } from '#ledger'
import { openRecords, type Records } from '#records'
import { scratchFolder } from './scratch.ts'

export interface Installation {
  readonly folder: string
  readonly data: string
  readonly keys: Keyring
  readonly embedded: Embedded
  readonly target: DatabaseTarget
  readonly db: Database
  readonly ledger: Ledger
  readonly records: Records
  readonly witness: string
  stop(): Promise<void>
}

/** A data folder, keyring, witness folder and PostgreSQL of the test's own: for tests about files and crashes. */
export async function startInstallation(): Promise<Installation> {
  const folder = scratchFolder('installation')
  const data = join(folder, 'data')
  const witness = mkdtempSync(join(folder, 'witness-'))
  const keys = await createKeyring(join(folder, 'keys'), { kind: 'file', path: join(folder, 'keys', 'root.key') })
  const log = openLog('silent')
  const embedded = await startEmbedded(data, keys.password('owner'), log)
  const target = socketTarget(embedded.socketFolder, 'chartkeep', (role) => keys.password(role))
  await migrate(target, (role) => keys.password(role))
  const db = openDatabase(target, log)
  const ledger = openLedger({ db, keys, clock: systemClock, log, witnesses: [witness], origin: 'test.example/ledger' })
  await ledger.start()
  const records = await openRecords({ db, keys, ledger, clock: systemClock, log })
  let stopped = false
  const stop = async (): Promise<void> => {
    if (stopped) return
    stopped = true
    await ledger.stop()
    await db.close()
    await embedded.stop()
  }
  onTestFinished(async () => {
    await stop()
    rmSync(embedded.socketFolder, { recursive: true, force: true })
    rmSync(folder, { recursive: true, force: true })
  })
  return { folder, data, keys, embedded, target, db, ledger, records, witness, stop }
}
