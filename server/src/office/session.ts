import { resourceTypes } from '@chartkeep/model/fhir'
import type { Role, Session } from '@chartkeep/model/office'
import { Refusal } from '#base'
import { findAccount, type Presence } from '#identity'
import { decide, type Person, roles } from '#policy'
import type { OfficeParts } from './parts.ts'

const letters = { r: 'read', s: 'search', h: 'history', c: 'create', u: 'update', d: 'delete' } as const

/** The session as the page needs it: who, in which role, until when, and what that role may do. */
export async function describeSession({ identity, practice }: OfficeParts, presence: Presence): Promise<Session> {
  const account = await findAccount(identity.parts, presence.tenant, presence.id)
  const role = knownRole(presence.role)
  if (account === undefined || role === undefined) throw new Refusal('not-signed-in')
  return {
    account: account.id,
    user: account.user,
    name: account.name,
    role,
    roles: account.roles.flatMap((one) => knownRole(one) ?? []),
    practice,
    workstation: presence.workstation,
    idleSeconds: presence.idleSeconds,
    expires: new Date(presence.expires).toISOString(),
    locked: presence.locked,
    // Behind a lock even what someone may do stays unsaid.
    rights: presence.locked ? {} : rightsOf({ ...presence, kind: 'person', role }),
    home: homes[role],
  }
}

const homes = {
  'front-desk': 'schedule',
  nurse: 'schedule',
  clinician: 'schedule',
  biller: 'billing',
  'privacy-officer': 'access',
  administrator: 'system',
} as const satisfies Record<Role, Session['home']>

/** Asked of policy itself, type by type, so that the page cannot believe anything else. */
function rightsOf(actor: Person): Record<string, string> {
  const rights: Record<string, string> = {}
  for (const type of resourceTypes) {
    const held = Object.entries(letters).flatMap(([letter, action]) =>
      decide({ actor, action, type, purpose: 'TREAT' }).allow ? [letter] : [],
    )
    if (held.length > 0) rights[type] = held.join('')
  }
  return rights
}

export function knownRole(text: string): Role | undefined {
  return roles.find((role) => role === text)
}
