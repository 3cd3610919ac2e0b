import { Worker } from 'node:worker_threads'
import type { Reading } from './item.ts'
import type { Bucket } from '#base'
import type { Conditional, Match } from './conditions.ts'
import type { Sourcing, StoreAnswers } from './read-sources.ts'

// Some 250 KB of JSON each: enough that the store never waits.
const readAhead = 4

/** What the thread asks; one at a time. */
export type ThreadAsks =
  | { readonly kind: 'matching'; readonly questions: readonly Conditional[] }
  | { readonly kind: 'standing'; readonly buckets: readonly Bucket[] }

/** What it is told. */
export type ThreadHears = 'more' | { readonly answer: readonly Match[] | Uint8Array }

/** `readSources` in a thread of its own: on two cores, a third faster. */
export async function* readApart(sourcing: Sourcing, store: StoreAnswers): AsyncGenerator<Reading> {
  const thread = new Worker(new URL('reading-thread.ts', import.meta.url), {
    workerData: sourcing,
    // What it makes is soon garbage: room for more would only be filled before it is cleared.
    resourceLimits: { maxYoungGenerationSizeMb: 12 },
  })
  const arrived: Reading[] = []
  let ended = false
  let failure: { readonly error: unknown } | undefined
  let wake = (): void => undefined
  const fail = (error: unknown): void => {
    failure = { error }
    wake()
  }
  const tell = (message: ThreadHears): void => thread.postMessage(message)
  const reply = (answering: Promise<readonly Match[] | Uint8Array>): void =>
    void answering.then((answer) => tell({ answer }), fail)
  thread.on('message', (message: Reading | ThreadAsks) => {
    if (message.kind === 'matching') reply(store.matching(message.questions))
    else if (message.kind === 'standing') reply(store.standing(message.buckets))
    else arrived.push(message)
    wake()
  })
  thread.once('error', fail)
  thread.once('exit', () => {
    ended = true
    wake()
  })
  try {
    for (let ahead = 0; ahead < readAhead; ahead++) tell('more')
    for (;;) {
      const reading = arrived.shift()
      if (reading !== undefined) {
        tell('more')
        yield reading
      } else if (failure !== undefined) throw failure.error
      else if (ended) return
      else await new Promise<void>((resolve) => (wake = resolve))
    }
  } finally {
    await thread.terminate()
  }
}
