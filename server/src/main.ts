// The composition root: what the command line works with. Which parts there are stands in system.ts (stores), server.ts
// (what serves), primary.ts and worker.ts (the same by several processes).
import { flushCompileCache } from 'node:module'
import { requireOwnMachine, run as runCommand, type Server, type ServerOptions } from '#cli'
import type { System, SystemOptions } from '#cli'
import { openKept } from '#keeper'
import { checkStart } from './check-start.ts'
import { Closing } from './closing.ts'
import { startPrimary } from './primary.ts'
import { serveAlone } from './server.ts'
import { openForVerification, openSystem } from './system.ts'

/**
 * The command line, with everything that it works with.
 *
 * @param isKept whether a keeper (keep-server.ts) has started this process, which is told when it serves
 * @returns the exit code
 */
export function run(argv: readonly string[], isKept = false): Promise<number> {
  const kept = isKept ? openKept() : undefined
  return runCommand(argv, {
    ...{ openSystem, openForVerification, checkStart },
    async startServer(system, options) {
      const server = await startServer(system, options)
      kept?.serving()
      // For its threads, and for the next start when this one is killed.
      flushCompileCache()
      return server
    },
  })
}

export { openSystem }

/** Serves the system until it is stopped, which closes the system too; so does a start that fails. */
export async function startServer(system: System, options: SystemOptions & ServerOptions): Promise<Server> {
  const closing = new Closing(options.log)
  closing.add('system', () => system.close())
  try {
    requireOwnMachine(options.installation, options.host)
    const start = options.workers > 1 ? startPrimary : serveAlone
    return { ...(await start(system, options, closing)), stop: () => closing.close() }
  } catch (error) {
    await closing.close()
    throw error
  }
}
