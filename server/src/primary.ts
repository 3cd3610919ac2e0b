// The primary of several processes: it holds the keyring, watches PostgreSQL, renews certificates, takes everyone's entries
// into the tree and keeps the workers, who serve. It opens no record and answers no request itself.
import { join } from 'node:path'
import { unless } from '#base'
import type { Server, ServerOptions, System, SystemOptions } from '#cli'
import { shareConnections } from '#db'
import { handTls, mergeExpositions, Meters, openMetricsToken, openTicketKeys } from '#http'
import { superviseWorkers, type Workers } from '#workers'
import type { Closing } from './closing.ts'
import { addresses, gauge, ledgerCollectors, openCertificates, recordStart, sweepOf } from './server.ts'
import type { WorkerStart } from './worker-start.ts'

const freshMs = 60_000
// Requests have 10 s to finish; then connections and the last answers are closed.
const stopPatienceMs = 20_000

/** What only the primary needs to know, or has read already. */
const withheld = ['DATABASE_URL', 'CHARTKEEP_PASSPHRASE'].flatMap((name) => [name, `${name}_FILE`])

export async function startPrimary(
  system: System,
  options: SystemOptions & ServerOptions,
  closing: Closing,
): Promise<Omit<Server, 'stop'>> {
  const { ledger, keys, target } = system
  const { log, workers: count, signal } = options
  const certificates = openCertificates(options)
  const tickets = openTicketKeys()
  const metricsToken = openMetricsToken(options.installation.layout.keys)
  const connections = await unless(signal, shareConnections(target, count))
  await recordStart(system, options, closing)
  sweepOf(system, options, closing)
  let url = ''
  const kept: { workers?: Workers } = {}

  const meters = new Meters(
    [
      ...ledgerCollectors(system),
      gauge('chartkeep_workers', 'Worker processes that serve.', () => kept.workers?.serving() ?? 0),
      gauge(
        'chartkeep_worker_restarts',
        'Workers that ended and were started again.',
        () => kept.workers?.restarts() ?? 0,
      ),
    ],
    'primary',
  )
  const exposeAll = async (): Promise<string> => {
    const theirs = (await kept.workers?.ask('expose')) ?? []
    const texts = theirs.filter((text) => typeof text === 'string')
    return mergeExpositions([(await meters.expose()).text, ...texts])
  }

  const workers = await superviseWorkers({
    ...{ count, withheld, log, signal },
    program: join(import.meta.dirname, 'worker.ts'),
    first: (worker): WorkerStart => ({
      ...{ worker, connections, options: plain(options) },
      root: keys.handOver().root.reveal(),
      metricsToken: metricsToken.reveal(),
      tls: handTls(certificates, tickets),
    }),
    hearing: (worker) => ({
      wrote: (batches) => batches instanceof Uint8Array && ledger.wroteElsewhere(batches),
      sequencing: () => ledger.sequencing(),
      exposeAll,
      listening: (at) => void (url ||= String(at)),
      spent: (spent) => kept.workers?.tell('spent', spent, worker),
    }),
    onLost: (worker) => kept.workers?.tell('missed', undefined, worker),
  })

  kept.workers = workers
  closing.add('workers', () => workers.stop(stopPatienceMs))

  const fresh = setInterval(() => {
    certificates
      .refresh()
      .catch((error: unknown) => log.error({ err: error }, 'certificate'))
      .finally(() => workers.tell('tls', handTls(certificates, tickets)))
  }, freshMs)
  fresh.unref()
  closing.add('certificates', () => clearInterval(fresh))
  return addresses(options.publicUrl ?? url, options)
}

function plain({ installation, databaseUrl, log, ...options }: SystemOptions & ServerOptions): WorkerStart['options'] {
  const { host, port, publicUrl, trustedProxies } = options
  return {
    ...{ installation, host, port, publicUrl, trustedProxies },
    databaseUrl: databaseUrl === undefined ? undefined : withoutOwner(databaseUrl),
    logLevel: log.level,
  }
}

/** Workers come as the app and the reader, whose passwords follow from the keyring. */
function withoutOwner(databaseUrl: string): string {
  const url = new URL(databaseUrl)
  url.username = ''
  url.password = ''
  return url.toString()
}
