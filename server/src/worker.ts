// A worker: one of several processes that serve on the same port. Started by primary.ts, told everything by it, and over
// when the channel to it closes (node:cluster sees to that): a primary that was killed leaves none serving.
import { openLog, Secret, systemClock } from '#base'
import { type HandedTls, openHandedTls, openSpending, type Spent } from '#http'
import { openLine } from '#keeper'
import type { Sequencing, SequencedElsewhere } from '#ledger'
import type { Records } from '#records'
import { Closing } from './closing.ts'
import { serve, type Serving } from './server.ts'
import { joinSystem } from './system.ts'
import { parseWorkerStart } from './worker-start.ts'

let log = openLog('info')
let serving: Serving | undefined
let records: Records | undefined
let takeTls: (next: HandedTls) => void = () => undefined
let closing: Closing | undefined
let stopping: Promise<void> | undefined

const primary = openLine(
  process,
  {
    start,
    stop,
    missed: () => records?.missed(),
    expose: () => serving?.listening.expose(),
    // oxlint-disable-next-line no-unsafe-type-assertion -- told by another worker of ours
    spent: (spent) => spending.take(spent as Spent),
    // oxlint-disable-next-line no-unsafe-type-assertion -- handed over by our own primary
    tls: (next) => takeTls(next as HandedTls),
  },
  (error) => log.error({ err: error }, 'the primary asked in vain'),
)

const spending = openSpending((spent) => primary.tell('spent', spent))

// A terminal's Ctrl-C and a service manager's signal may come to the whole group: then both of us stop in order.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => void stop())

async function start(said: unknown): Promise<void> {
  const { worker, root, metricsToken, tls, connections, options } = parseWorkerStart(said)
  log = openLog(options.logLevel, undefined, worker)
  const means = { ...options, clock: systemClock, log }
  const source = { kind: 'opened', root: new Secret(root) } as const
  root.fill(0)
  const system = await joinSystem({ ...means, source }, sequencedByPrimary, connections)
  closing = new Closing(log)
  closing.add('system', () => system.close())
  records = await system.records()
  const handed = openHandedTls(tls)
  takeTls = handed.take
  serving = await serve(
    system,
    means,
    {
      tls: handed.certificates,
      metricsToken: new Secret(metricsToken),
      collectors: [],
      shared: {
        ...{ worker, spending, tickets: handed.tickets },
        exposeAll: async () => String(await primary.ask('exposeAll')),
      },
    },
    closing,
  )
  await primary.ask('listening', serving.url)
}

const sequencedByPrimary: SequencedElsewhere = {
  wrote: (batches) => primary.tell('wrote', batches),
  // oxlint-disable-next-line no-unsafe-type-assertion -- answered by our own primary
  sequencing: async () => (await primary.ask('sequencing')) as Sequencing,
}

function stop(): Promise<void> {
  stopping ??= finish().catch((error: unknown) => log.error({ err: error }, 'the worker did not stop in order'))
  return stopping
}

async function finish(): Promise<void> {
  await closing?.close()
  process.disconnect()
}
