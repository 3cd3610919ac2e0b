import { hash } from 'node:crypto'
import type { Id } from '#base'
import { Memory } from './memory.ts'
import { announce, type Notice } from './notices.ts'
import { digestOf, isGenuine, newOpaque, opaqueLength, tenantOf } from './opaque.ts'
import { type By, eventOf, type Parts } from './parts.ts'
import { toleratedSkewMs } from './steady-clock.ts'

/** What an access token stands for. */
export interface TokenHolder {
  readonly kind: 'client'
  readonly tenant: number
  readonly id: Id<'client'>
  /** As granted, as text. */
  readonly scopes: readonly string[]
  /** Unix ms. */
  readonly issued: number
  readonly expires: number
}

export interface IssuedToken {
  readonly token: string
  readonly expiresInSeconds: number
}

/** SMART Backend Services: at most 300 s, and no refresh token. */
const longestSeconds = 300

interface Columns {
  client: Id<'client'>
  scopes: string[]
  issued: Date
  expires: Date
}

/** Access tokens: found without a query while they are used, dead everywhere within a second of being revoked. */
export class Tokens {
  readonly #parts: Parts
  readonly #memory: Memory<TokenHolder>

  constructor(parts: Parts) {
    this.#parts = parts
    this.#memory = new Memory(parts.db)
  }

  /** A new token for a client that has just authenticated. Its scopes were negotiated by the caller. */
  async issue(
    client: { tenant: number; id: Id<'client'> },
    scopes: readonly string[],
    from: { workstation: string; request: string },
  ): Promise<IssuedToken> {
    const { db, clock, ledger } = this.#parts
    const { tenant, id } = client
    const issued = clock.now()
    const expires = issued + longestSeconds * 1000
    const token = newOpaque(this.#parts.tagKey, tenant)
    const by: By = { actor: { kind: 'client', id }, ...from }
    await db.transact(tenant, async (tx) => {
      await tx.query({
        text: 'insert into identity.token (tenant, digest, client, scopes, issued, expires) values ($1, $2, $3, $4, $5, $6)',
        values: [tenant, digestOf(token), id, scopes, new Date(issued), new Date(expires)],
      })
      await ledger.recordWithin(tx, [
        eventOf(tenant, issued, by, { action: 'token', details: { scopes, factors: ['private-key-jwt'] } }),
      ])
    })
    return { token, expiresInSeconds: longestSeconds }
  }

  /** Whose token it is; undefined when it is not ours, expired or revoked, or its client is disabled. */
  async find(token: string): Promise<TokenHolder | undefined> {
    if (token.length !== opaqueLength) return undefined
    const key = hash('sha256', token, 'base64url')
    let holder = this.#memory.get(key)
    const tenant = holder?.tenant ?? tenantOf(token)
    if (tenant === undefined) return undefined
    const waiting = this.#memory.whenFresh(tenant)
    if (waiting !== undefined) {
      await waiting
      holder = this.#memory.get(key)
    }
    holder ??= await this.#load(tenant, token, key)
    if (holder === undefined) return undefined
    const now = this.#parts.clock.now()
    return now < holder.expires && holder.issued <= now + toleratedSkewMs ? holder : undefined
  }

  async #load(tenant: number, token: string, key: string): Promise<TokenHolder | undefined> {
    if (!isGenuine(this.#parts.tagKey, token)) return undefined
    return this.#memory.load(key, async () => {
      const { rows } = await this.#parts.db.transact(tenant, (tx) =>
        tx.query<Columns>({
          name: 'identity-token',
          text: `select t.client, t.scopes, t.issued, t.expires
            from identity.token t join identity.client c on c.tenant = t.tenant and c.id = t.client
            where t.tenant = $1 and t.digest = $2 and t.revoked is null and c.disabled is null`,
          values: [tenant, Buffer.from(key, 'base64url')],
        }),
      )
      const [row] = rows
      if (row === undefined) return undefined
      return {
        kind: 'client',
        tenant,
        id: row.client,
        scopes: row.scopes,
        issued: row.issued.getTime(),
        expires: row.expires.getTime(),
      }
    })
  }

  /** A client gives its own token back (RFC 7009). Another's, or none, is no error and changes nothing. */
  async revoke(
    token: string,
    client: { tenant: number; id: Id<'client'> },
    from: { workstation: string; request: string },
  ): Promise<void> {
    const { db, clock, ledger } = this.#parts
    const { tenant, id } = client
    const now = clock.now()
    await db.transact(tenant, async (tx) => {
      const { rowCount } = await tx.query({
        text: 'update identity.token set revoked = $4 where tenant = $1 and digest = $2 and client = $3 and revoked is null',
        values: [tenant, digestOf(token), id, new Date(now)],
      })
      if (rowCount === 0) return
      await ledger.recordWithin(tx, [
        eventOf(tenant, now, { actor: { kind: 'client', id }, ...from }, { action: 'token-revoke' }),
      ])
      await announce(tx, tenant, { kind: 'client', id })
    })
    this.forget(id)
  }

  /** After a change made here; the notice of it tells the other processes. */
  forget(client: string): void {
    this.#memory.forget((holder) => holder.id === client)
  }

  note(notice: Notice | undefined): void {
    this.#memory.note(
      notice,
      notice === undefined ? () => true : (holder) => notice.kind === 'client' && holder.id === notice.id,
    )
  }

  tenants(): number[] {
    return this.#memory.tenants()
  }
}
