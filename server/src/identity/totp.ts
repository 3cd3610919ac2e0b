import { randomBytes } from 'node:crypto'
import { Secret as OtpSecret, TOTP } from 'otpauth'
import { encode } from 'uqr'

/** RFC 6238 as every authenticator app reads it: SHA-1, six digits, 30 seconds. */
const periodMs = 30_000
const digits = 6

/** 160 bits, the length of the hash (RFC 4226 sec. 4, R6); SP 800-63B-4 asks for 112. */
export function newTotpSecret(): Buffer {
  return randomBytes(20)
}

/**
 * The time step whose code this is, out of the last, the present and the next one (90 s in all); undefined when none.
 * The caller lets each step in once.
 */
export function stepOf(secret: Uint8Array, code: string, now: number): number | undefined {
  if (!/^\d{6}$/.test(code)) return undefined
  const totp = new TOTP({ secret: otp(secret), digits, period: periodMs / 1000 })
  const delta = totp.validate({ token: code, timestamp: now, window: 1 })
  return delta === null ? undefined : Math.floor(now / periodMs) + delta
}

/** What an authenticator app needs, as text, as an address and as a picture. Shown once, at enrolment. */
export interface Enrolment {
  readonly secret: string
  readonly uri: string
  /** Rows of dark (1) and light (0) modules, with a quiet border of four. */
  readonly qr: readonly (readonly (0 | 1)[])[]
}

export function describeEnrolment(secret: Uint8Array, issuer: string, user: string): Enrolment {
  const totp = new TOTP({ issuer, label: user, secret: otp(secret), digits, period: periodMs / 1000 })
  const uri = totp.toString()
  const qr = encode(uri, { ecc: 'M', border: 4 }).data.map((row) => row.map((dark) => (dark ? 1 : 0)))
  return { secret: totp.secret.base32, uri, qr }
}

function otp(secret: Uint8Array): OtpSecret {
  return new OtpSecret({ buffer: new Uint8Array(secret).buffer })
}
