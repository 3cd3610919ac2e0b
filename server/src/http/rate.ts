import { type Clock, Refusal } from '#base'
import type { Rate } from './limits.ts'

/** Callers remembered at once; past that the one seen first is forgotten, which only ever gives it a full bucket back. */
const remembered = 20_000

interface Bucket {
  tokens: number
  at: number
}

/** Token buckets by caller. Throws 'rate-limited' when a caller's is empty. */
export function limitBy(rate: Rate, clock: Clock): (caller: string) => void {
  const buckets = new Map<string, Bucket>()
  return (caller) => {
    const now = clock.now()
    let bucket = buckets.get(caller)
    if (bucket === undefined) {
      if (buckets.size >= remembered) buckets.delete(buckets.keys().next().value ?? '')
      bucket = { tokens: rate.burst, at: now }
      buckets.set(caller, bucket)
    }
    const elapsed = Math.max(0, now - bucket.at)
    bucket.tokens = Math.min(rate.burst, bucket.tokens + (elapsed / 1000) * rate.perSecond)
    bucket.at = now
    if (bucket.tokens < 1) throw new Refusal('rate-limited')
    bucket.tokens -= 1
  }
}
