import { verifyIdentity } from '#identity'
import { verifyLedger } from '#ledger'
import { firstTenant, verifyRecords } from '#records'
import type { Command } from './command.ts'
import { systemOptions, witnessOption } from './options.ts'

export const ledgerVerify: Command = {
  name: 'ledger verify',
  summary: 'Recompute the whole history, and compare every record, account, session and client with it.',
  options: witnessOption,
  notes: 'Works beside a running server, and without one. It changes nothing. The exit code is 0 when all is whole.',
  async run(given, means) {
    const { terminal, composition } = means
    const options = await systemOptions(given, means)
    const { keys, db, close } = await composition.openForVerification(options)
    try {
      const differences = await db.differences()
      for (const difference of differences) terminal.say(`database: ${difference}`)
      const ledger = await verifyLedger({ db, keys: keys.ledger, witnesses: options.witnesses })
      for (const fault of ledger.faults) terminal.say(`ledger: ${describe(fault)}`)
      const { versions, faults } = await verifyRecords({ db, keys, clock: options.clock, tenant: firstTenant })
      for (const { record, what } of faults) terminal.say(`record: ${record}: ${what}`)
      const identity = await verifyIdentity({ db, keys, clock: options.clock, tenant: firstTenant })
      for (const { kind, id, what } of identity.faults) terminal.say(`identity: ${kind} ${id}: ${what}`)
      const { checkpoint } = ledger
      terminal.say(
        `${ledger.entries} entries in the tree, ${ledger.pending} waiting, ${versions} versions of records` +
          (checkpoint === undefined ? '' : `; newest checkpoint ${checkpoint.size} ${checkpoint.root}`),
      )
      const count = differences.length + ledger.faultCount + faults.length + identity.faults.length
      const whole = count === 0
      terminal.say(
        whole
          ? 'The ledger is whole, and every record is as it was written.'
          : `${count} faults. The first is the one to look at.`,
      )
      return whole ? 0 : 1
    } finally {
      await close()
    }
  },
}

function describe({
  entry,
  leaf,
  what,
}: {
  readonly entry?: string | undefined
  readonly leaf?: number | undefined
  readonly what: string
}): string {
  return [leaf === undefined ? '' : `leaf ${leaf}`, entry === undefined ? '' : `entry ${entry}`, what]
    .filter(Boolean)
    .join(': ')
}
