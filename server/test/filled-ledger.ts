import { type Ledger, type Verification, verifyLedger } from '#ledger'
import { aPatient, aRecord, reading, test as base } from './ledger.ts'
import { entryIdsIn } from './entries.ts'

export { reading }

export interface Filled {
  /** Ids of the entries in the order of the tree: 3 rounds of 12, each with a checkpoint. */
  ids: string[]
  verify: () => Promise<Verification>
}

/** Entries of one round. */
export const roundSize = 12

/** Three rounds of entries, each with a checkpoint. */
export async function fill(openAnother: () => Ledger): Promise<void> {
  for (let i = 0; i < 3; i++) {
    const ledger = openAnother()
    const shared = [aPatient(), aPatient(), aPatient()]
    for (let n = 0; n < roundSize; n++) {
      const patients = n % 4 === 0 ? shared : [aPatient()]
      const records = n % 3 === 0 ? [aRecord(1), aRecord(2, `body ${i} ${n}`)] : [aRecord(1)]
      await ledger.record(reading({ patients, records, ...(n % 2 === 0 ? { details: { search: `text ${n}` } } : {}) }))
    }
    await ledger.start()
    await ledger.stop()
  }
}

export const test = base.extend<{ filled: Filled }>({
  filled: async ({ db, keys, witness, owner, openAnother }, use) => {
    await fill(openAnother)
    const ids = await entryIdsIn(owner)
    const verify = async () => verifyLedger({ db, keys: keys.ledger, witnesses: [witness] })
    await use({ ids, verify })
  },
})

/** What the first fault says, and where. */
export async function firstFault(verify: Filled['verify']) {
  return (await verify()).faults[0]
}
