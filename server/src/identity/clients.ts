import { type Id, newId, parseId, Refusal } from '#base'
import { type AssertionFault, readClaimed, verifyAssertion } from './assertion.ts'
import { parseClientKeys } from './client-keys.ts'
import { clientPlace, type ClientRow, findClient, listClientRows, useAssertion } from './client-rows.ts'
import { announce } from './notices.ts'
import { type By, eventOf, nobody, type Parts } from './parts.ts'
import { isPersonName, padded, sealAt } from './people.ts'

export interface NewClient {
  readonly tenant: number
  /** What access histories call the program. */
  readonly name: string
  /** SMART scopes it may ask for, as text; whether they mean anything is for policy to say. */
  readonly scopes: readonly string[]
  /** Its public key: a JWK or a JWK Set. */
  readonly jwk: unknown
}

/** Registers a program; the answer is its client_id. Throws 'input-invalid'. */
export async function addClient({ db, keys, clock, ledger }: Parts, client: NewClient, by: By): Promise<Id<'client'>> {
  const { tenant, name, scopes } = client
  if (!isPersonName(name)) throw unusable('name', 'A name is 1 to 200 characters on one line.')
  if (scopes.length === 0 || scopes.length > 200 || !scopes.every((scope) => /^[\x21-\x7e]{1,300}$/.test(scope))) {
    throw unusable('scopes', 'Name the scopes that the client may ask for.')
  }
  const publicKeys = await parseClientKeys(client.jwk)
  const now = clock.now()
  const id = newId<'client'>(now)
  await db.transact(tenant, async (tx) => {
    await tx.query({
      text: 'insert into identity.client (tenant, id, name, scopes, created) values ($1, $2, $3, $4, $5)',
      values: [tenant, id, sealAt(keys, clientPlace(tenant, id), padded(name.trim())), scopes, new Date(now)],
    })
    for (const { kid, kty, jwk } of publicKeys) {
      await tx.query({
        text: 'insert into identity.client_key (tenant, client, kid, kty, jwk, added) values ($1, $2, $3, $4, $5, $6)',
        values: [tenant, id, kid, kty, JSON.stringify(jwk), new Date(now)],
      })
    }
    const details = { client: id, scopes, keys: publicKeys.map(({ kid }) => kid) }
    await ledger.recordWithin(tx, [eventOf(tenant, now, by, { action: 'client-add', details })])
  })
  return id
}

function unusable(expression: string, text: string): Refusal {
  return new Refusal('input-invalid', { findings: [{ expression, issue: 'value', text }] })
}

/** All programs of the practice, the oldest first; that they were looked at is recorded. */
export async function listClients({ db, keys, clock, ledger }: Parts, tenant: number, by: By): Promise<ClientRow[]> {
  const clients = await db.transact(tenant, (tx) => listClientRows(tx, keys, tenant))
  await ledger.record(eventOf(tenant, clock.now(), by, { action: 'client-list' }))
  return clients
}

/** Its tokens are worthless at once. It stays, because the ledger names it. Throws 'not-found'. */
export async function disableClient(
  { db, clock, ledger }: Parts,
  tenant: number,
  client: string,
  by: By,
): Promise<void> {
  const now = clock.now()
  await db.transact(tenant, async (tx) => {
    const { rowCount } = await tx.query({
      text: 'update identity.client set disabled = coalesce(disabled, $3) where tenant = $1 and id = $2',
      values: [tenant, client, new Date(now)],
    })
    if (rowCount === 0) throw new Refusal('not-found')
    await tx.query({
      text: 'update identity.token set revoked = $3 where tenant = $1 and client = $2 and revoked is null',
      values: [tenant, client, new Date(now)],
    })
    await ledger.recordWithin(tx, [eventOf(tenant, now, by, { action: 'client-disable', details: { client } })])
    await announce(tx, tenant, { kind: 'client', id: client })
  })
}

/** A program that has just proved who it is. */
export interface AuthenticatedClient {
  readonly kind: 'client'
  readonly tenant: number
  readonly id: Id<'client'>
  /** What it may ask for. */
  readonly scopes: readonly string[]
}

/** What a client sends at the token endpoint (RFC 7523 sec. 2.2), each parameter at most once. */
export interface ClientForm {
  readonly assertionType: string | undefined
  readonly assertion: string | undefined
  /** Optional there; when sent it must be the assertion's. */
  readonly clientId: string | undefined
}

export interface Endpoint {
  readonly tenant: number
  /** Absolute address of the token endpoint: what `aud` must be. */
  readonly url: string
}

const jwtBearer = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/**
 * private_key_jwt (SMART 2.2, RFC 7523). An assertion is used up by this, whatever comes of the request. Throws
 * 'client-invalid' without saying why; the ledger says it.
 */
export async function authenticateClient(
  parts: Parts,
  form: ClientForm,
  { tenant, url }: Endpoint,
  from: { workstation: string; request: string },
): Promise<AuthenticatedClient> {
  const { db, keys, wall, ledger } = parts
  const turnAway = async (
    why: AssertionFault | 'method' | 'client' | 'disabled' | 'replay',
    client?: ClientRow,
  ): Promise<Refusal> => {
    const by = { actor: nobody, ...from }
    const details = { why, ...(client === undefined ? {} : { client: client.id }) }
    await ledger.record(
      eventOf(tenant, parts.clock.now(), by, { action: 'sign-in-failed', outcome: 'refused', details }),
    )
    return new Refusal('client-invalid')
  }
  const { assertion } = form
  if (form.assertionType !== jwtBearer || assertion === undefined) throw await turnAway('method')
  const claimed = readClaimed(assertion)
  if (typeof claimed === 'string') throw await turnAway(claimed)
  const id = parseId<'client'>(claimed.client)
  if (id === undefined || (form.clientId !== undefined && form.clientId !== id)) throw await turnAway('client')
  const client = await db.transact(tenant, (tx) => findClient(tx, keys, tenant, id))
  if (client === undefined) throw await turnAway('client')
  const verified = await verifyAssertion(assertion, claimed, client.keys, url, wall.now())
  if (typeof verified === 'string') throw await turnAway(verified, client)
  // Only what is truly the client's takes room in the table.
  if (client.disabled) throw await turnAway('disabled', client)
  if (!(await db.transact(tenant, (tx) => useAssertion(tx, tenant, id, verified))))
    throw await turnAway('replay', client)
  return { kind: 'client', tenant, id, scopes: client.scopes }
}
