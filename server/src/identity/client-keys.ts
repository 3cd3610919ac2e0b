import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import { calculateJwkThumbprint } from 'jose'
import { type Finding, Refusal } from '#base'

/** The algorithms of SMART App Launch 2.2 for asymmetric clients, and the kind of key that each takes. */
export const algorithms = { ES384: { kty: 'EC', crv: 'P-384' }, RS384: { kty: 'RSA' } } as const
export type Algorithm = keyof typeof algorithms

/** One public key of a client: RFC 7517, with only the members that a public key of these kinds has. */
export interface ClientKey {
  readonly kid: string
  readonly kty: 'EC' | 'RSA'
  readonly jwk: Readonly<Record<string, string>>
}

/** RFC 7518 sec. 3.3: at least 2048 bits. Larger ones only cost time, which is the server's. */
const rsaBits = { least: 2048, most: 8192 } as const

/** The keys of a JWK Set or of one JWK, to be registered. Throws 'input-invalid': private keys, other kinds, one kid twice. */
export async function parseClientKeys(sent: unknown): Promise<ClientKey[]> {
  const listed = isRecord(sent) && Array.isArray(sent['keys']) ? sent['keys'] : [sent]
  if (listed.length === 0 || listed.length > 10) throw unusable('Register one to ten keys.')
  const keys = await Promise.all(listed.map(parseKey))
  const names = new Set(keys.map(({ kid, kty }) => `${kty}/${kid}`))
  if (names.size < keys.length) throw unusable('Two keys have the same kid.')
  return keys
}

async function parseKey(sent: unknown): Promise<ClientKey> {
  if (!isRecord(sent)) throw unusable('A key is a JSON Web Key.')
  if (['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'].some((member) => member in sent)) {
    throw unusable(
      'That is a private key. It stays with the client, and this one should be replaced: register the public one.',
    )
  }
  const jwk = sent['kty'] === 'EC' ? pick(sent, ['kty', 'crv', 'x', 'y']) : pick(sent, ['kty', 'n', 'e'])
  const kty = jwk?.['kty']
  if (jwk === undefined || (kty !== 'EC' && kty !== 'RSA'))
    throw unusable('A key is of type EC with curve P-384, or RSA.')
  const kid = sent['kid'] ?? (await calculateJwkThumbprint(jwk))
  if (typeof kid !== 'string' || kid === '' || kid.length > 200)
    throw unusable('The kid is a text of at most 200 characters.')
  requireStrong(jwk)
  return { kid, kty, jwk }
}

function requireStrong(jwk: Readonly<Record<string, string>>): void {
  const key = importKey(jwk)
  if (key?.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'secp384r1') return
  const bits = key?.asymmetricKeyType === 'rsa' ? (key.asymmetricKeyDetails?.modulusLength ?? 0) : 0
  if (bits < rsaBits.least || bits > rsaBits.most)
    throw unusable('A key is of type EC with curve P-384, or RSA of at least 2048 bits.')
}

export function importKey(jwk: Readonly<Record<string, string>>): KeyObject | undefined {
  try {
    const key: JsonWebKey = { ...jwk }
    return createPublicKey({ key, format: 'jwk' })
  } catch {
    return undefined
  }
}

function pick(sent: Record<string, unknown>, members: readonly string[]): Record<string, string> | undefined {
  const picked: Record<string, string> = {}
  for (const member of members) {
    const value = sent[member]
    if (typeof value !== 'string' || value === '') return undefined
    picked[member] = value
  }
  return picked
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function unusable(text: string): Refusal {
  const finding: Finding = { expression: 'jwk', issue: 'value', text }
  return new Refusal('input-invalid', { findings: [finding] })
}
