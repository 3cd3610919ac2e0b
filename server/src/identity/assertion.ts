import { decodeJwt, decodeProtectedHeader, errors, jwtVerify } from 'jose'
import { type Algorithm, algorithms, type ClientKey, importKey } from './client-keys.ts'

/** What an assertion says of itself, before any of it is believed. */
export interface Claimed {
  readonly client: string
  readonly kid: string
  readonly algorithm: Algorithm
}

/** An assertion that is true, and may be used once until `expires` (Unix ms). */
export interface Verified {
  readonly jti: string
  readonly expires: number
}

const longestMs = 5 * 60_000
/** How far the clocks of two machines may be apart (FAPI 2.0 Security Profile, 5.3.2.1). */
const toleranceMs = 10_000
const longestText = 16_384

/** Why an assertion was turned away. For the ledger; the caller learns only `invalid_client`. */
export type AssertionFault =
  | 'form'
  | 'algorithm'
  | 'type'
  | 'jku'
  | 'kid'
  | 'issuer'
  | 'key'
  | 'signature'
  | 'audience'
  | 'expiry'
  | 'lifetime'
  | 'not-yet'
  | 'jti'

/** Reads who claims to have signed; undefined or a fault when it cannot be one of ours (RFC 7523, SMART 2.2). */
export function readClaimed(assertion: string): Claimed | AssertionFault {
  if (assertion.length > longestText) return 'form'
  const parts = decode(assertion)
  if (parts === undefined) return 'form'
  const { header, payload } = parts
  const algorithm = (['ES384', 'RS384'] as const).find((known) => known === header.alg)
  if (algorithm === undefined) return 'algorithm'
  if (header.typ !== undefined && header.typ.toUpperCase() !== 'JWT') return 'type'
  // Clients register their keys with us; nothing is ever fetched from an address that a caller names.
  if ('jku' in header || 'x5u' in header || 'jwk' in header || 'x5c' in header) return 'jku'
  if (typeof header.kid !== 'string' || header.kid === '') return 'kid'
  const { iss, sub } = payload
  if (typeof iss !== 'string' || iss === '' || iss !== sub) return 'issuer'
  return { client: iss, kid: header.kid, algorithm }
}

function decode(
  assertion: string,
): { header: ReturnType<typeof decodeProtectedHeader>; payload: ReturnType<typeof decodeJwt> } | undefined {
  try {
    return { header: decodeProtectedHeader(assertion), payload: decodeJwt(assertion) }
  } catch {
    return undefined
  }
}

/** The one key that has this kid and the algorithm's type; none when there are two. */
export function chooseKey(keys: readonly ClientKey[], { kid, algorithm }: Claimed): ClientKey | undefined {
  const fitting = keys.filter((key) => key.kid === kid && key.kty === algorithms[algorithm].kty)
  return fitting.length === 1 ? fitting[0] : undefined
}

/**
 * Checks the signature and every claim. `audience` is the address of the token endpoint, letter by letter.
 * @param now Unix ms
 */
export async function verifyAssertion(
  assertion: string,
  claimed: Claimed,
  keys: readonly ClientKey[],
  audience: string,
  now: number,
): Promise<Verified | AssertionFault> {
  const key = importKey(chooseKey(keys, claimed)?.jwk ?? {})
  if (key === undefined) return 'key'
  try {
    const { payload } = await jwtVerify(assertion, key, {
      algorithms: [claimed.algorithm],
      issuer: claimed.client,
      subject: claimed.client,
      audience,
      currentDate: new Date(now),
      clockTolerance: toleranceMs / 1000,
      requiredClaims: ['exp', 'jti'],
    })
    const { exp = 0, jti, iat = 0, aud } = payload
    if (Array.isArray(aud) && aud.length !== 1) return 'audience'
    // Five minutes by the clock that made it.
    const made = Math.max(now, Math.min(iat * 1000, now + toleranceMs))
    if (exp * 1000 > made + longestMs) return 'lifetime'
    // A clock a little ahead of ours is no reason; an assertion from the future is.
    if (iat * 1000 > now + 60_000) return 'not-yet'
    if (typeof jti !== 'string' || jti === '' || jti.length > 256) return 'jti'
    return { jti, expires: exp * 1000 + toleranceMs }
  } catch (error) {
    return faultOf(error)
  }
}

function faultOf(error: unknown): AssertionFault {
  if (error instanceof errors.JWTExpired) return 'expiry'
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'signature'
  if (!(error instanceof errors.JWTClaimValidationFailed)) return 'form'
  const byClaim: Readonly<Record<string, AssertionFault>> = {
    aud: 'audience',
    exp: 'expiry',
    nbf: 'not-yet',
    jti: 'jti',
  }
  return byClaim[error.claim] ?? 'form'
}
