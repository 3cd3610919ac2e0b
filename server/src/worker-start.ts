import type { ServerOptions, SystemOptions } from '#cli'
import type { HandedTls } from '#http'

/** What a worker is told first. Secrets come this way alone: not by arguments, environment or files. */
export interface WorkerStart {
  readonly worker: number
  readonly root: Uint8Array
  readonly metricsToken: Uint8Array
  readonly tls: HandedTls
  /** To the database, most for its requests. */
  readonly connections: number
  readonly options: Pick<SystemOptions, 'installation' | 'databaseUrl'> &
    Pick<ServerOptions, 'host' | 'port' | 'publicUrl' | 'trustedProxies'> & { readonly logLevel: string }
}

/** The message is the primary's own, over a pipe that nobody else has: its form is not in question. */
export function parseWorkerStart(said: unknown): WorkerStart {
  if (typeof said !== 'object' || said === null || !('root' in said)) throw new Error('the primary tells how to start')
  // oxlint-disable-next-line no-unsafe-type-assertion -- made by primary.ts of the same version
  return said as WorkerStart
}
