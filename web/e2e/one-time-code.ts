import { createHmac } from 'node:crypto'

const stepMs = 30_000
const lastStep = new Map<string, number>()

/** The code that an authenticator shows (RFC 6238), waiting for the next one where this one was used: codes work once. */
export async function oneTimeCode(secret: string): Promise<string> {
  let step = Math.floor(Date.now() / stepMs)
  while (step <= (lastStep.get(secret) ?? 0)) {
    await new Promise((resolve) => setTimeout(resolve, 500))
    step = Math.floor(Date.now() / stepMs)
  }
  lastStep.set(secret, step)
  return codeAt(secret, step)
}

function codeAt(secret: string, step: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  // oxlint-disable-next-line chartkeep/strong-hash -- RFC 6238 as authenticator apps do it: HMAC-SHA-1
  const digest = createHmac('sha1', base32(secret)).update(counter).digest()
  const offset = digest.readUInt8(19) & 15
  return String((digest.readUInt32BE(offset) & 0x7f_ff_ff_ff) % 1_000_000).padStart(6, '0')
}

function base32(text: string): Buffer {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const bits = [...text.replaceAll(/[\s=]/g, '')]
    .map((letter) => letters.indexOf(letter).toString(2).padStart(5, '0'))
    .join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((octet) => Number.parseInt(octet, 2)))
}
