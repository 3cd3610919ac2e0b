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
    // No export is of so many; whatever comes from there is then nobody's in particular.
    if (this.#bases.length > mostServers) return 0
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

  /** Whether an address begins with one of the bases. */
  owns(address: string): boolean {
    for (const base of this.#numbers.keys()) if (address.startsWith(base)) return true
    return false
  }
}

const mostServers = 1000
