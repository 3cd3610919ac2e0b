import { type Clock, Refusal } from '#base'
import type { Rate } from './limits.ts'

/** Callers remembered at once; past that the one seen first is forgotten, which only ever gives it a full bucket back. */
const remembered = 20_000

interface Bucket {
  tokens: number
  at: number
}

/** Token buckets by caller. */
export class Limiter {
  readonly #rate: Rate
  readonly #clock: Clock
  readonly #buckets = new Map<string, Bucket>()

  constructor(rate: Rate, clock: Clock) {
    this.#rate = rate
    this.#clock = clock
  }

  /**
   * Takes a token for each of so many requests that stand or fall together. Throws 'rate-limited' when the caller has
   * fewer; for more than a full bucket, a full one is enough, and the rest is owed.
   */
  pass(caller: string, requests = 1): void {
    const bucket = this.#bucketOf(caller)
    const needed = Math.min(requests, this.#rate.burst)
    if (bucket.tokens < needed) {
      const retrySeconds = Math.ceil((needed - bucket.tokens) / this.#rate.perSecond)
      throw new Refusal('rate-limited', { retrySeconds })
    }
    bucket.tokens -= requests
  }

  /** Takes what the caller has used elsewhere: also more than there is, but no more than a full bucket on credit. */
  charge(caller: string, tokens: number): void {
    const bucket = this.#bucketOf(caller)
    bucket.tokens = Math.max(-this.#rate.burst, bucket.tokens - tokens)
  }

  #bucketOf(caller: string): Bucket {
    const now = this.#clock.now()
    const { burst, perSecond } = this.#rate
    let bucket = this.#buckets.get(caller)
    if (bucket === undefined) {
      if (this.#buckets.size >= remembered) this.#buckets.delete(this.#buckets.keys().next().value ?? '')
      bucket = { tokens: burst, at: now }
      this.#buckets.set(caller, bucket)
    }
    const elapsed = Math.max(0, now - bucket.at)
    bucket.tokens = Math.min(burst, bucket.tokens + (elapsed / 1000) * perSecond)
    bucket.at = now
    return bucket
  }
}
