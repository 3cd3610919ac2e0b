import { hash } from 'node:crypto'
import type { Id } from '#base'
import type { Tx } from '#db'
import { findClient } from './client-rows.ts'
import { Memory } from './memory.ts'
import { announce, type Notice } from './notices.ts'
import { digestOf, isGenuine, newOpaque, opaqueLength, tenantOf } from './opaque.ts'
import { type By, eventOf, type Parts } from './parts.ts'
import { isDamage } from './standings.ts'
import { toleratedSkewMs } from './steady-clock.ts'
import { endToken, findToken, insertToken } from './token-rows.ts'

/** What an access token stands for. */
export interface TokenHolder {
  readonly kind: 'client'
  readonly tenant: number
  readonly id: Id<'client'>
  /** As granted, as text. */
  readonly scopes: readonly string[]
  /** Why it may update without naming a version; undefined when it may not. */
  readonly updatesBlindly: string | undefined
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
      await insertToken(tx, this.#parts, { tenant, digest: digestOf(token), client: id, scopes, issued, expires })
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
    return this.#memory.load(key, async () =>
      this.#parts.db.transact(tenant, (tx) => this.#holderOf(tx, tenant, Buffer.from(key, 'base64url'))),
    )
  }

  /** A client that does not hold has no tokens. */
  async #holderOf(tx: Tx, tenant: number, digest: Buffer): Promise<TokenHolder | undefined> {
    const token = await findToken(tx, this.#parts, tenant, digest)
    if (token === undefined) return undefined
    const { client: id, scopes, issued, expires } = token
    try {
      const client = await findClient(tx, this.#parts, tenant, id)
      if (client === undefined || client.disabled) return undefined
      const { updatesBlindly } = client
      return { kind: 'client', tenant, id, scopes, updatesBlindly, issued, expires }
    } catch (error) {
      if (isDamage(error)) return undefined
      throw error
    }
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
    if (!isGenuine(this.#parts.tagKey, token)) return
    await db.transact(tenant, async (tx) => {
      const states = await endToken(tx, this.#parts, { tenant, digest: digestOf(token), client: id }, now)
      if (states === undefined) return
      await ledger.recordWithin(tx, [
        eventOf(tenant, now, { actor: { kind: 'client', id }, ...from }, { action: 'token-revoke', states }),
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
