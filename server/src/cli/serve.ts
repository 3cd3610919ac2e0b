import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { Interrupted } from '#base'
import { requireOwnMachine } from './installation.ts'
import { type Command, type Given, UsageFault } from './command.ts'
import { systemOptions, witnessOption } from './options.ts'
import type { ServerOptions } from './system.ts'

// Each has its own connections to the database.
const mostWorkers = 64

/** Runs until it is told to stop: SIGTERM or SIGINT; a second one does not wait. */
export const serve: Command = {
  name: 'serve',
  summary: 'Run the server.',
  options: {
    port: { type: 'string', value: 'N', about: 'Port for HTTPS. Default: 8443.' },
    host: { type: 'string', value: 'ADDRESS', about: 'Address to listen on. Default: 127.0.0.1, this machine alone.' },
    name: {
      type: 'string',
      multiple: true,
      value: 'NAME',
      about: 'A name or address by which workstations reach this server.',
    },
    url: {
      type: 'string',
      value: 'URL',
      about: 'How others reach this server, when not as it listens: https://ehr.example',
    },
    'tls-cert': { type: 'string', value: 'FILE', about: 'A certificate of your own (PEM, with intermediates).' },
    'tls-key': { type: 'string', value: 'FILE', about: 'The private key of that certificate (PEM).' },
    workers: {
      type: 'string',
      value: 'N',
      about: 'Processes that serve, or auto: one for each core. Default: 1.',
    },
    proxy: { type: 'string', multiple: true, value: 'ADDRESS', about: 'A proxy whose X-Forwarded-For is believed.' },
    ...witnessOption,
  },
  async run(given, means) {
    const { composition, terminal } = means
    const signal = toldToStop()
    const options = { ...(await systemOptions(given, means, 'info')), ...serverOptions(given), signal }
    // Said before the folder is looked into: a running demonstration holds it.
    requireOwnMachine(options.installation, options.host)
    try {
      const server = await composition.startServer(await composition.openSystem(options, options), options)
      terminal.note(`Chartkeep is at ${server.url}`)
      if (server.ca !== undefined) terminal.note(`Workstations trust it by the certificate in ${server.ca}`)
      await untilToldToStop(signal)
      terminal.note('Stopping: requests at work finish, the ledger is signed.')
      await server.stop()
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error
      terminal.note('Stopped before it served.')
    } finally {
      endSoon()
    }
    return 0
  },
}

const lastMs = 3000

/** What does not come to an end by itself when everything was closed, such as a connection to nowhere, is left behind. */
function endSoon(): void {
  setTimeout(() => process.exit(), lastMs).unref()
}

export function serverOptions(given: Given): ServerOptions {
  return {
    port: portIn(given.text('port') ?? '8443'),
    host: given.text('host') ?? '127.0.0.1',
    tls: tlsFiles(given),
    names: given.texts('name'),
    publicUrl: originIn(given.text('url')),
    trustedProxies: given.texts('proxy'),
    workers: workersIn(given.text('workers') ?? '1'),
  }
}

export function portIn(text: string): number {
  const port = Number(text)
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new UsageFault('--port is a number from 0 to 65535.')
  return port
}

/** Throws UsageFault. */
export function workersIn(text: string): number {
  if (text === 'auto') return Math.min(availableParallelism(), mostWorkers)
  const workers = Number(text)
  if (!/^\d{1,2}$/.test(text) || workers < 1 || workers > mostWorkers)
    throw new UsageFault(`--workers is a number from 1 to ${mostWorkers}, or auto.`)
  return workers
}

function tlsFiles(given: Given): ServerOptions['tls'] {
  const cert = given.text('tls-cert')
  const key = given.text('tls-key')
  if (cert === undefined && key === undefined) return undefined
  if (cert === undefined || key === undefined) throw new UsageFault('--tls-cert and --tls-key go together.')
  return { cert, key }
}

function originIn(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol !== 'https:' || url.pathname !== '/' || url.search !== '')
    throw new UsageFault('--url is of the form https://ehr.example')
  return url.origin
}

/** A signal to a whole group of processes comes twice: by itself, and passed on by whoever started us. */
const echoMs = 1_000

/**
 * Aborted by the first SIGTERM, SIGINT or SIGHUP; listened for from the start, so that one while starting counts. Another
 * SIGINT, a second or more later, is someone who does not want to wait.
 */
export function toldToStop(): AbortSignal {
  const told = new AbortController()
  let first: number | undefined
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) {
    process.on(signal, () => {
      first ??= performance.now()
      if (signal === 'SIGINT' && performance.now() - first > echoMs) process.exit(130)
      told.abort()
    })
  }
  return told.signal
}

export async function untilToldToStop(told: AbortSignal): Promise<void> {
  if (!told.aborted) await once(told, 'abort')
}
