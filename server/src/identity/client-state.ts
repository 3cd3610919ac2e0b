import type { Id } from '#base'
import type { Keyring } from '#keys'
import { type EntryState, joinNewest, newestColumns, type NewestColumns, newestIn } from '#ledger'
import { codeOf, hexOf, readable, timeOf, timeOrNull } from './authentic.ts'
import type { ClientKey } from './client-keys.ts'
import { openAt, type Place } from './people.ts'
import type { Claim } from './standings.ts'

/**
 * A registered program with its keys: one state under one code, though it stands in two tables. Whatever is added to a
 * registration belongs in here and in `clientCode`. Times in Unix ms.
 */
export interface ClientState {
  readonly tenant: number
  readonly id: Id<'client'>
  /** As stored. */
  readonly sealedName: Buffer
  readonly scopes: readonly string[]
  /** As stored: why it may update without naming a version. */
  readonly sealedBlind: Buffer | null
  readonly created: number
  readonly disabledAt: number | null
  readonly keys: readonly (ClientKey & { readonly added: number })[]
}

export interface ClientRow extends ClientState {
  readonly version: number
  readonly name: string
  /** Why it may update without naming a version; undefined when it may not. */
  readonly updatesBlindly: string | undefined
  readonly disabled: boolean
  /** It is not as it was written, so it lets nobody in, and what stands here of it may be wrong. */
  readonly damaged: boolean
}

export interface ClientColumns extends NewestColumns {
  id: Id<'client'>
  name: Buffer
  scopes: string[]
  blind: Buffer | null
  created: Date
  disabled: Date | null
  version: string
  mac: Buffer
  kids: string[]
  ktys: ('EC' | 'RSA')[]
  jwks: ClientKey['jwk'][]
  added: Date[]
}

const ofKeys = 'from identity.client_key k where k.tenant = c.tenant and k.client = c.id order by k.kty, k.kid'

export const clientSelect = `select c.id, c.name, c.scopes, c.blind, c.created, c.disabled, c.version, c.mac,
  array(select k.kid ${ofKeys}) as kids, array(select k.kty ${ofKeys}) as ktys,
  (select jsonb_agg(k.jwk order by k.kty, k.kid) from identity.client_key k where k.tenant = c.tenant and k.client = c.id)
    as jwks,
  array(select k.added ${ofKeys}) as added, ${newestColumns}
  from identity.client c ${joinNewest('c.id')} where c.tenant = $1`

export function clientPlace(tenant: number, id: string): Place {
  return { tenant, column: 'client.name', owner: id }
}

export function blindPlace(tenant: number, id: string): Place {
  return { tenant, column: 'client.blind', owner: id }
}

/** What the row says, and the code that it would have if it were true. */
export function clientClaim(keys: Keyring, tenant: number, row: ClientColumns): Claim<ClientRow> {
  const version = Number(row.version)
  const state = readable(() => stateFrom(tenant, row))
  const name = readable(() => openAt(keys, clientPlace(tenant, row.id), row.name).toString().trimEnd())
  const blind = readable(() => ({ reason: reasonOf(keys, tenant, row) }))
  const opened = state === undefined || name === undefined || blind === undefined ? undefined : { ...state, name }
  const code = opened === undefined ? undefined : readable(() => clientCode(keys, opened, version))
  const whole =
    opened === undefined
      ? undefined
      : { ...opened, version, updatesBlindly: blind?.reason, disabled: opened.disabledAt !== null, damaged: false }
  return { id: row.id, version, mac: row.mac, code, row: whole, newest: newestIn(row) }
}

function reasonOf(keys: Keyring, tenant: number, { id, blind }: ClientColumns): string | undefined {
  return blind === null ? undefined : openAt(keys, blindPlace(tenant, id), blind).toString().trimEnd()
}

function stateFrom(tenant: number, row: ClientColumns): ClientState {
  return {
    tenant,
    id: row.id,
    sealedName: row.name,
    scopes: row.scopes,
    sealedBlind: row.blind,
    created: timeOf(row.created),
    disabledAt: timeOrNull(row.disabled),
    keys: row.kids.map((kid, index) => ({
      kid,
      kty: required(row.ktys[index]),
      jwk: required(row.jwks[index]),
      added: timeOf(required(row.added[index])),
    })),
  }
}

function required<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new TypeError('a column is empty')
  return value
}

function clientCode(keys: Keyring, state: ClientState, version: number): Buffer {
  const { tenant, id, sealedName, sealedBlind, scopes, created, disabledAt } = state
  return codeOf(keys, {
    ...{ kind: 'client', tenant, id, version },
    facts: {
      ...{ name: hexOf(sealedName), scopes, created, disabled: disabledAt },
      blind: sealedBlind === null ? null : hexOf(sealedBlind),
      // jsonb keeps members in an order of its own.
      keys: state.keys
        .map(({ kid, kty, jwk, added }) =>
          JSON.stringify([kty, kid, added, Object.entries(jwk).toSorted(([a], [b]) => (a < b ? -1 : 1))]),
        )
        .toSorted(),
    },
  })
}

/** The state as the ledger's entry of the change names it. */
export function clientEntry(keys: Keyring, state: ClientState, version: number): EntryState {
  return { kind: 'client', subject: state.id, version, ended: false, mac: clientCode(keys, state, version) }
}
