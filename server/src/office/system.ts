import type { AccountList, Role, SystemStatus } from '@chartkeep/model/office'
import { Refusal } from '#base'
import type { Exchange, Route } from '#http'
import { createAccount, listAccounts } from '#identity'
import { json, nothing, readFields, textIn, textsIn } from './body.ts'
import { grantFor, officeRoute, type OfficeParts, personIn, recordLook } from './parts.ts'
import { knownRole } from './session.ts'

/** Accounts and the state of the system: for those who keep it. No health information. */
export function systemRoutes(parts: OfficeParts): readonly Route[] {
  const { identity } = parts
  const by = (exchange: Exchange) => {
    const { id, role, workstation } = personIn(exchange)
    return { actor: { kind: 'person' as const, id, role }, workstation, request: exchange.request }
  }
  return [
    officeRoute('GET', '/accounts', 'search', async (exchange) => {
      const grant = accountsSeen(exchange)
      const accounts = await listAccounts(identity.parts, personIn(exchange).tenant)
      await recordLook(parts, exchange, grant, [])
      return json({
        accounts: accounts.map(({ id, user, name, roles, secondFactor, disabled, lastSignIn }) => ({
          id,
          user,
          name,
          roles: roles.flatMap((role) => knownRole(role) ?? []),
          secondFactor,
          disabled,
          ...(lastSignIn === undefined ? {} : { lastSignIn: new Date(lastSignIn).toISOString() }),
        })),
      } satisfies AccountList)
    }),
    officeRoute('POST', '/accounts', 'write', async (exchange) => {
      grantFor(exchange, 'manage-accounts', 'Practitioner')
      const fields = await readFields(exchange)
      const roles: Role[] = textsIn(fields, 'roles', 6).map((role) => knownRole(role) ?? unknownRole())
      const account = {
        tenant: personIn(exchange).tenant,
        user: textIn(fields, 'user', 100),
        name: textIn(fields, 'name', 200),
        roles,
        password: textIn(fields, 'password', 1000),
      }
      return json({ id: await createAccount(identity.parts, account, by(exchange)) }, 201)
    }),
    officeRoute('POST', '/accounts/:account/disable', 'write', async (exchange) => {
      grantFor(exchange, 'manage-accounts', 'Practitioner')
      await identity.disableAccount(personIn(exchange).tenant, exchange.params['account'] ?? '', by(exchange))
      return nothing
    }),
    officeRoute('POST', '/accounts/:account/reset-factor', 'write', async (exchange) => {
      grantFor(exchange, 'manage-accounts', 'Practitioner')
      await identity.resetSecondFactor(personIn(exchange).tenant, exchange.params['account'] ?? '', by(exchange))
      return nothing
    }),
    officeRoute('GET', '/system', 'search', async (exchange) => {
      const grant = grantFor(exchange, 'view-system', 'AuditEvent')
      await recordLook(parts, exchange, grant, [])
      return json(await systemStatus(parts, personIn(exchange).tenant))
    }),
  ]
}

/** The privacy officer picks whose accesses to see; the administrator keeps the list. */
function accountsSeen(exchange: Exchange) {
  return personIn(exchange).role === 'privacy-officer'
    ? grantFor(exchange, 'review-access', 'AuditEvent')
    : grantFor(exchange, 'manage-accounts', 'Practitioner')
}

function unknownRole(): never {
  throw new Refusal('parameter-invalid')
}

async function systemStatus(
  { ledger, database, keys, version, started }: OfficeParts,
  tenant: number,
): Promise<SystemStatus> {
  const { checkpoint, sequencer, witnesses } = await ledger.status(tenant)
  const when = (name: string, at: number | undefined) =>
    at === undefined ? {} : { [name]: new Date(at).toISOString() }
  return {
    version,
    started: new Date(started).toISOString(),
    database: await database(),
    keys: keys(),
    ledger: {
      sequenced: checkpoint?.size ?? 0,
      ...when('checkpointAt', checkpoint?.at),
      ...when('caughtUpAt', sequencer.caughtUp),
      ...(sequencer.fault === undefined ? {} : { fault: sequencer.fault }),
      witnesses: witnesses.map(({ folder, at, failing }) => ({ name: folder, failing, ...when('at', at) })),
    },
  }
}
