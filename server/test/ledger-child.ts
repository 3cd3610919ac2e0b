// A process that records as fast as it can, says which requests were recorded, and waits to be killed.
import { join } from 'node:path'
import { openLog, systemClock } from '#base'
import { openDatabase, socketTarget } from '#db'
import { openKeyring } from '#keys'
import { openLedger } from '#ledger'
import { reading } from './ledger-facts.ts'

const [socketFolder = '', database = '', keysFolder = '', witness = ''] = process.argv.slice(2)
const keys = await openKeyring(keysFolder, { kind: 'file', path: join(keysFolder, 'root.key') })
const log = openLog('silent')
const db = openDatabase(
  socketTarget(socketFolder, database, (role) => keys.password(role)),
  log,
)
const ledger = openLedger({ db, keys, clock: systemClock, log, witnesses: [witness], origin: 'test.example/ledger' })
await ledger.start()

async function recordForEver(within: boolean): Promise<void> {
  for (;;) {
    const facts = reading()
    if (within) await db.transact(1, async (tx) => ledger.recordWithin(tx, [facts]))
    else await ledger.record(facts)
    process.stdout.write(`${facts.request}\n`)
  }
}

await Promise.all(Array.from({ length: 16 }, async (_, index) => recordForEver(index % 4 === 0)))
