import type { SignInStep } from '@chartkeep/model/office'
import { Refusal } from '#base'
import { type Answer, type Exchange, type Route, sessionCookie, workstationCookie } from '#http'
import type { PendingSignIn, SignedIn } from '#identity'
import { firstTenant } from '#records'
import { json, nothing } from './answers.ts'
import { fromOf, presenceIn } from './asking.ts'
import { readFields, textIn } from './body.ts'
import type { OfficeParts } from './parts.ts'
import { officeRoute } from './route.ts'
import { describeSession } from './session.ts'

const ticketCookie = '__Host-chartkeep-ticket'
const ticketSeconds = 300
/** Half a year after its last sign-in a workstation is forgotten, here and there. */
const workstationSeconds = 180 * 86_400
const mostPassword = 1000

function cookie(name: string, value: string, maxAge?: number): string {
  const age = maxAge === undefined ? '' : `; Max-Age=${maxAge}`
  return `${name}=${value}; Path=/; Secure; HttpOnly; SameSite=Strict${age}`
}

function secretIn(exchange: Exchange): string {
  const secret = exchange.cookie(sessionCookie)
  if (secret === undefined) throw new Refusal('not-signed-in')
  return secret
}

function stepOf({ step }: PendingSignIn): SignInStep {
  if (step.step === 'code') return { step: 'code' }
  return { step: 'enrol', secret: step.secret, uri: step.uri, qr: step.qr }
}

/** The session with its new secret; whatever stood under an older one is of no more use. */
async function opened(parts: OfficeParts, { secret, presence, device, recoveryCodes }: SignedIn): Promise<Answer> {
  const session = await describeSession(parts, presence)
  return json(recoveryCodes === undefined ? session : { ...session, recoveryCodes }, 200, {
    'set-cookie': [
      cookie(sessionCookie, secret),
      cookie(ticketCookie, '', 0),
      ...(device === undefined ? [] : [cookie(workstationCookie, device, workstationSeconds)]),
    ],
  })
}

/** Signing in and out, locking and unlocking: NIST SP 800-63B-4 AAL2 with a password and a one-time code. */
export function signInRoutes(parts: OfficeParts): readonly Route[] {
  const { identity } = parts
  const post = (path: string, handle: Route['handle']): Route =>
    officeRoute({ method: 'POST', path, class: 'sign-in', handle })

  return [
    post('/sign-in', async (exchange) => {
      const fields = await readFields(exchange)
      const attempt = {
        tenant: firstTenant,
        user: textIn(fields, 'user', 200),
        password: textIn(fields, 'password', mostPassword),
      }
      const pending = await identity.signIn(attempt, fromOf(exchange))
      return json(stepOf(pending), 200, { 'set-cookie': cookie(ticketCookie, pending.ticket, ticketSeconds) })
    }),
    post('/sign-in/code', async (exchange) => {
      const code = textIn(await readFields(exchange), 'code', 40)
      const ticket = exchange.cookie(ticketCookie)
      if (ticket === undefined) throw new Refusal('sign-in-failed')
      return opened(parts, await identity.confirm(ticket, code, fromOf(exchange)))
    }),
    officeRoute({
      method: 'GET',
      path: '/session',
      class: 'sign-in',
      handle: async (exchange) => json(await describeSession(parts, presenceIn(exchange))),
    }),
    post('/unlock', async (exchange) => {
      const password = textIn(await readFields(exchange), 'password', mostPassword)
      return opened(parts, await identity.unlock(secretIn(exchange), password, fromOf(exchange)))
    }),
    officeRoute({
      method: 'POST',
      path: '/role',
      class: 'write',
      handle: async (exchange) => {
        const role = textIn(await readFields(exchange), 'role', 40)
        const signedIn = await identity.takeRole(secretIn(exchange), role, fromOf(exchange))
        return opened(parts, signedIn)
      },
    }),
    post('/lock', async (exchange) => {
      await identity.lock(presenceIn(exchange), exchange.request)
      return nothing
    }),
    post('/activity', async (exchange) => {
      await identity.touch(presenceIn(exchange))
      return nothing
    }),
    post('/sign-out', async (exchange) => {
      await identity.signOut(presenceIn(exchange), exchange.request)
      return {
        status: 204,
        headers: { 'set-cookie': cookie(sessionCookie, '', 0), 'clear-site-data': '"cache", "storage"' },
      }
    }),
  ]
}
