import { type DestinationStream, pino, type Logger } from 'pino'

export type Log = Logger

/**
 * The operational log: structured, to standard error, and never about anyone. Callers log codes, ids of requests, route
 * patterns and durations; an Error is logged by name and stack only when it is not a Refusal, and its message is left
 * out because drivers put row values into theirs.
 * @param worker named in every line
 */
export function openLog(level: string, destination: DestinationStream = standardError(), worker?: number): Log {
  return pino(
    { level, base: worker === undefined ? null : { worker }, serializers: { err: describeError } },
    destination,
  )
}

function standardError(): DestinationStream {
  // Workers write to one pipe: up to 4,096 bytes arrive in one piece (POSIX, PIPE_BUF).
  return pino.destination({ dest: 2, sync: false, maxWrite: 4096 })
}

/** What may be said of an error: its kind, its code and where it arose; not its message. */
export function describeError(error: unknown): Record<string, string> {
  if (!(error instanceof Error)) return { kind: typeof error }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  const frames = (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at '))
  return { kind: error.name, code, at: frames.slice(0, 6).join(' ').replaceAll(/\s+/g, ' ') }
}
