import { Refusal } from '#base'

/**
 * Who waits for a password hash, the first first: people in a live session (unlocking, signing), sign-ins at a
 * workstation we gave a cookie to, and all others. A storm in one takes nothing from those before it.
 */
export type HashQueue = 'session' | 'workstation' | 'stranger'

const order = ['session', 'workstation', 'stranger'] as const satisfies readonly HashQueue[]

/** Hashes at once, 64 MiB and a core each: sign-ins get two, and one more is kept for live sessions. */
const atOnce = { 'sign-in': 2, all: 3 } as const
/** Admitted to one queue: at 150 ms each and two at a time, the last in line waits five seconds. */
const mostAdmitted = 64
/** Of them strangers from one network address, so that a flood from one leaves room for the others. */
const mostOfAddress = 32

/** One place in a queue, from before an attempt is counted until it is judged. */
export interface Admission {
  /** Runs the work when its turn comes. */
  run<T>(work: () => Promise<T>): Promise<T>
  leave(): void
}

export class HashQueues {
  readonly #waiting = { session: [], workstation: [], stranger: [] } as Record<HashQueue, (() => void)[]>
  /** By queue; for strangers by network address as well. */
  readonly #admitted = new Map<string, number>()
  #signingIn = 0
  #running = 0

  /**
   * Throws 'sign-in-throttled' when so many are in the queue that another could only make it worse.
   * @param address where a stranger comes from
   */
  admit(queue: HashQueue, address?: string): Admission {
    const counts: readonly (readonly [string, number])[] = [
      [queue, mostAdmitted],
      ...(address === undefined ? [] : [[`${queue} ${address}`, mostOfAddress] as const]),
    ]
    if (counts.some(([count, most]) => (this.#admitted.get(count) ?? 0) >= most))
      throw new Refusal('sign-in-throttled', { remedy: 'Many people sign in just now. Try again in some seconds.' })
    for (const [count] of counts) this.#count(count, 1)
    return {
      run: (work) => this.#run(queue, work),
      leave: () => {
        for (const [count] of counts) this.#count(count, -1)
      },
    }
  }

  #count(name: string, change: number): void {
    const count = (this.#admitted.get(name) ?? 0) + change
    if (count > 0) this.#admitted.set(name, count)
    else this.#admitted.delete(name)
  }

  async #run<T>(queue: HashQueue, work: () => Promise<T>): Promise<T> {
    await new Promise<void>((resolve) => {
      this.#waiting[queue].push(resolve)
      this.#startNext()
    })
    try {
      return await work()
    } finally {
      this.#running -= 1
      if (queue !== 'session') this.#signingIn -= 1
      this.#startNext()
    }
  }

  #startNext(): void {
    for (const queue of order) {
      while (this.#running < atOnce.all && (queue === 'session' || this.#signingIn < atOnce['sign-in'])) {
        const start = this.#waiting[queue].shift()
        if (start === undefined) break
        this.#running += 1
        if (queue !== 'session') this.#signingIn += 1
        start()
      }
    }
  }
}
