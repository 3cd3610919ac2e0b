// The stores under everything: keys, database, ledger, identity, records; in which order they are opened and closed.
import { mkdirSync } from 'node:fs'
import { type Inspected, type ServerOptions, type System, type SystemOptions, WrongKeyring } from '#cli'
import {
  claimDatabase,
  type Database,
  type DatabaseTarget,
  type Embedded,
  migrate,
  openDatabase,
  socketFolderFor,
  socketTarget,
  startEmbedded,
  urlTarget,
} from '#db'
import { openIdentity } from '#identity'
import { type Keyring, openKeyring } from '#keys'
import { openLedger, type SequencedElsewhere } from '#ledger'
import { firstTenant, openRecords, type Records } from '#records'

interface Store {
  readonly keys: Keyring
  readonly target: DatabaseTarget
  readonly embedded: Embedded | undefined
}

/** Nothing is started before the keyring has opened and is known to be the one of this data folder. */
async function openStore({ installation, source, databaseUrl, log }: SystemOptions, processes = 1): Promise<Store> {
  const { layout } = installation
  const keys = await openRightKeyring({ installation, source })
  if (databaseUrl !== undefined)
    return { keys, target: targetOf({ installation, databaseUrl }, keys), embedded: undefined }
  const embedded = await startEmbedded(layout.data, keys.password('owner'), log, processes)
  return { keys, target: targetOf({ installation, databaseUrl }, keys), embedded }
}

async function openRightKeyring({
  installation,
  source,
}: Pick<SystemOptions, 'installation' | 'source'>): Promise<Keyring> {
  const keys = await openKeyring(installation.layout.keys, source)
  if (keys.id !== installation.keyring) throw new WrongKeyring(installation.layout)
  return keys
}

function targetOf(
  { installation, databaseUrl }: Pick<SystemOptions, 'installation' | 'databaseUrl'>,
  keys: Keyring,
): DatabaseTarget {
  const password = (role: string) => keys.password(role)
  if (databaseUrl !== undefined) return urlTarget(databaseUrl, password)
  return socketTarget(socketFolderFor(installation.layout.data), 'chartkeep', password)
}

export async function openForVerification(options: SystemOptions): Promise<Inspected> {
  const { keys, target, embedded } = await openStore(options)
  const db = openDatabase(target, options.log)
  return { keys, db, close: () => closeStore(db, embedded) }
}

/** A command leaves PostgreSQL running when it ran before: then a server works with it. A server ends it. */
async function closeStore(
  db: Database,
  embedded: Embedded | undefined,
  by: 'command' | 'server' = 'command',
): Promise<void> {
  await db.close()
  if (by === 'server' || embedded?.ours === true) await embedded?.stop()
  else embedded?.release()
}

/** @param server when given, PostgreSQL ends with the system; else only when it was not running before */
export async function openSystem(options: SystemOptions, server?: Pick<ServerOptions, 'workers'>): Promise<System> {
  const { clock, log, witnesses } = options
  const { keys, target, embedded } = await openStore(options, server?.workers)
  const db = openDatabase(target, log)
  const close = (): Promise<void> => closeStore(db, embedded, server === undefined ? 'command' : 'server')
  try {
    await claimDatabase(target, keys.id)
    await migrate(target, (role) => keys.password(role))
    for (const folder of witnesses) mkdirSync(folder, { recursive: true, mode: 0o700 })
    const ledger = openLedger({ db, keys, clock, log, witnesses, origin: originOf(keys) })
    await ledger.start()
    return assemble(options, { keys, target, db, ledger }, close, true)
  } catch (error) {
    await close()
    throw error
  }
}

/** The same for a worker, whose primary has started and migrated the database and takes entries into the tree. */
export async function joinSystem(
  options: Omit<SystemOptions, 'witnesses'>,
  elsewhere: SequencedElsewhere,
  connections: number,
): Promise<System> {
  const { clock, log } = options
  const keys = await openRightKeyring(options)
  const target = targetOf(options, keys)
  const db = openDatabase(target, log, connections)
  const ledger = openLedger({ db, keys, clock, log, witnesses: [], origin: originOf(keys), elsewhere })
  return assemble(options, { keys, target, db, ledger }, () => db.close(), false)
}

function originOf(keys: Keyring): string {
  return `chartkeep/${keys.id}`
}

function assemble(
  { installation, clock, log }: Omit<SystemOptions, 'witnesses'>,
  parts: Pick<System, 'keys' | 'target' | 'db' | 'ledger'>,
  closeParts: () => Promise<void>,
  secondThread: boolean,
): System {
  const { keys, db, ledger } = parts
  let records: Promise<Records> | undefined
  return {
    ...parts,
    tenant: firstTenant,
    identity: openIdentity({ db, keys, ledger, clock, log, practice: installation.practice }),
    records: () => (records ??= openRecords({ db, keys, ledger, clock, log, secondThread })),
    async close() {
      await (await records?.catch(() => undefined))?.close()
      await ledger.stop()
      await closeParts()
    },
  }
}
