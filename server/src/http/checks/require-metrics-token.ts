import { createHash, timingSafeEqual } from 'node:crypto'
import { Refusal } from '#base'
import type { Prepare } from './check.ts'

/** /metrics is for the operator's own collector, which has the token from the keys folder; compared in constant time. */
export const requireMetricsToken: Prepare = (_route, { metricsToken }) => {
  const digest = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest()
  const expected = digest(metricsToken)
  return (visit) => {
    const { authorization } = visit.headers
    const sent = authorization?.startsWith('Bearer ') === true ? authorization.slice(7) : ''
    if (!timingSafeEqual(digest(sent), expected)) throw new Refusal('token-invalid')
  }
}
