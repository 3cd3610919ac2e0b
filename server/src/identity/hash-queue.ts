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

/** One place in a queue, from before an attempt is counted until it is judged. */
export interface Admission {
  /** Runs the work when its turn comes. */
  run<T>(work: () => Promise<T>): Promise<T>
  leave(): void
}

export class HashQueues {
  readonly #waiting = { session: [], workstation: [], stranger: [] } as Record<HashQueue, (() => void)[]>
  readonly #admitted: Record<HashQueue, number> = { session: 0, workstation: 0, stranger: 0 }
  #signingIn = 0
  #running = 0

  /** Throws 'sign-in-throttled' when so many are in the queue that another could only make it worse. */
  admit(queue: HashQueue): Admission {
    if (this.#admitted[queue] >= mostAdmitted)
      throw new Refusal('sign-in-throttled', { remedy: 'Many people sign in just now. Try again in some seconds.' })
    this.#admitted[queue] += 1
    return {
      run: (work) => this.#run(queue, work),
      leave: () => void (this.#admitted[queue] -= 1),
    }
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
