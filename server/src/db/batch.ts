interface Waiting<I, O> {
  readonly input: I
  readonly resolve: (output: O) => void
  readonly reject: (reason: unknown) => void
}

// Of the event loop. More make the batches no larger (measured with 8 to 64 callers).
const mostTurns = 4

/**
 * Coalesces concurrent calls: whatever queued while the last flush ran goes out together in the next. No timer, so a
 * lone caller waits for nobody and a crowd shares the round trip (measured 4–10x). `flush` returns one output per
 * input, in order; when it throws, every caller of that batch gets the reason; an Error as an output rejects only its
 * own caller.
 * @param limit most inputs of one flush
 * @param lanes how many flushes may run at once: they share what queues, so that callers do not all wait for the same one
 * @param least inputs that one flush takes before another lane gets any
 */
export function batch<I, O>(options: {
  readonly flush: (inputs: readonly I[]) => Promise<readonly (O | Error)[]>
  readonly limit: number
  readonly lanes?: number
  readonly least?: number
}): (input: I) => Promise<O> {
  const { flush, limit, lanes = 1, least = limit } = options
  const queue: Waiting<I, O>[] = []
  let running = 0

  /** Each flush costs as much as six inputs: while callers keep arriving, the next ones are waited for, but not for long. */
  async function everyoneIsHere(): Promise<void> {
    for (let turn = 0, before = -1; turn < mostTurns && queue.length > before && queue.length < least; turn++) {
      before = queue.length
      await new Promise<void>((resolve) => setImmediate(resolve))
    }
  }

  async function run(): Promise<void> {
    running++
    try {
      while (queue.length > 0) {
        await everyoneIsHere()
        const share = Math.min(limit, Math.max(least, Math.ceil(queue.length / lanes)))
        const taken = queue.splice(0, share)
        if (taken.length === 0) continue // another lane was quicker
        try {
          const outputs = await flush(taken.map((waiting) => waiting.input))
          for (const [index, waiting] of taken.entries()) {
            const output = outputs[index]
            if (output instanceof Error) waiting.reject(output)
            else if (output === undefined && !(index in outputs))
              waiting.reject(new Error('the flush answered too few inputs'))
            // oxlint-disable-next-line no-unsafe-type-assertion -- present and no Error: it is this input's output
            else waiting.resolve(output as O)
          }
        } catch (error) {
          for (const waiting of taken) waiting.reject(error)
        }
      }
    } finally {
      running--
    }
  }

  return (input) =>
    new Promise<O>((resolve, reject) => {
      queue.push({ input, resolve, reject })
      if (running < lanes) void run()
    })
}
