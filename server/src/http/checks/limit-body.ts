import { Refusal } from '#base'
import { hasBody } from '../body.ts'
import type { Prepare } from './check.ts'

/** By class; what Content-Length admits to is refused before it is read, the rest when it passes the limit. */
export const limitBody: Prepare = (route, { limits }) => {
  const limit = limits.body[route.class]
  return (visit) => {
    visit.bodyLimit = limit
    if (!hasBody(visit.incoming)) return
    const { headers } = visit
    // A compressed body would be small here and large after.
    const encoding = headers['content-encoding']
    if (encoding !== undefined && encoding !== 'identity') throw new Refusal('media-type-unsupported')
    if (limit === 0 || Number(headers['content-length'] ?? 0) > limit) throw new Refusal('too-large')
  }
}
