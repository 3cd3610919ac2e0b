import { argon2, randomBytes, timingSafeEqual, type KeyObject } from 'node:crypto'
import { type Admission, type HashQueue, HashQueues } from './hash-queue.ts'
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
  /** In the queue of live sessions, when not admitted to another. */
  make(password: string, admission?: Admission): Promise<PasswordHash>
  /** Without a stored hash it computes one all the same and says no: an unknown user costs what a known one does. */
  matches(password: string, stored: PasswordHash | undefined, admission?: Admission): Promise<boolean>
  /** The stored hash was made at another cost. */
  outdated(stored: PasswordHash): boolean
  /** Takes a place in a queue for the work. Throws 'sign-in-throttled' when the queue is full. */
  within<T>(queue: HashQueue, work: (admission: Admission) => Promise<T>, address?: string): Promise<T>
}

/** @param pepper keyring key: without the keyring, stolen hashes cannot even be guessed at. */
export function openHasher(pepper: KeyObject, cost: Cost = fullCost): Hasher {
  const secret = pepper.export()
  const queues = new HashQueues()
  let computed = 0

  async function compute(password: string, salt: Buffer, at: Cost, admission?: Admission): Promise<Buffer> {
    if (admission === undefined) return within('session', (own) => compute(password, salt, at, own))
    return admission.run(() => {
      computed++
      return argon2id(normalPassword(password), salt, at, secret)
    })
  }

  async function within<T>(queue: HashQueue, work: (admission: Admission) => Promise<T>, address?: string): Promise<T> {
    const admission = queues.admit(queue, address)
    try {
      return await work(admission)
    } finally {
      admission.leave()
    }
  }

  return {
    cost,
    get computed() {
      return computed
    },
    async make(password, admission) {
      const salt = randomBytes(16)
      return { ...cost, salt, hash: await compute(password, salt, cost, admission) }
    },
    async matches(password, stored, admission) {
      const target = stored ?? { ...cost, salt: noSalt, hash: noHash }
      const hash = await compute(password, target.salt, target, admission)
      return timingSafeEqual(hash, target.hash) && stored !== undefined
    },
    outdated: (stored) => stored.memory !== cost.memory || stored.passes !== cost.passes || stored.lanes !== cost.lanes,
    within,
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
