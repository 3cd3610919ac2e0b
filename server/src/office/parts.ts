import type { Clock } from '#base'
import type { Identity } from '#identity'
import type { Ledger } from '#ledger'
import type { Records } from '#records'

/** What the endpoints of the web app work with. */
export interface OfficeParts {
  readonly records: Records
  readonly identity: Identity
  readonly ledger: Ledger
  readonly clock: Clock
  readonly practice: string
  readonly version: string
  /** Unix ms. */
  readonly started: number
  database(): Promise<{ readonly kind: 'embedded' | 'external'; readonly version: string; readonly bytes: number }>
  keys(): { readonly epoch: number; readonly source: 'file' | 'passphrase' }
}
