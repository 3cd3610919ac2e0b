import { type Log, within } from '#base'

// The longest of them: requests at work finish, or a long ledger is signed.
const patienceMs = 30_000

/**
 * What has been opened so far, to be closed in the opposite order: by a stop, or by a start that fails half way. One that
 * fails to close, or takes too long because the database is gone, does not keep the others from it.
 */
export class Closing {
  readonly #log: Log
  readonly #steps: { readonly name: string; readonly ms: number; close(): Promise<void> | void }[] = []
  #closed: Promise<void> | undefined

  constructor(log: Log) {
    this.#log = log
  }

  add(name: string, close: () => Promise<void> | void, ms = patienceMs): void {
    this.#steps.push({ name, ms, close })
  }

  close(): Promise<void> {
    this.#closed ??= this.#closeAll()
    return this.#closed
  }

  async #closeAll(): Promise<void> {
    for (const { name, ms, close } of this.#steps.toReversed()) {
      try {
        await within(ms, Promise.resolve(close()))
      } catch (error) {
        this.#log.error({ err: error, part: name }, 'a part did not close in order')
      }
    }
  }
}
