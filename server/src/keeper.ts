// The process above a server: it runs it as a process of its own, starts it again when it ends or hangs, and knows nothing
// else. Started by bin/chartkeep.mjs; the composition root imports none of it.
import { join } from 'node:path'
import { openLog } from '#base'
import { keep } from '#workers'

const program = join(import.meta.dirname, '..', 'bin', 'server.mjs')

/**
 * Runs a server until it is told to stop.
 *
 * @param flags of Node, for the server
 * @param args of the command, `serve` first
 * @returns the exit code
 */
export function keepServer(flags: readonly string[], args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  return keep({ program: process.execPath, args: [...flags, program, ...args], env, log: openLog('info') })
}
