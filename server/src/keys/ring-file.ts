import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { Secret } from '#base'
import { deriveBytes, deriveKey } from './derive.ts'
import { KeyFault } from './fault.ts'
import type { RootRecipe } from './root.ts'
import { open, seal } from './seal.ts'

/*
 * keyring.json, and how it tells three mishaps apart:
 * - `checksum` (SHA-256, no key) does not fit: the file is damaged;
 * - `check` (HMAC under the root) does not fit: this is not its root key;
 * - `proof` (HMAC under the root, over everything) does not fit: changed by someone without the key.
 * The text has one spelling, so that no byte of it is outside all three.
 */
const format = 'chartkeep-keyring-1'

/** What a keyring holds, opened. Names of secrets: `index`, `ledger`, `database`, `epoch/1`, `epoch/2` … */
export interface Ring {
  readonly id: string
  readonly recipe: RootRecipe
  readonly secrets: ReadonlyMap<string, Secret>
}

/** What a keyring says before it is opened. */
export interface SealedRing {
  readonly id: string
  readonly recipe: RootRecipe
  readonly check: string
  readonly secrets: Readonly<Record<string, string>> // base64
  readonly proof: string
}

/** The text of keyring.json: each secret wrapped under the root, for its own name in this keyring. */
export function renderRing(ring: Ring, root: Secret): string {
  const wrap = deriveKey(root, 'root/wrap')
  const secrets: Record<string, string> = {}
  for (const [name, secret] of ring.secrets) {
    secrets[name] = seal(wrap, secret.reveal(), wrapContext(ring.id, name)).toString('base64')
  }
  const unproven = { id: ring.id, recipe: ring.recipe, check: checkOf(ring.id, root), secrets }
  return spell({ ...unproven, proof: proofOf(unproven, root) })
}

/** The part that needs no key. Throws 'damaged' unless every byte is as it was written. */
export function parseRing(text: string, path: string): SealedRing {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (cause) {
    throw new KeyFault('damaged', path, cause)
  }
  const ring = parseSealed(parsed)
  if (ring === undefined || spell(ring) !== text) throw new KeyFault('damaged', path)
  return ring
}

/** Throws 'wrong' for another root, 'damaged' for a keyring that was put together without the root. */
export function openRing(sealed: SealedRing, root: Secret, path: string): Ring {
  const { proof, ...unproven } = sealed
  if (!equal(sealed.check, checkOf(sealed.id, root))) throw new KeyFault('wrong', path)
  if (!equal(proof, proofOf(unproven, root))) throw new KeyFault('damaged', path)
  const wrap = deriveKey(root, 'root/wrap')
  const secrets = new Map<string, Secret>()
  for (const [name, wrapped] of Object.entries(sealed.secrets)) {
    const bytes = open(wrap, Buffer.from(wrapped, 'base64'), wrapContext(sealed.id, name))
    secrets.set(name, new Secret(bytes))
    bytes.fill(0)
  }
  return { id: sealed.id, recipe: sealed.recipe, secrets }
}

function spell(ring: SealedRing): string {
  const { id, recipe, check, secrets, proof } = ring
  const content = { format, id, root: spellRecipe(recipe), check, secrets, proof }
  const checksum = createHash('sha256').update(JSON.stringify(content)).digest('hex')
  return JSON.stringify({ ...content, checksum }, undefined, 2) + '\n'
}

function spellRecipe(recipe: RootRecipe): RootRecipe {
  if (recipe.kind === 'file') return { kind: 'file' }
  const { kind, salt, memoryKiB, passes, lanes } = recipe
  return { kind, salt, memoryKiB, passes, lanes }
}

const wrapContext = (id: string, name: string): Buffer => Buffer.from(`${format}|${id}|${name}`)

function checkOf(id: string, root: Secret): string {
  return mac(root, 'root/check', id)
}

function proofOf(unproven: Omit<SealedRing, 'proof'>, root: Secret): string {
  const { id, recipe, check, secrets } = unproven
  return mac(root, 'root/proof', JSON.stringify([format, id, spellRecipe(recipe), check, secrets]))
}

function mac(root: Secret, purpose: string, text: string): string {
  return createHmac('sha256', deriveBytes(root, purpose)).update(text).digest('base64')
}

function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

function parseSealed(value: unknown): SealedRing | undefined {
  if (!isObject(value) || value['format'] !== format) return undefined
  const { id, root, check, secrets, proof } = value
  const recipe = parseRecipe(root)
  if (typeof id !== 'string' || typeof check !== 'string' || typeof proof !== 'string') return undefined
  if (recipe === undefined || !isObject(secrets)) return undefined
  const wrapped: Record<string, string> = {}
  for (const [name, text] of Object.entries(secrets)) {
    if (typeof text !== 'string') return undefined
    wrapped[name] = text
  }
  return { id, recipe, check, secrets: wrapped, proof }
}

// The bounds keep a damaged file from asking for all the memory there is.
function parseRecipe(value: unknown): RootRecipe | undefined {
  if (!isObject(value)) return undefined
  if (value['kind'] === 'file') return { kind: 'file' }
  const { kind, salt, memoryKiB, passes, lanes } = value
  if (kind !== 'passphrase' || typeof salt !== 'string' || Buffer.from(salt, 'base64').length < 16) return undefined
  if (!isWithin(memoryKiB, 19_456, 2_097_152) || !isWithin(passes, 1, 64) || !isWithin(lanes, 1, 16)) return undefined
  return { kind, salt, memoryKiB, passes, lanes }
}

function isWithin(value: unknown, least: number, most: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
