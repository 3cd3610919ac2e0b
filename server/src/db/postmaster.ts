import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

const orderlyMs = 30_000
const hastyMs = 5000

/**
 * The process that runs on this cluster, as far as its pid file tells the truth.
 * @param mark is in its command line: pid numbers are used again, and after a power cut the one in the file may be anyone's
 */
export function runningPid(cluster: string, mark: string): number | undefined {
  const file = join(cluster, 'postmaster.pid')
  if (!existsSync(file)) return undefined
  const pid = Number.parseInt(readFileSync(file, 'utf8'), 10)
  return Number.isInteger(pid) && pid > 1 && isAlive(pid) && hasMark(pid, mark) ? pid : undefined
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
  // A zombie answers to signals but serves nobody.
  return !existsSync(`/proc/${pid}/stat`) || !/^\d+ \(.*\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
}

function hasMark(pid: number, mark: string): boolean {
  const commandLine = `/proc/${pid}/cmdline`
  return !existsSync(commandLine) || readFileSync(commandLine, 'utf8').includes(mark)
}

/** PostgreSQL's fast shutdown: sessions end, a checkpoint is written. One that does not come to an end is killed. */
export async function endPostgres(pid: number): Promise<void> {
  for (const [signal, patienceMs] of [
    ['SIGINT', orderlyMs],
    ['SIGQUIT', hastyMs],
    ['SIGKILL', hastyMs],
  ] as const) {
    try {
      process.kill(pid, signal)
      // One that was stopped could not hear it.
      process.kill(pid, 'SIGCONT')
    } catch {
      return
    }
    for (let waited = 0; isAlive(pid) && waited < patienceMs; waited += 50) await pause(50)
    if (!isAlive(pid)) return
  }
}
