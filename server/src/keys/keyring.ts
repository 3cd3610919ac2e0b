import { createHmac, type KeyObject, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Id, Secret } from '#base'
import { deriveKey } from './derive.ts'
import { replaceFile, withLock } from './durable.ts'
import { Damaged, KeyFault } from './fault.ts'
import { deriveLedgerKeys, type LedgerKeys } from './ledger-keys.ts'
import { PatientKey } from './patient-key.ts'
import { openRing, parseRing, renderRing, type Ring, type SealedRing } from './ring-file.ts'
import { newStretching, readRoot, type RootSource, takeKeyFile } from './root.ts'
import { open, seal } from './seal.ts'

/** Whose key it is. A wrapped key opens for this owner and number alone. */
export interface KeyOwner {
  readonly tenant: number
  readonly owner: Id<string>
  readonly keyId: number
}

/** A patient's key as the database keeps it: 60 bytes under the tenant's key of that epoch, and which key it is. */
export interface WrappedKey {
  readonly epoch: number
  readonly wrapped: Buffer
  readonly commitment: Buffer
}

const ringName = 'keyring.json'
const lockName = 'keyring.lock'
const fixedSecrets = ['index', 'ledger', 'database'] as const

/**
 * Makes a keyring in `dir` (created 0700). For kind 'file', a key file of 32 random bytes is made at the path, or the
 * one already there is used. Throws KeyFault 'exists' when there is a keyring, and leaves it alone.
 */
export async function createKeyring(dir: string, source: RootSource): Promise<Keyring> {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const path = join(dir, ringName)
  return withLock(join(dir, lockName), async () => {
    if (existsSync(path)) throw new KeyFault('exists', path)
    const recipe = source.kind === 'file' ? ({ kind: 'file' } as const) : newStretching()
    const root = source.kind === 'file' ? await takeKeyFile(source.path) : await readRoot(source, recipe, path)
    const names = [...fixedSecrets, 'epoch/1']
    const secrets = new Map(names.map((name) => [name, newSecret()]))
    const ring = { id: randomUUID(), recipe, secrets }
    await replaceFile(path, Buffer.from(renderRing(ring, root)))
    return new Keyring(dir, root, ring)
  })
}

/** Throws KeyFault: 'missing', 'wrong', 'damaged' or 'exposed'. Changes nothing. */
export async function openKeyring(dir: string, source: RootSource): Promise<Keyring> {
  const path = join(dir, ringName)
  const sealed = readRing(path)
  const root = await readRoot(source, sealed.recipe, path)
  return new Keyring(dir, root, openRing(sealed, root, path))
}

function readRing(path: string): SealedRing {
  let text: string
  try {
    text = readFileSync(path, 'latin1') // the text is ASCII; any other byte must differ, not become U+FFFD
  } catch (cause) {
    throw new KeyFault('missing', path, cause)
  }
  return parseRing(text, path)
}

function newSecret(): Secret {
  const bytes = randomBytes(32)
  const secret = new Secret(bytes)
  bytes.fill(0)
  return secret
}

/** All keys of one installation, open in memory. */
export class Keyring {
  /** Random and public. The database keeps it, so that the keyring of another database is noticed. */
  readonly id: string
  readonly source: 'file' | 'passphrase'
  readonly ledger: LedgerKeys
  readonly #dir: string
  readonly #root: Secret
  readonly #hmacKeys = new Map<string, KeyObject>()
  #ring: Ring
  #wrapKeys = new Map<string, KeyObject>()
  #newest: number

  constructor(dir: string, root: Secret, ring: Ring) {
    this.#dir = dir
    this.#root = root
    this.#ring = ring
    this.id = ring.id
    this.source = ring.recipe.kind
    this.#newest = newestEpoch(ring, join(dir, ringName))
    for (const name of fixedSecrets) this.#secret(name)
    this.ledger = deriveLedgerKeys(this.#secret('ledger'))
  }

  /** What opens this keyring in another process of ours; over a channel that nobody else reads, and never written down. */
  handOver(): RootSource & { readonly kind: 'opened' } {
    return { kind: 'opened', root: this.#root }
  }

  /** The newest epoch, from 1. */
  get epoch(): number {
    return this.#newest
  }

  /** Adds an epoch, durably, and makes it the one that new wraps use. */
  async beginEpoch(): Promise<number> {
    let begun = 0
    await this.#rewrite((secrets, newest) => {
      begun = newest + 1
      secrets.set(`epoch/${begun}`, newSecret())
    })
    return begun
  }

