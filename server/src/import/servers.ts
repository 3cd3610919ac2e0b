import { readReference } from '@chartkeep/model/fhir'

/** The servers whose addresses an import knows, by the base that their addresses begin with. */
export class Servers {
  readonly #numbers = new Map<string, number>()
  readonly #bases = ['']

  /** @param own bases of the source itself: an address under one means the same as its relative form */
  constructor(own: readonly string[]) {
    for (const base of own) this.#numbers.set(base.endsWith('/') ? base : `${base}/`, 0)
  }

  /** The server that exported an entry, by its fullUrl, numbered from 1; 0 for the source itself, or when it is not said. */
  note(fullUrl: string | undefined): number {
    const read = fullUrl === undefined ? undefined : readReference(fullUrl)
    if (read?.kind !== 'record' || read.base === '') return 0
    const known = this.#numbers.get(read.base)
    if (known !== undefined) return known
    // No export is of so many: the rest count as one, which is none of those before.
    if (this.#bases.length > mostServers) return mostServers
    this.#numbers.set(read.base, this.#bases.length)
    return this.#bases.push(read.base) - 1
  }

  /** Undefined for a server that nothing of this import is from. */
  numberOf(base: string): number | undefined {
    return this.#numbers.get(base)
  }

  /** '' for the source itself. */
  baseOf(server: number): string {
    return this.#bases[server] ?? ''
  }

  /** Whether an address is that of a record on one of them. */
  owns(address: string): boolean {
    const read = readReference(address)
    return read.kind === 'record' && this.#numbers.has(read.base)
  }
}

const mostServers = 60_000
