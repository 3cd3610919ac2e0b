/** What was waited for took longer than it may. It goes on by itself; nobody waits for it any more. */
export class TookTooLong extends Error {}

/** The outcome of the work, or a rejection with TookTooLong after so many milliseconds. */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new TookTooLong(`not done within ${ms} ms`)), ms)
  try {
    return await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
  }
}

/** Somebody said stop before it was done. */
export class Interrupted extends Error {}

/** The outcome of the work, or a rejection with Interrupted as soon as the signal is aborted. */
export async function unless<T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  if (signal === undefined) return work
  const { promise, reject } = Promise.withResolvers<never>()
  const interrupt = (): void => reject(new Interrupted('stopped before it was done'))
  if (signal.aborted) interrupt()
  else signal.addEventListener('abort', interrupt)
  try {
    return await Promise.race([promise, work])
  } finally {
    signal.removeEventListener('abort', interrupt)
  }
}