  /**
   * What is still wrapped under the epoch is lost for ever, here and in every copy of the database. A copy of the
   * keyring from before, kept with its root, undoes the loss: such copies have to be destroyed too.
   * Throws RangeError for the newest epoch.
   */
  async destroyEpoch(epoch: number): Promise<void> {
    await this.#rewrite((secrets, newest) => {
      if (epoch === newest) throw new RangeError('The newest epoch is in use. Begin another, and wrap the keys again.')
      secrets.delete(`epoch/${epoch}`)
    })
  }

  /** Takes over what another process changed. Throws KeyFault, and then goes on with what it had. */
  async reload(): Promise<void> {
    this.#reread()
  }

  /** A random 256-bit key, and its wrap under the newest epoch. */
  newPatientKey(owner: KeyOwner): { key: PatientKey; wrapped: WrappedKey } {
    const key = new PatientKey(randomBytes(32))
    return { key, wrapped: this.wrap(owner, key) }
  }

  /**
   * Throws Damaged: another owner's wrap, changed bytes, another key than the commitment says, an epoch destroyed.
   * An epoch newer than is known here was begun by another process, so the keyring is read again first.
   */
  unwrap(owner: KeyOwner, wrapped: WrappedKey): PatientKey {
    if (wrapped.epoch > this.#newest) this.#reread()
    const wrapKey = this.#wrapKey(owner.tenant, wrapped.epoch)
    if (wrapKey === undefined) throw new Damaged()
    const bytes = open(wrapKey, wrapped.wrapped, contextOf(owner, wrapped.epoch))
    const key = new PatientKey(bytes)
    bytes.fill(0)
    const commitment = key.commitment()
    if (commitment.length !== wrapped.commitment.length || !timingSafeEqual(commitment, wrapped.commitment)) {
      throw new Damaged()
    }
    return key
  }

  /** The same key under the newest epoch. Throws Damaged as `unwrap` does. */
  rewrap(owner: KeyOwner, wrapped: WrappedKey): WrappedKey {
    return this.wrap(owner, this.unwrap(owner, wrapped))
  }

  /** HMAC-SHA256 key for one purpose of looking things up, such as 'index/identity'. Not rotated by epochs. */
  hmacKey(purpose: string): KeyObject {
    const known = this.#hmacKeys.get(purpose)
    if (known !== undefined) return known
    const key = deriveKey(this.#secret('index'), `hmac/${purpose}`)
    this.#hmacKeys.set(purpose, key)
    return key
  }

  /** The password of a database role: 43 characters of base64url. */
  password(role: string): Secret {
    const mac = createHmac('sha256', this.#secret('database').reveal()).update(`chartkeep/1/role/${role}`)
    return new Secret(Buffer.from(mac.digest('base64url')))
  }

  /** The key under the newest epoch. */
  wrap(owner: KeyOwner, key: PatientKey): WrappedKey {
    const epoch = this.#newest
    const wrapKey = this.#wrapKey(owner.tenant, epoch)
    if (wrapKey === undefined) throw new Error('the newest epoch has no key')
    const wrapped = seal(wrapKey, key.secret().reveal(), contextOf(owner, epoch))
    return { epoch, wrapped, commitment: key.commitment() }
  }

  #wrapKey(tenant: number, epoch: number): KeyObject | undefined {
    const name = `${tenant}/${epoch}`
    const known = this.#wrapKeys.get(name)
    if (known !== undefined) return known
    const secret = this.#ring.secrets.get(`epoch/${epoch}`)
    if (secret === undefined) return undefined
    const key = deriveKey(secret, `tenant/${tenant}`)
    this.#wrapKeys.set(name, key)
    return key
  }

  #secret(name: string): Secret {
    const secret = this.#ring.secrets.get(name)
    if (secret === undefined) throw new KeyFault('damaged', this.#path)
    return secret
  }

  get #path(): string {
    return join(this.#dir, ringName)
  }

  #reread(): void {
    this.#adopt(openRing(readRing(this.#path), this.#root, this.#path))
  }

  #adopt(ring: Ring): void {
    if (ring.id !== this.id) throw new KeyFault('wrong', this.#path)
    this.#newest = newestEpoch(ring, this.#path)
    this.#ring = ring
    this.#wrapKeys = new Map()
  }

  async #rewrite(change: (secrets: Map<string, Secret>, newest: number) => void): Promise<void> {
    await withLock(join(this.#dir, lockName), async () => {
      this.#reread() // another process may have added an epoch, which must not be dropped
      const secrets = new Map(this.#ring.secrets)
      change(secrets, this.#newest)
      const ring = { ...this.#ring, secrets }
      await replaceFile(this.#path, Buffer.from(renderRing(ring, this.#root)))
      this.#adopt(ring)
    })
  }
}

function newestEpoch(ring: Ring, path: string): number {
  const epochs = [...ring.secrets.keys()].flatMap((name) => (name.startsWith('epoch/') ? [Number(name.slice(6))] : []))
  const newest = Math.max(0, ...epochs)
  if (!Number.isInteger(newest) || newest < 1) throw new KeyFault('damaged', path)
  return newest
}

function contextOf(owner: KeyOwner, epoch: number): Buffer {
  return Buffer.from(`chartkeep/1/wrap|${owner.tenant}|${owner.owner}|${owner.keyId}|${epoch}`)
}
