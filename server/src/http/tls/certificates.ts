import type { Pair } from './pair.ts'

/** Where the listener gets its certificate from, now and later. */
export interface Certificates {
  /** The names the server may be called by: the Host header is checked against them. */
  names(): readonly string[]
  pair(): Pair
  /** Renews or reads again when that is due. True when the pair changed. */
  refresh(): Promise<boolean>
}
