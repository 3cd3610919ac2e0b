// The composition root: which parts there are and in which order they start and stop. It decides nothing else.
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { newId } from '#base'
import {
  type Composition,
  type Inspected,
  requireOwnMachine,
  run as runCommand,
  type Server,
  type ServerOptions,
  type System,
  type SystemOptions,
  version,
  WrongKeyring,
} from '#cli'
import {
  claimDatabase,
  type Database,
  type DatabaseTarget,
  type Embedded,
  migrate,
  openDatabase,
  socketTarget,
  startEmbedded,
  urlTarget,
} from '#db'
import { type Collector, openGivenCertificates, openMetricsToken, openOwnCertificates, startHttp } from '#http'
import { openIdentity } from '#identity'
import { type Keyring, openKeyring } from '#keys'
import { openLedger } from '#ledger'
import { firstTenant, openRecords, type Records } from '#records'
import { allRoutes } from './routes.ts'

const webApp = join(import.meta.dirname, '..', '..', 'web', 'dist')

/** The command line, with everything that it works with. @returns the exit code */
export function run(argv: readonly string[]): Promise<number> {
  return runCommand(argv, composition)
}

const composition: Composition = { openSystem, openForVerification, startServer }

interface Store {
  readonly keys: Keyring
  readonly target: DatabaseTarget
  readonly embedded: Embedded | undefined
}

/** Nothing is started before the keyring has opened and is known to be the one of this data folder. */
async function openStore({ installation, source, databaseUrl, log }: SystemOptions): Promise<Store> {
  const { layout } = installation
  const keys = await openKeyring(layout.keys, source)
  if (keys.id !== installation.keyring) throw new WrongKeyring(layout)
  const password = (role: string) => keys.password(role)
  if (databaseUrl !== undefined) return { keys, target: urlTarget(databaseUrl, password), embedded: undefined }
  const embedded = await startEmbedded(layout.data, keys.password('owner'), log)
  return { keys, target: socketTarget(embedded.socketFolder, 'chartkeep', password), embedded }
}

