import { Refusal } from '#base'
import type { Presence, TokenHolder } from '#identity'
import { type Actor, type Client, parseScope, type Person, type Purpose, type Role, roles, type Scope } from '#policy'

/** Roles and scopes are text to `#identity`; here they become what policy knows. */
export function toPerson(found: Presence): Person {
  const role = parseRole(found.role)
  return {
    kind: 'person',
    tenant: found.tenant,
    id: found.id,
    role,
    session: found.session,
    workstation: found.workstation,
  }
}

/** A token in use is found as the same object each time. */
const parsedScopes = new WeakMap<TokenHolder, readonly Scope[]>()

export function toClient(found: TokenHolder, address: string): Client {
  let scopes = parsedScopes.get(found)
  if (scopes === undefined) {
    scopes = found.scopes.map(parseScope).filter((scope) => scope !== undefined)
    parsedScopes.set(found, scopes)
  }
  const { tenant, id, updatesBlindly } = found
  const blindly = updatesBlindly === undefined ? {} : { updatesBlindly }
  return { kind: 'client', tenant, id, scopes, workstation: address, ...blindly }
}

/** An account whose role this version does not know may do nothing. */
function parseRole(text: string): Role {
  const role = roles.find((known) => known === text)
  if (role === undefined) throw new Refusal('not-permitted', { rule: 'role:unknown' })
  return role
}

/** v3-ActReason by what the role is for; who needs another one says so in the request that offers it. */
const purposes = {
  'front-desk': 'TREAT',
  nurse: 'TREAT',
  clinician: 'TREAT',
  biller: 'HPAYMT',
  'privacy-officer': 'HOPERAT',
  administrator: 'SYSADMIN',
} as const satisfies Record<Role, Purpose>

export function purposeOf(actor: Actor | undefined): Purpose {
  return actor?.kind === 'person' ? purposes[actor.role] : 'TREAT'
}
