import { type Id, newId, parseId, Refusal } from '#base'
import { type AssertionFault, readClaimed, verifyAssertion } from './assertion.ts'
import { parseClientKeys } from './client-keys.ts'
import {
  type ClientRow,
  findClient,
  insertClient,
  listClientRows,
  lockClient,
  markDisabled,
  saveClient,
  useAssertion,
} from './client-rows.ts'
import { blindPlace, clientPlace } from './client-state.ts'
import type { Tx } from '#db'
import { type EntryState, newestStates } from '#ledger'
import { endedBy, isDamage } from './standings.ts'
import { announce } from './notices.ts'
import { type By, eventOf, nobody, type Parts } from './parts.ts'
import { isPersonName, padded, sealAt } from './people.ts'
import { addressLane } from './throttle.ts'

export interface NewClient {
  readonly tenant: number
  /** What access histories call the program. */
  readonly name: string
  /** SMART scopes it may ask for, as text; whether they mean anything is for policy to say. */
  readonly scopes: readonly string[]
  /** Its public key: a JWK or a JWK Set. */
  readonly jwk: unknown
  /** Why it may update without naming a version: for a program that cannot. Left out, it may not. */
  readonly updateWithoutVersion?: string | undefined
}

/** Registers a program; the answer is its client_id. Throws 'input-invalid'. */
export async function addClient(parts: Parts, client: NewClient, by: By): Promise<Id<'client'>> {
  const { db, keys, clock, ledger } = parts
  const { tenant, name, scopes, updateWithoutVersion: reason } = client
  if (!isPersonName(name)) throw unusable('name', 'A name is 1 to 200 characters on one line.')
  if (reason !== undefined && !isPersonName(reason))
    throw unusable('updateWithoutVersion', 'A reason is 1 to 200 characters on one line.')
  if (scopes.length === 0 || scopes.length > 200 || !scopes.every((scope) => /^[\x21-\x7e]{1,300}$/.test(scope))) {
    throw unusable('scopes', 'Name the scopes that the client may ask for.')
  }
  const publicKeys = await parseClientKeys(client.jwk)
  const now = clock.now()
  const id = newId<'client'>(now)
  await db.transact(tenant, async (tx) => {
    const first = await insertClient(tx, parts, {
      ...{ tenant, id, scopes, created: now, disabledAt: null },
      sealedName: sealAt(keys, clientPlace(tenant, id), padded(name.trim())),
      sealedBlind: reason === undefined ? null : sealAt(keys, blindPlace(tenant, id), padded(reason.trim())),
      keys: publicKeys.map((key) => ({ ...key, added: now })),
    })
    const blind = reason === undefined ? {} : { updateWithoutVersion: reason.trim() }
    const details = { client: id, scopes, keys: publicKeys.map(({ kid }) => kid), ...blind }
    await ledger.recordWithin(tx, [eventOf(tenant, now, by, { action: 'client-add', details, states: [first] })])
  })
  return id
}

function unusable(expression: string, text: string): Refusal {
  return new Refusal('input-invalid', { findings: [{ expression, issue: 'value', text }] })
}

/** All programs of the practice, the oldest first; that they were looked at is recorded. */
export async function listClients(parts: Parts, tenant: number, by: By): Promise<ClientRow[]> {
  const all = await parts.db.transact(tenant, (tx) => listClientRows(tx, parts, tenant))
  await parts.ledger.record(eventOf(tenant, parts.clock.now(), by, { action: 'client-list' }))
  return all.flatMap(({ row, fault }) => (row === undefined ? [] : [{ ...row, damaged: fault !== undefined }]))
}

/**
 * Its tokens are worthless at once: they go with it. It stays, because the ledger names it. One that does not hold is
 * disabled too, and for good. Throws 'not-found'.
 */
export async function disableClient(parts: Parts, tenant: number, client: string, by: By): Promise<void> {
  const { db, clock, ledger } = parts
  const now = clock.now()
  const disable = async (tx: Tx, states: readonly EntryState[]): Promise<void> => {
    await ledger.recordWithin(tx, [eventOf(tenant, now, by, { action: 'client-disable', details: { client }, states })])
    await announce(tx, tenant, { kind: 'client', id: client })
  }
  try {
    await db.transact(tenant, async (tx) => {
      const row = await lockClient(tx, parts, tenant, client)
      if (row === undefined) throw new Refusal('not-found')
      await disable(tx, [await saveClient(tx, parts, row, { ...row, disabledAt: row.disabledAt ?? now })])
    })
  } catch (error) {
    const hidden = error instanceof Refusal && error.code === 'not-found'
    if (!hidden && !isDamage(error)) throw error
    await db.transact(tenant, async (tx) => {
      const newest = (await newestStates(tx, [client])).get(client)
      // There never was such a client.
      if (newest === undefined) throw error
      await markDisabled(tx, tenant, client, now)
      await disable(tx, newest.ended ? [] : endedBy('client', client, newest))
    })
  }
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
 * 'client-invalid' without saying why; the ledger says it, once a minute for each address, client and fault, and how often.
 */
export async function authenticateClient(
  parts: Parts,
  form: ClientForm,
  { tenant, url }: Endpoint,
  from: { workstation: string; request: string },
): Promise<AuthenticatedClient> {
  const { db, wall } = parts
  const turnAway = async (
    why: AssertionFault | 'method' | 'client' | 'disabled' | 'damaged' | 'replay',
    client?: Pick<ClientRow, 'id'>,
  ): Promise<Refusal> => {
    const by = { actor: nobody, ...from }
    const details = { why, ...(client === undefined ? {} : { client: client.id }) }
    const event = { action: 'sign-in-failed', outcome: 'refused', details } as const
    const caller = `${addressLane(from.workstation)} ${client?.id ?? ''}`
    await parts.repeated.record(caller, `client ${why}`, eventOf(tenant, parts.clock.now(), by, event))
    return new Refusal('client-invalid')
  }
  const { assertion } = form
  if (form.assertionType !== jwtBearer || assertion === undefined) throw await turnAway('method')
  const claimed = readClaimed(assertion)
  if (typeof claimed === 'string') throw await turnAway(claimed)
  const id = parseId<'client'>(claimed.client)
  if (id === undefined || (form.clientId !== undefined && form.clientId !== id)) throw await turnAway('client')
  const client = await db
    .transact(tenant, (tx) => findClient(tx, parts, tenant, id))
    .catch(async (error: unknown) => {
      throw isDamage(error) ? await turnAway('damaged', { id }) : error
    })
  if (client === undefined) throw await turnAway('client')
  const verified = await verifyAssertion(assertion, claimed, client.keys, url, wall.now())
  if (typeof verified === 'string') throw await turnAway(verified, client)
  // Only what is truly the client's takes room in the table.
  if (client.disabled) throw await turnAway('disabled', client)
  if (!(await db.transact(tenant, (tx) => useAssertion(tx, tenant, id, verified))))
    throw await turnAway('replay', client)
  return { kind: 'client', tenant, id, scopes: client.scopes }
}
