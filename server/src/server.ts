// What serves: the interfaces on a listener, in one process.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { newId, type Secret, unless } from '#base'
import { type Server, type ServerOptions, type System, type SystemOptions, version } from '#cli'
import type { Database } from '#db'
import {
  type Certificates,
  type Collector,
  type Listening,
  openGivenCertificates,
  openMetricsToken,
  inspectOwnCertificates,
  openOwnCertificates,
  type Shared,
  startHttp,
} from '#http'
import { openSweep } from '#records'
import type { Closing } from './closing.ts'
import { allRoutes } from './routes.ts'

const webApp = join(import.meta.dirname, '..', '..', 'web', 'dist')

type Options = Pick<SystemOptions, 'installation' | 'clock' | 'log'> &
  Pick<ServerOptions, 'host' | 'port' | 'publicUrl' | 'trustedProxies'>

/** What a listener is made with, besides the system. */
interface Means {
  readonly tls: Certificates
  readonly metricsToken: Secret
  readonly collectors: readonly Collector[]
  readonly shared?: Shared
}

export interface Serving {
  readonly listening: Listening
  /** How others reach it. */
  readonly url: string
}

/** Listens with every interface, when all that it needs is there. Requests at work finish when it is closed. */
export async function serve(
  system: System,
  options: Options & Pick<ServerOptions, 'signal'>,
  means: Means,
  closing: Closing,
): Promise<Serving> {
  const { installation, clock, log, host, port, signal } = options
  const { db, ledger, identity, keys, tenant } = system
  const records = await unless(signal, system.records())
  closing.add('identity', () => identity.stop())
  await unless(signal, identity.start())
  let url = ''
  const address = (): string => options.publicUrl ?? url
  const office = {
    ...{ records, identity, ledger, clock, version, practice: installation.practice, started: clock.now() },
    database: () => describeDatabase(db, tenant),
    keys: () => ({ epoch: keys.epoch, source: keys.source }),
  }
  const listening = await startHttp({
    ...{ port, host, identity, ledger, log, clock, tenant, trustedProxies: options.trustedProxies },
    ...means,
    routes: allRoutes({ ...office, tenant, origin: address, publicOrigin: options.publicUrl }),
    ready: async () => {
      const database = await answers(db, tenant)
      return { database, ledger: ledger.recording(), patients: records.ready() }
    },
    collectors: [
      ...means.collectors,
      gauge('chartkeep_database_connections', 'Open connections to the database.', () => db.load().open),
      gauge('chartkeep_database_waiting', 'Requests that wait for a connection.', () => db.load().waiting),
      gauge('chartkeep_patients', 'Patients in the index in memory.', () => records.patientCount(tenant)),
    ],
    ...(existsSync(join(webApp, 'index.html')) ? { static: webApp } : {}),
  })
  closing.add('listener', () => listening.stop())
  url = listening.url
  return { listening, url: address() }
}

/** One process does everything. The listener comes last: whoever connects is answered. */
export async function serveAlone(
  system: System,
  options: SystemOptions & ServerOptions,
  closing: Closing,
): Promise<Omit<Server, 'stop'>> {
  const means = {
    tls: openCertificates(options),
    metricsToken: openMetricsToken(options.installation.layout.keys),
    collectors: ledgerCollectors(system),
  }
  await unless(options.signal, system.records())
  await recordStart(system, options, closing)
  sweepOf(system, options, closing)
  const serving = await serve(system, options, means, closing)
  return addresses(serving.url, options)
}

/** Removes what cut-off uploads have left, from now on. */
export function sweepOf({ db, tenant }: System, { log }: SystemOptions, closing: Closing): void {
  const sweep = openSweep({ db, tenant, log })
  sweep.start()
  closing.add('sweep', () => sweep.stop(), briefMs)
}

export function addresses(
  url: string,
  { tls, installation }: Pick<ServerOptions, 'tls'> & Pick<SystemOptions, 'installation'>,
): Omit<Server, 'stop'> {
  const ca = tls === undefined ? join(installation.layout.data, 'ca.pem') : undefined
  return { url, fhir: `${url}/fhir/R4`, ca }
}

export function openCertificates(options: SystemOptions & ServerOptions): Certificates {
  const { installation, clock, log, tls } = options
  const { data: dataFolder, keys: keysFolder } = installation.layout
  return tls === undefined
    ? openOwnCertificates({ keysFolder, dataFolder, names: namesOf(options), clock, log })
    : openGivenCertificates({ certFile: tls.cert, keyFile: tls.key, clock, log })
}

/** Throws what `openCertificates` would, and makes nothing. */
export function inspectCertificates(options: SystemOptions & Pick<ServerOptions, 'tls' | 'host' | 'names'>): void {
  const { installation, clock, log, tls } = options
  if (tls !== undefined) openGivenCertificates({ certFile: tls.cert, keyFile: tls.key, clock, log })
  else inspectOwnCertificates({ keysFolder: installation.layout.keys, names: namesOf(options), clock })
}

/** An address that was chosen to listen on is one that workstations call. */
function namesOf({ host, names }: Pick<ServerOptions, 'host' | 'names'>): readonly string[] {
  const anywhere = ['0.0.0.0', '::', 'localhost', '127.0.0.1', '::1']
  return anywhere.includes(host) || names.includes(host) ? names : [...names, host]
}

/** What a supervisor watches besides requests: is the ledger behind? */
export function ledgerCollectors({ ledger, tenant }: Pick<System, 'ledger' | 'tenant'>): Collector[] {
  return [
    gauge('chartkeep_ledger_checkpoint_entries', 'Entries that the newest signed checkpoint covers.', async () => {
      return (await ledger.status(tenant)).checkpoint?.size ?? 0
    }),
    gauge('chartkeep_ledger_checkpoint_seconds', 'When the newest checkpoint was signed, Unix time.', async () => {
      return ((await ledger.status(tenant)).checkpoint?.at ?? 0) / 1000
    }),
  ]
}

export function gauge(name: string, help: string, collect: Collector['collect']): Collector {
  return { name, help, collect }
}

// Without a database they would not come to an end.
const briefMs = 5000

/** An entry for the start; and one for the stop, also of a start that fails after this. */
export async function recordStart(
  system: System,
  options: SystemOptions & ServerOptions,
  closing: Closing,
): Promise<void> {
  await unless(options.signal, recordRun(system, 'start', options))
  closing.add('ledger', () => recordRun(system, 'stop', options), briefMs)
}

async function recordRun(
  { ledger, tenant }: Pick<System, 'ledger' | 'tenant'>,
  action: 'start' | 'stop',
  { clock, host, workers }: SystemOptions & ServerOptions,
): Promise<void> {
  const at = clock.now()
  await ledger.record({
    ...{ tenant, at, actor: { kind: 'system' }, workstation: host, action, types: [], patients: [], records: [] },
    ...{ outcome: 'done', request: newId<'request'>(at), details: { version, ...(workers > 1 ? { workers } : {}) } },
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
