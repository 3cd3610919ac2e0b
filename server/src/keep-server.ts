// The process above a server: it runs it as a process of its own, starts it again when it ends or hangs, and knows nothing
// else. Started by bin/chartkeep.mjs; the composition root imports none of it.
import { join } from 'node:path'
import { keep, type KeeperLog } from '#keeper'

const program = join(import.meta.dirname, '..', 'bin', 'server.mjs')

/**
 * Runs a server until it is told to stop.
 *
 * @param flags of Node, for the server
 * @param args of the command, `serve` first
 * @returns the exit code
 */
export function keepServer(flags: readonly string[], args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  // Whoever read the log has gone: lines are lost, the server is not.
  process.stderr.on('error', () => undefined)
  return keep({ program: process.execPath, args: [...flags, program, ...args], env, log })
}

/** Lines in the form of the server's log, without the library that writes that one, which would take 11 MB here. */
const log: KeeperLog = {
  error(fields, text) {
    const time = Math.round(performance.timeOrigin + performance.now())
    process.stderr.write(`${JSON.stringify({ level: 50, time, ...fields, msg: text })}\n`)
  },
}
