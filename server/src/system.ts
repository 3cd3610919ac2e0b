// The stores under everything: keys, database, ledger, identity, records; in which order they are opened and closed.
import { mkdirSync } from 'node:fs'
import { unless } from '#base'
import {
  type Inspected,
  type ServerOptions,
  type System,
  type SystemOptions,
  WrongKeyring,
  writeInstallation,
} from '#cli'
import {
  claimDatabase,
  inspectDatabase,
  type DatabaseTarget,
  type Embedded,
  FolderInUse,
  lockFolder,
  migrate,
  openDatabase,
  socketFolderFor,
  socketTarget,
  startEmbedded,
  urlTarget,
} from '#db'
import { findAccount, openIdentity } from '#identity'
import { type Keyring, openKeyring } from '#keys'
import { openLedger, recallStates, requireWitnessed, type SequencedElsewhere } from '#ledger'
import { firstTenant, openRecords, type Records } from '#records'
import { Closing } from './closing.ts'

type Server = Pick<ServerOptions, 'workers' | 'signal'>

interface Store {
  readonly target: DatabaseTarget
  readonly embedded: Embedded | undefined
}

/** Starts the embedded database, or finds that PostgreSQL is elsewhere. */
async function openStore(
  { installation, databaseUrl, log }: SystemOptions,
  keys: Keyring,
  server?: Server,
): Promise<Store> {
  const target = targetOf({ installation, databaseUrl }, keys)
  if (databaseUrl !== undefined) return { target, embedded: undefined }
  const embedded = await startEmbedded(installation.layout.data, keys.password('owner'), log, {
    ...{ processes: server?.workers, signal: server?.signal },
    expected: installation.database !== undefined,
  })
  return { target, embedded }
}

export async function openRightKeyring({
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
  const keys = await openRightKeyring(options)
  const { target, embedded } = await openStore(options, keys)
  const db = openDatabase(target, options.log)
  return {
    ...{ keys, db },
    close: async () => {
      await db.close()
      await leave(embedded, options.installation.layout.data)
    },
  }
}

/**
 * The database as a start would find it, left as it is: the one that this installation had, of this version or an older
 * one, as its migrations made it, with all that the witnesses have seen and every recorded state of who is let in. Throws
 * what the start would.
 */
export async function inspectStore(options: SystemOptions): Promise<void> {
  const { installation, log, witnesses } = options
  const keys = await openRightKeyring(options)
  const { target, embedded } = await openStore(options, keys)
  try {
    if (!(await inspectDatabase(target, keys.id, installation.database))) return
    const db = openDatabase(target, log)
    try {
      await db.guard()
      await requireWitnessed(db, { origin: originOf(keys), publicKey: keys.ledger.signer.publicKey, witnesses })
      await recallStates(db, keys.ledger, () => undefined)
    } finally {
      await db.close()
    }
  } finally {
    await leave(embedded, installation.layout.data)
  }
}

/** A command leaves PostgreSQL running when it ran before, or when a server has begun to work with it since. */
async function leave(embedded: Embedded | undefined, data: string): Promise<void> {
  if (embedded?.ours !== true) return embedded?.release()
  try {
    const alone = lockFolder(data)
    await embedded.stop()
    alone.release()
  } catch (error) {
    if (!(error instanceof FolderInUse)) throw error
    embedded.release()
  }
}

/**
 * Nothing is started before the keyring has opened and is known to be the one of this data folder.
 * @param server when given, PostgreSQL ends with the system; else only when it was not running before
 */
export async function openSystem(options: SystemOptions, server?: Server): Promise<System> {
  const { installation, clock, log, witnesses, databaseUrl } = options
  const { data } = installation.layout
  const closing = new Closing(log)
  try {
    const keys = await openRightKeyring(options)
    if (server !== undefined && databaseUrl === undefined) {
      const lock = lockFolder(data)
      closing.add('lock', () => lock.release())
    }
    const { target, embedded } = await openStore(options, keys, server)
    closing.add('database', () => (server === undefined ? leave(embedded, data) : embedded?.stop()), databaseEndMs)
    await unless(server?.signal, prepareDatabase(options, target, keys))
    const db = openDatabase(target, log)
    closing.add('connections', () => db.close())
    await unless(server?.signal, db.guard())
    for (const folder of witnesses) mkdirSync(folder, { recursive: true, mode: 0o700 })
    const ledger = openLedger({ db, keys, clock, log, witnesses, origin: originOf(keys) })
    closing.add('sequencer', () => ledger.stop())
    await unless(server?.signal, ledger.start())
    const system = assemble(options, { keys, target, db, ledger }, { secondThread: true, closing })
    await unless(server?.signal, system.identity.recall())
    return system
  } catch (error) {
    await closing.close()
    throw error
  }
}

// PostgreSQL writes what it has in memory; then it is killed.
const databaseEndMs = 45_000

/** It is the one that this installation had, and has the tables of this version. */
async function prepareDatabase({ installation }: SystemOptions, target: DatabaseTarget, keys: Keyring): Promise<void> {
  const database = await claimDatabase(target, keys.id, installation.database)
  await migrate(target, (role) => keys.password(role))
  if (installation.database === undefined) writeInstallation({ ...installation, database })
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
  const closing = new Closing(log)
  closing.add('connections', () => db.close())
  closing.add('ledger', () => ledger.stop())
  try {
    await db.guard()
    const system = assemble(options, { keys, target, db, ledger }, { secondThread: false, closing })
    await system.identity.recall()
    return system
  } catch (error) {
    await closing.close()
    throw error
  }
}

function originOf(keys: Keyring): string {
  return `chartkeep/${keys.id}`
}

function assemble(
  { installation, clock, log }: Omit<SystemOptions, 'witnesses'>,
  parts: Pick<System, 'keys' | 'target' | 'db' | 'ledger'>,
  { secondThread, closing }: { secondThread: boolean; closing: Closing },
): System {
  const { keys, db, ledger } = parts
  const identity = openIdentity({ db, keys, ledger, clock, log, practice: installation.practice })
  // How somebody is called is the account's to say.
  const handOf = async (tenant: number, account: string) => findAccount(identity.parts, tenant, account)
  let records: Promise<Records> | undefined
  // What is still being opened fails as soon as its connections are closed.
  closing.add('records', async () => (await records?.catch(() => undefined))?.close(), recordsMs)
  return {
    ...parts,
    tenant: firstTenant,
    identity,
    records: () => (records ??= openRecords({ db, keys, ledger, clock, log, secondThread, handOf })),
    close: () => closing.close(),
  }
}

const recordsMs = 5000
