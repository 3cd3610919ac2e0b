import { rmSync } from 'node:fs'
import { openLog, systemClock } from '#base'
import { type Ledger, openLedger } from '#ledger'
import { test as base } from './postgres.ts'
import { scratchFolder } from './scratch.ts'

export { aPatient, aRecord, nurse, reading } from './ledger-facts.ts'

export interface LedgerFixtures {
  /** A folder for checkpoints. */
  witness: string
  /** Opens a ledger on this test's database, as another process would; stopped at the end. */
  openAnother: (witnesses?: readonly string[]) => Ledger
  /** Not started: what is recorded stays out of the tree until `start`. */
  ledger: Ledger
}

export const test = base.extend<LedgerFixtures>({
  // oxlint-disable-next-line no-empty-pattern -- vitest reads the names of a fixture's needs from its pattern
  witness: async ({}, use) => {
    const folder = scratchFolder('witness')
    await use(folder)
    rmSync(folder, { recursive: true, force: true })
  },
  openAnother: async ({ db, keys, witness }, use) => {
    const open: Ledger[] = []
    const log = openLog('silent')
    await use((witnesses = [witness]) => {
      const ledger = openLedger({
        db,
        keys,
        clock: systemClock,
        log,
        witnesses,
        origin: 'test.example/ledger',
      })
      open.push(ledger)
      return ledger
    })
    await Promise.all(open.map(async (ledger) => ledger.stop()))
  },
  ledger: async ({ openAnother }, use) => use(openAnother()),
})
