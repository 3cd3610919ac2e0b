import { type DestinationStream, pino, type Logger } from 'pino'
import { standardError } from './log-writer.ts'

export type Log = Logger

/**
 * The operational log: structured, to standard error, and never about anyone. Callers log codes, ids of requests, route
 * patterns and durations; an Error is logged by name and stack only when it is not a Refusal, and its message is left
 * out because drivers put row values into theirs. A warning or error that comes again and again is counted instead.
 * @param worker named in every line
 */
export function openLog(level: string, destination: DestinationStream = standardError(), worker?: number): Log {
  const repetitions = new Repetitions()
  return pino(
    {
      level,
      base: worker === undefined ? null : { worker },
      serializers: { err: describeError },
      hooks: {
        logMethod(args, method, severity) {
          const text = args.find((one) => typeof one === 'string') ?? ''
          if (severity < warning || repetitions.admits(text, (times) => method.apply(this, [{ times }, text])))
            method.apply(this, args)
        },
      },
    },
    destination,
  )
}

const warning = 40
const mostAtOnce = 10
const windowMs = 10_000

/** How often each text was said lately. Texts are fixed, so there are only so many. */
class Repetitions {
  readonly #counts = new Map<string, number>()

  /** Whether it is to be said: beyond the first few within ten seconds, `sum` says how many more there were. */
  admits(text: string, sum: (times: number) => void): boolean {
    const count = (this.#counts.get(text) ?? 0) + 1
    this.#counts.set(text, count)
    if (count === 1) {
      setTimeout(() => {
        const left = (this.#counts.get(text) ?? 0) - mostAtOnce
        this.#counts.delete(text)
        if (left > 0) sum(left)
      }, windowMs).unref()
    }
    return count <= mostAtOnce
  }
}

/** What may be said of an error: its kind, its code and where it arose; not its message. */
export function describeError(error: unknown): Record<string, string> {
  if (!(error instanceof Error)) return { kind: typeof error }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  const frames = (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at '))
  return { kind: error.name, code, at: frames.slice(0, 6).join(' ').replaceAll(/\s+/g, ' ') }
}
