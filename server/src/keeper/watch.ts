import { setTimeout as pause } from 'node:timers/promises'
import type { Line } from './line.ts'

export interface Patience {
  /** Between an answer and the next question. */
  readonly askEachMs: number
  /** Without an answer for so long, it was silent. */
  readonly silenceMs: number
  /** Silent so often in a row, it hangs. */
  readonly mostSilences: number
  /** Later than this, our own timers say that the machine is busy or was asleep: then a silence says nothing. */
  readonly lateMs: number
}

const defaultPatience: Patience = { askEachMs: 2500, silenceMs: 7500, mostSilences: 2, lateMs: 500 }

/**
 * Asks the other process again and again whether it is alive. Resolves to 'hangs' when it gives no answer several times
 * in a row, and to 'over' when `watched` says that it is not to be watched any more.
 */
export async function watch(
  line: Pick<Line, 'ask'>,
  watched: () => boolean,
  { askEachMs, silenceMs, mostSilences, lateMs }: Patience = defaultPatience,
): Promise<'hangs' | 'over'> {
  for (let silences = 0; silences < mostSilences;) {
    await pause(askEachMs, undefined, { ref: false })
    if (!watched()) return 'over'
    const began = performance.now()
    const answered = await line.ask('alive', undefined, silenceMs).then(
      () => true,
      () => false,
    )
    if (answered) silences = 0
    else if (performance.now() - began < silenceMs + lateMs) silences++
  }
  return watched() ? 'hangs' : 'over'
}
