import type { AccountList, Role } from '@chartkeep/model/office'
import type { Exchange, Route } from '#http'
import { type AccountSummary, type By, createAccount, listAccounts, releaseAccount } from '#identity'
import { type Grant, grantFor } from '#policy'
import { json, nothing } from './answers.ts'
import { idIn, personIn } from './asking.ts'
import { readFields, textIn, textsIn, unreadable } from './body.ts'
import { present } from './elements.ts'
import { recordLook } from './entries.ts'
import type { OfficeParts } from './parts.ts'
import { officeRoute } from './route.ts'
import { knownRole } from './session.ts'

/** Who has an account: for those who keep the system, and for the privacy officer to choose whose accesses to see. */
export function accountRoutes(parts: OfficeParts): readonly Route[] {
  const { identity } = parts
  const post = (path: string, handle: Route['handle']): Route =>
    officeRoute({ method: 'POST', path, class: 'write', action: 'manage-accounts', handle })
  const change = (path: string, act: typeof identity.disableAccount): Route =>
    post(path, async (exchange) => {
      mayManage(exchange)
      await act(personIn(exchange).tenant, idIn(exchange.params['account']), byOf(exchange))
      return nothing
    })
  return [
    officeRoute({
      method: 'GET',
      path: '/accounts',
      class: 'search',
      action: 'manage-accounts',
      handle: async (exchange) => json(await accountsFor(parts, exchange)),
    }),
    post('/accounts', async (exchange) => {
      mayManage(exchange)
      return json({ id: await hire(parts, exchange) }, 201)
    }),
    change('/accounts/:account/disable', identity.disableAccount),
    change('/accounts/:account/reset-factor', identity.resetSecondFactor),
    change('/accounts/:account/release', (tenant, account, by) => releaseAccount(identity.parts, tenant, account, by)),
  ]
}

function mayManage(exchange: Exchange): Grant {
  return grantFor(exchange, 'manage-accounts', 'Practitioner')
}

function byOf(exchange: Exchange): By {
  const { id, role, workstation } = personIn(exchange)
  return { actor: { kind: 'person', id, role }, workstation, request: exchange.request }
}

async function accountsFor(parts: OfficeParts, exchange: Exchange): Promise<AccountList> {
  const { tenant, role } = personIn(exchange)
  const grant = role === 'privacy-officer' ? grantFor(exchange, 'review-access', 'AuditEvent') : mayManage(exchange)
  const accounts = await listAccounts(parts.identity.parts, tenant)
  await recordLook(parts, exchange, grant, [])
  return { accounts: accounts.map(lineOf) }
}

function lineOf({ id, user, name, roles, secondFactor, disabled, damaged, lastSignIn }: AccountSummary) {
  return {
    ...{ id, user, name, secondFactor, disabled },
    ...(damaged ? { damaged } : {}),
    roles: roles.flatMap((role) => knownRole(role) ?? []),
    ...present({ lastSignIn: lastSignIn === undefined ? undefined : new Date(lastSignIn).toISOString() }),
  }
}

async function hire({ identity }: OfficeParts, exchange: Exchange): Promise<string> {
  const fields = await readFields(exchange)
  const roles = textsIn(fields, 'roles', 6).map((role): Role => {
    const known = knownRole(role)
    if (known === undefined) throw unreadable('roles')
    return known
  })
  const account = {
    tenant: personIn(exchange).tenant,
    user: textIn(fields, 'user', 200),
    name: textIn(fields, 'name', 1000),
    roles,
    password: textIn(fields, 'password', 1000),
  }
  return createAccount(identity.parts, account, byOf(exchange))
}
