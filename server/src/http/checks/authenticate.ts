import { Refusal } from '#base'
import { toClient, toPerson } from '../actors.ts'
import type { Visit } from '../visit.ts'
import type { Means, Prepare } from './check.ts'

export const sessionCookie = '__Host-chartkeep'
/** Tells a workstation where people have signed in from an unknown one; opens nothing. It outlives sessions. */
export const workstationCookie = '__Host-chartkeep-workstation'

/** RFC 6750, 2.1: b64token. Ours are shorter; anything longer is not looked up. */
const bearerForm = /^[A-Za-z0-9\-._~+/]{16,512}={0,2}$/
const secretForm = /^[A-Za-z0-9_-]{16,128}$/

/** A person by the session cookie, or a program by its access token; never both, for then it is unclear who asks. */
export const authenticate: Prepare = (_route, means) => async (visit) => {
  const { authorization } = visit.headers
  const cookie = visit.cookie(sessionCookie)
  if (authorization !== undefined) {
    if (cookie !== undefined) throw new Refusal('token-invalid')
    return authenticateClient(visit, authorization, means)
  }
  if (cookie === undefined) throw new Refusal('not-signed-in')
  return authenticatePerson(visit, cookie, means)
}

/** Who is signed in, if anyone is, locked or not: for the routes by which people sign in, unlock and sign out. */
export const recogniseSession: Prepare = (_route, means) => async (visit) => {
  const cookie = visit.cookie(sessionCookie)
  if (cookie === undefined || !secretForm.test(cookie)) return
  const found = await means.identity.findSession(cookie)
  if (found === undefined) return
  visit.session = found
  visit.found = toPerson(found)
}

async function authenticateClient(visit: Visit, authorization: string, { identity }: Means): Promise<void> {
  const token = /^bearer /i.test(authorization) ? authorization.slice(7) : ''
  const found = bearerForm.test(token) ? await identity.findToken(token) : undefined
  if (found === undefined) throw new Refusal('token-invalid')
  visit.found = toClient(found, visit.address)
}

async function authenticatePerson(visit: Visit, cookie: string, { identity }: Means): Promise<void> {
  const found = secretForm.test(cookie) ? await identity.findSession(cookie) : undefined
  if (found === undefined) throw new Refusal('not-signed-in')
  visit.session = found
  visit.found = toPerson(found)
}
