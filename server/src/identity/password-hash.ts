import { argon2, randomBytes, timingSafeEqual, type KeyObject } from 'node:crypto'
import { Refusal } from '#base'
import { normalPassword } from './password-rules.ts'

/** RFC 9106: memory in KiB, passes, lanes. */
export interface Cost {
  readonly memory: number
  readonly passes: number
  readonly lanes: number
}

export interface PasswordHash extends Cost {
  readonly hash: Buffer
  readonly salt: Buffer
}

/** 64 MiB, 3 passes, 1 lane (RFC 9106, second recommended option with one lane): some 150 ms of one core. */
export const fullCost: Cost = { memory: 65_536, passes: 3, lanes: 1 }

export interface Hasher {
  readonly cost: Cost
  /** How many hashes were computed since the start: a test compares known and unknown users by it. */
  readonly computed: number
  make(password: string): Promise<PasswordHash>
  /** Without a stored hash it computes one all the same and says no: an unknown user costs what a known one does. */
  matches(password: string, stored: PasswordHash | undefined): Promise<boolean>
  /** The stored hash was made at another cost. */
  outdated(stored: PasswordHash): boolean
  /** Throws 'sign-in-throttled' when so many wait already that another could only make it worse. */
  admit(): void
}

/** Two at a time: a storm of sign-ins takes 128 MiB and half of libuv's threads, whatever its size. */
const atOnce = 2
/** At 150 ms each and two at a time, the last in line waits five seconds. */
const mostWaiting = 64

/** @param pepper keyring key: without the keyring, stolen hashes cannot even be guessed at. */
export function openHasher(pepper: KeyObject, cost: Cost = fullCost): Hasher {
  const secret = pepper.export()
  const waiting: (() => void)[] = []
  let running = 0
  let computed = 0

  async function compute(password: string, salt: Buffer, at: Cost): Promise<Buffer> {
    if (running >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve))
    else running++
    try {
      computed++
      return await argon2id(normalPassword(password), salt, at, secret)
    } finally {
      const next = waiting.shift()
      if (next === undefined) running--
      else next()
    }
  }

  return {
    cost,
    get computed() {
      return computed
    },
    async make(password) {
      const salt = randomBytes(16)
      return { ...cost, salt, hash: await compute(password, salt, cost) }
    },
    async matches(password, stored) {
      const target = stored ?? { ...cost, salt: noSalt, hash: noHash }
      const hash = await compute(password, target.salt, target)
      return timingSafeEqual(hash, target.hash) && stored !== undefined
    },
    outdated: (stored) => stored.memory !== cost.memory || stored.passes !== cost.passes || stored.lanes !== cost.lanes,
    admit() {
      if (waiting.length >= mostWaiting) throw new Refusal('sign-in-throttled')
    },
  }
}

const noSalt = Buffer.alloc(16)
const noHash = Buffer.alloc(32)

function argon2id(message: string, nonce: Buffer, cost: Cost, secret: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parameters = {
      message,
      nonce,
      secret,
      memory: cost.memory,
      passes: cost.passes,
      parallelism: cost.lanes,
      tagLength: 32,
    }
    argon2('argon2id', parameters, (error, key) => (error === null ? resolve(key) : reject(error)))
  })
}
