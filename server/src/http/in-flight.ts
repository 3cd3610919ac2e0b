import { Refusal } from '#base'
import { hasBody } from './body.ts'
import type { Limits } from './limits.ts'
import type { Visit } from './visit.ts'

const strangers = 'strangers'

/** How much of an unwanted body is read on before the connection is cut, so that the answer can arrive first. */
const drainBytes = 1024 * 1024
const drainMilliseconds = 5000

/** The requests at work: their deadlines, and what becomes of them when the server stops. */
export class InFlight {
  readonly #visits = new Set<Visit>()
  readonly #draining = new Map<Visit, { bytesRead: number; since: number }>()
  readonly #expire: (visit: Visit, refusal: Refusal) => void
  readonly #waiting: (() => void)[] = []
  readonly #counts = new Map<string, number>()

  /** `expire` answers a visit whose time is up. */
  constructor(expire: (visit: Visit, refusal: Refusal) => void) {
    this.#expire = expire
  }

  get size(): number {
    return this.#visits.size
  }

  add(visit: Visit): void {
    this.#visits.add(visit)
  }

  /** Who asks is known now, or known to be nobody: counts against their share. Throws 'rate-limited' past it. */
  share({ found }: Visit, most: Limits['inFlightOf']): () => void {
    const sharer = found?.id ?? strangers
    const count = this.#counts.get(sharer) ?? 0
    if (count >= most[found?.kind ?? strangers]) throw new Refusal('rate-limited')
    this.#counts.set(sharer, count + 1)
    return () => {
      const left = (this.#counts.get(sharer) ?? 1) - 1
      if (left > 0) this.#counts.set(sharer, left)
      else this.#counts.delete(sharer)
    }
  }

  /** The answer is out. What still comes of its body is read and dropped, up to a limit. */
  done(visit: Visit, now: number): void {
    visit.release()
    visit.leaveShare?.()
    visit.leaveShare = undefined
    this.#visits.delete(visit)
    if (this.#visits.size === 0) for (const resolve of this.#waiting.splice(0)) resolve()
    const { incoming } = visit
    if (!incoming.complete && hasBody(incoming) && !incoming.destroyed) {
      incoming.resume()
      this.#draining.set(visit, { bytesRead: incoming.socket.bytesRead, since: now })
    }
  }

  /** Several times a second: one walk over all requests is cheaper than a timer for each. */
  sweep(now: number): void {
    for (const visit of this.#visits) {
      if (now < visit.deadline || visit.settled) continue
      // A write may have been saved by now, and saying that it was not would have it sent again.
      this.#expire(visit, new Refusal(visit.route.route.class === 'write' ? 'outcome-unknown' : 'timed-out'))
    }
    for (const [visit, start] of this.#draining) {
      const { complete, socket } = visit.incoming
      const over = socket.bytesRead - start.bytesRead > drainBytes || now - start.since > drainMilliseconds
      // Once it has come whole, what comes on the connection is the next request.
      if (over && !complete) socket.destroy()
      if (complete || socket.destroyed) this.#draining.delete(visit)
    }
  }

  /** Whether a request on this connection is being answered, so that no other bytes may be written to it. */
  occupies(socket: unknown): boolean {
    for (const { incoming } of this.#visits) if (incoming.socket === socket) return true
    return false
  }

  /** Resolves when nothing is at work any more, also for callers who have left. */
  async idle(): Promise<void> {
    if (this.#visits.size > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  /** Ends streams of events, which would never end by themselves; anything else is left to finish. */
  endEvents(): void {
    for (const visit of this.#visits) {
      const { flowing, outgoing } = visit
      if (flowing === undefined || !visit.events) continue
      flowing.unpipe(outgoing)
      outgoing.end()
    }
  }

  /** The wait is over: whoever still works is told to stop. */
  abandonAll(): void {
    for (const visit of this.#visits) visit.abandon()
  }
}
