import { Worker } from 'node:worker_threads'
import type { Reading } from './item.ts'
import type { Conditional } from './conditions.ts'
import type { Ask, Sourcing } from './read-sources.ts'

// Some 250 KB of JSON each: enough that the store never waits.
const readAhead = 4

interface Questions {
  readonly kind: 'questions'
  readonly questions: readonly Conditional[]
}

/** `readSources` in a thread of its own: on two cores, a third faster. */
export async function* readApart(sourcing: Sourcing, ask: Ask): AsyncGenerator<Reading> {
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
  thread.on('message', (message: Reading | Questions) => {
    if (message.kind === 'questions') ask(message.questions).then((matches) => thread.postMessage({ matches }), fail)
    else arrived.push(message)
    wake()
  })
  thread.once('error', fail)
  thread.once('exit', () => {
    ended = true
    wake()
  })
  try {
    for (let ahead = 0; ahead < readAhead; ahead++) thread.postMessage('more')
    for (;;) {
      const reading = arrived.shift()
      if (reading !== undefined) {
        thread.postMessage('more')
        yield reading
      } else if (failure !== undefined) throw failure.error
      else if (ended) return
      else await new Promise<void>((resolve) => (wake = resolve))
    }
  } finally {
    await thread.terminate()
  }
}
