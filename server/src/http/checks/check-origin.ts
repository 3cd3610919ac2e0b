import { Refusal } from '#base'
import { sessionCookie } from './authenticate.ts'
import type { Prepare } from './check.ts'
import type { Visit } from '../visit.ts'

/**
 * Cross-site requests that carry the session cookie are refused (N-09): SameSite=Strict should keep the cookie away from
 * them, and this does not rely on it. Whatever changes something needs the header `X-Chartkeep: 1`, which no form can
 * send and no foreign script without a preflight that we do not answer. Signing in needs it even without a cookie.
 */
export const checkOrigin: Prepare = (route) => {
  const safe = route.method === 'GET'
  const always = route.class === 'sign-in'
  return (visit) => {
    if (!always && visit.cookie(sessionCookie) === undefined) return
    const { headers } = visit
    if (!comesFromUs(visit, safe)) throw new Refusal('cross-site')
    if (!safe && headers['x-chartkeep'] !== '1') throw new Refusal('cross-site')
  }
}

/** By Sec-Fetch-Site and Origin, which scripts cannot set. A caller without either is no browser. */
function comesFromUs({ headers }: Visit, safe: boolean): boolean {
  const site = headers['sec-fetch-site']
  // 'none': typed into the address bar or opened from a bookmark, which only ever reads.
  if (site !== undefined && site !== 'same-origin' && !(site === 'none' && safe)) return false
  return headers.origin === undefined || headers.origin === `https://${headers.host}`
}
