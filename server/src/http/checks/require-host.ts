import { Refusal } from '#base'
import type { Prepare } from './check.ts'

/**
 * The request must name this server and name it once, or a page of someone else's, by rebinding its own name to our
 * address, could talk to us as its own origin (RFC 9110, 7.4: 421). Two Authorization headers are two opinions about who
 * asks, so they are nobody's.
 */
export const requireHost: Prepare =
  (_route, { isOurs, limits }) =>
  (visit) => {
    const raw = visit.incoming.rawHeaders
    if (raw.length > 2 * limits.headers) throw new Refusal('too-large')
    let hosts = 0
    let authorizations = 0
    for (let at = 0; at < raw.length; at += 2) {
      const name = raw[at] ?? ''
      if (name.length === 4 && name.toLowerCase() === 'host') hosts += 1
      else if (name.length === 13 && name.toLowerCase() === 'authorization') authorizations += 1
    }
    if (authorizations > 1) throw new Refusal('token-invalid')
    if (hosts !== 1 || !isOurs(visit.incoming.headers.host ?? '')) throw new Refusal('host-unknown')
  }