async function openForVerification(options: SystemOptions): Promise<Inspected> {
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

/** @param by a server ends PostgreSQL with itself, a command only when it was not running before */
export async function openSystem(options: SystemOptions, by: 'command' | 'server' = 'command'): Promise<System> {
  const { installation, clock, log, witnesses } = options
  const { keys, target, embedded } = await openStore(options)
  const db = openDatabase(target, log)
  try {
    await claimDatabase(target, keys.id)
    await migrate(target, (role) => keys.password(role))
    for (const folder of witnesses) mkdirSync(folder, { recursive: true, mode: 0o700 })
    const ledger = openLedger({ db, keys, clock, log, witnesses, origin: `chartkeep/${keys.id}` })
    await ledger.start()
    const identity = openIdentity({ db, keys, ledger, clock, log, practice: installation.practice })
    let records: Promise<Records> | undefined
    return {
      ...{ tenant: firstTenant, keys, db, ledger, identity },
      records: () => (records ??= openRecords({ db, keys, ledger, clock, log })),
      async close() {
        await (await records)?.close()
        await ledger.stop()
        await closeStore(db, embedded, by)
      },
    }
  } catch (error) {
    await closeStore(db, embedded, by)
    throw error
  }
}

/** Serves the system until it is stopped, which closes the system too; so does a start that fails. */
export async function startServer(system: System, options: SystemOptions & ServerOptions): Promise<Server> {
  const { installation, clock, log, host, port } = options
  const { data, keys: keysFolder } = installation.layout
  const { db, ledger, identity, keys, tenant } = system
  try {
    requireOwnMachine(installation, host)
    const records = await system.records()
    await identity.start()
    const tls =
      options.tls === undefined
        ? openOwnCertificates({ keysFolder, dataFolder: data, names: namesOf(options), clock, log })
        : openGivenCertificates({ certFile: options.tls.cert, keyFile: options.tls.key, clock, log })
    let url = ''
    const address = (): string => options.publicUrl ?? url
    const office = {
      ...{ records, identity, ledger, clock, version, practice: installation.practice, started: clock.now() },
      database: () => describeDatabase(db, tenant),
      keys: () => ({ epoch: keys.epoch, source: keys.source }),
    }
    const listening = await startHttp({
      ...{ port, host, tls, identity, ledger, log, clock, tenant, trustedProxies: options.trustedProxies },
      routes: allRoutes({ ...office, tenant, origin: address, publicOrigin: options.publicUrl }),
      ready: async () => {
        const database = await answers(db, tenant)
        return { database, ledger: ledger.recording(), patients: records.ready() }
      },
      metricsToken: openMetricsToken(keysFolder),
      collectors: collectorsOf(system, records),
      ...(existsSync(join(webApp, 'index.html')) ? { static: webApp } : {}),
    })
    url = listening.url
    await record(system, 'start', options)
    return {
      ...{ url: address(), fhir: `${address()}/fhir/R4` },
      ca: options.tls === undefined ? join(data, 'ca.pem') : undefined,
      async stop() {
        await listening.stop()
        await identity.stop()
        await record(system, 'stop', options).catch((error: unknown) =>
          log.error({ err: error }, 'the stop could not be recorded'),
        )
        await system.close()
      },
    }
  } catch (error) {
    await identity.stop()
    await system.close()
    throw error
  }
}

/** An address that was chosen to listen on is one that workstations call. */
function namesOf({ host, names }: ServerOptions): readonly string[] {
  const anywhere = ['0.0.0.0', '::', 'localhost', '127.0.0.1', '::1']
  return anywhere.includes(host) || names.includes(host) ? names : [...names, host]
}

/** What a supervisor watches besides requests: is the ledger behind, is the database short of connections? */
function collectorsOf({ db, ledger, tenant }: System, records: Records): Collector[] {
  const gauge = (name: string, help: string, collect: Collector['collect']): Collector => ({ name, help, collect })
  return [
    gauge('chartkeep_ledger_checkpoint_entries', 'Entries that the newest signed checkpoint covers.', async () => {
      return (await ledger.status(tenant)).checkpoint?.size ?? 0
    }),
    gauge('chartkeep_ledger_checkpoint_seconds', 'When the newest checkpoint was signed, Unix time.', async () => {
      return ((await ledger.status(tenant)).checkpoint?.at ?? 0) / 1000
    }),
    gauge('chartkeep_database_connections', 'Open connections to the database.', () => db.load().open),
    gauge('chartkeep_database_waiting', 'Requests that wait for a connection.', () => db.load().waiting),
    gauge('chartkeep_patients', 'Patients in the index in memory.', () => records.patientCount(tenant)),
  ]
}

async function record(
  { ledger, tenant }: System,
  action: 'start' | 'stop',
  { clock, host }: SystemOptions & ServerOptions,
): Promise<void> {
  const at = clock.now()
  await ledger.record({
    ...{ tenant, at, actor: { kind: 'system' }, workstation: host, action, types: [], patients: [], records: [] },
    ...{ outcome: 'done', request: newId<'request'>(at), details: { version } },
  })
}

async function answers(db: Database, tenant: number): Promise<boolean> {
  try {
    await db.transact(tenant, (tx) => tx.query({ text: 'select 1' }))
    return true
  } catch {
    return false
  }
}

async function describeDatabase(db: Database, tenant: number) {
  const { rows } = await db.transact(tenant, (tx) =>
    tx.query<{ version: string; bytes: string }>({
      text: "select current_setting('server_version') as version, pg_database_size(current_database()) as bytes",
    }),
  )
  return { kind: db.kind, version: rows[0]?.version ?? '', bytes: Number(rows[0]?.bytes ?? 0) }
}
