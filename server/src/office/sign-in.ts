import type { SignInStep } from '@chartkeep/model/office'
import { Refusal } from '#base'
import { type Answer, type Exchange, type Route, sessionCookie } from '#http'
import type { From, Presence, SignedIn } from '#identity'
import { json, nothing, readFields, textIn } from './body.ts'
import { officeRoute, type OfficeParts } from './parts.ts'
import { describeSession } from './session.ts'

const ticketCookie = '__Host-chartkeep-ticket'

function cookie(name: string, value: string, maxAge?: number): string {
  const age = maxAge === undefined ? '' : `; Max-Age=${maxAge}`
  return `${name}=${value}; Path=/; Secure; HttpOnly; SameSite=Strict${age}`
}

function fromOf({ address, workstation, request }: Exchange): From {
  return { address, workstation, request }
}

function presenceIn({ session }: Exchange): Presence {
  if (session === undefined) throw new Refusal('not-signed-in')
  return session
}

/** Signing in and out, locking and unlocking: NIST SP 800-63B-4 AAL2 with a password and a one-time code. */
export function signInRoutes(parts: OfficeParts): readonly Route[] {
  const { identity } = parts

  async function opened({ secret, presence, recoveryCodes }: SignedIn): Promise<Answer> {
    const session = await describeSession(parts, presence)
    const body = recoveryCodes === undefined ? session : { ...session, recoveryCodes }
    return {
      ...json(body),
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'set-cookie': [cookie(sessionCookie, secret), cookie(ticketCookie, '', 0)],
      },
    }
  }

  function secretIn(exchange: Exchange): string {
    const secret = exchange.cookie(sessionCookie)
    if (secret === undefined) throw new Refusal('not-signed-in')
    return secret
  }

  return [
    officeRoute('POST', '/sign-in', 'sign-in', async (exchange) => {
      const fields = await readFields(exchange)
      const pending = await identity.signIn(
        { tenant: 1, user: textIn(fields, 'user', 200), password: textIn(fields, 'password', 1000) },
        fromOf(exchange),
      )
      const step: SignInStep =
        pending.step.step === 'enrol'
          ? { step: 'enrol', secret: pending.step.secret, uri: pending.step.uri, qr: pending.step.qr }
          : { step: 'code' }
      return json(step, 200, { 'set-cookie': cookie(ticketCookie, pending.ticket, 300) })
    }),
    officeRoute('POST', '/sign-in/code', 'sign-in', async (exchange) => {
      const fields = await readFields(exchange)
      const ticket = exchange.cookie(ticketCookie)
      if (ticket === undefined) throw new Refusal('sign-in-failed')
      return opened(await identity.confirm(ticket, textIn(fields, 'code', 40), fromOf(exchange)))
    }),
    officeRoute('GET', '/session', 'sign-in', async (exchange) =>
      json(await describeSession(parts, presenceIn(exchange))),
    ),
    officeRoute('POST', '/unlock', 'sign-in', async (exchange) => {
      const fields = await readFields(exchange)
      return opened(await identity.unlock(secretIn(exchange), textIn(fields, 'password', 1000), fromOf(exchange)))
    }),
    officeRoute('POST', '/role', 'write', async (exchange) => {
      const fields = await readFields(exchange)
      return opened(await identity.takeRole(secretIn(exchange), textIn(fields, 'role', 40), fromOf(exchange)))
    }),
    officeRoute('POST', '/lock', 'sign-in', async (exchange) => {
      await identity.lock(presenceIn(exchange), exchange.request)
      return nothing
    }),
    officeRoute('POST', '/activity', 'sign-in', async (exchange) => {
      await identity.touch(presenceIn(exchange))
      return nothing
    }),
    officeRoute('POST', '/sign-out', 'sign-in', async (exchange) => {
      await identity.signOut(presenceIn(exchange), exchange.request)
      return {
        status: 204,
        headers: { 'set-cookie': cookie(sessionCookie, '', 0), 'clear-site-data': '"cache", "storage"' },
      }
    }),
  ]
}
