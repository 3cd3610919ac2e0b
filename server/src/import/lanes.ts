/** Work under way at once, never more than `width`: who brings more waits. The first failure is everyone's. */
export class Lanes {
  readonly #width: number
  readonly #running = new Set<Promise<void>>()
  #failure: { readonly error: unknown } | undefined

  constructor(width: number) {
    this.#width = width
  }

  /** Resolves when the work has begun; to a promise in a box, because its end is not waited for here. */
  async begin(work: () => Promise<void>): Promise<{ readonly done: Promise<void> }> {
    while (this.#running.size >= this.#width) await Promise.race(this.#running)
    this.#check()
    const done: Promise<void> = this.#run(work).finally(() => this.#running.delete(done))
    this.#running.add(done)
    return { done }
  }

  /** Resolves when nothing is under way. Throws what any of the work threw. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.race(this.#running)
    this.#check()
  }

  async #run(work: () => Promise<void>): Promise<void> {
    try {
      if (this.#failure === undefined) await work()
    } catch (error) {
      this.#failure ??= { error }
    }
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure.error
  }
}
