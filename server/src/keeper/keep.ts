import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { type Line, openLine } from './line.ts'
import { type Patience, watch } from './watch.ts'

/** A line of the operational log: fixed text, and fields that name nobody. */
export interface KeeperLog {
  error(fields: Readonly<Record<string, unknown>>, text: string): void
}

export interface Keeping {
  /** The program to run, as `spawn` takes it. */
  readonly program: string
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
  readonly log: KeeperLog
  readonly patience?: Patience
}

const firstPauseMs = 250
const longestPauseMs = 30_000
/** What has served for this long and then ends is started again at once. */
const steadyMs = 60_000

/**
 * Runs a server, and starts it again when it ends without having been told to, or hangs: after a pause that doubles up
 * to half a minute while it does not serve for a minute. Signals are passed on. Resolves to the exit code once it ends
 * after a signal, or before it has ever served: then it says itself what is wrong.
 */
export async function keep(keeping: Keeping): Promise<number> {
  const { log } = keeping
  const stopping = new AbortController()
  let run: Run | undefined
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
    process.on(signal, () => {
      stopping.abort()
      run?.child.kill(signal)
    })
  let wait = firstPauseMs
  for (let hasServed = false; ;) {
    run = start(keeping)
    const { code, signal, servedMs } = await run.ended
    hasServed ||= servedMs > 0
    const exitCode = code ?? 128 + constants.signals[signal ?? 'SIGKILL']
    if (stopping.signal.aborted || !hasServed) return exitCode
    if (servedMs > steadyMs) wait = firstPauseMs
    log.error({ code, signal, again: wait }, 'the server ended; starting it again')
    await pause(wait, undefined, { signal: stopping.signal }).catch(() => undefined)
    if (stopping.signal.aborted) return exitCode
    wait = Math.min(wait * 2, longestPauseMs)
  }
}

interface Run {
  readonly child: ChildProcess
  readonly ended: Promise<{
    readonly code: number | null
    readonly signal: NodeJS.Signals | null
    /** 0 when it did not come to serve. */
    readonly servedMs: number
  }>
}

function start({ program, args, env, log, patience }: Keeping): Run {
  const child = spawn(program, args, { env, stdio: ['inherit', 'inherit', 'inherit', 'ipc'] })
  let serves = Number.POSITIVE_INFINITY
  let over = false
  const line: Line = openLine(
    child,
    {
      serving() {
        serves = performance.now()
        void watch(line, () => !over, patience).then((found) => {
          if (found === 'over') return
          log.error({}, 'the server does not answer and is ended')
          child.kill('SIGKILL')
        })
      },
    },
    () => log.error({}, 'the server asked in vain'),
  )
  async function untilEnded(): Promise<Awaited<Run['ended']>> {
    try {
      await once(child, 'exit')
    } finally {
      over = true
      line.close()
    }
    return { code: child.exitCode, signal: child.signalCode, servedMs: Math.max(0, performance.now() - serves) }
  }
  return { child, ended: untilEnded() }
}

/** The other side: a server that is kept. */
export interface Kept {
  /** From now on it is ended when it does not answer. */
  serving(): void
}

/** Talks with the keeper, and ends with it: at once, for nobody is left who could stop this process. */
export function openKept(): Kept {
  const line = openLine(process, {}, () => undefined)
  // The channel alone is no reason to go on.
  process.channel?.unref()
  process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'))
  return { serving: () => line.tell('serving') }
}
