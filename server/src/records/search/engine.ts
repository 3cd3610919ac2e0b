import type { ResourceType, Terminology } from '@chartkeep/model/fhir'
import { type Id, Refusal } from '#base'
import type { Database } from '#db'
import type { Keyring } from '#keys'
import { type Action, Grant } from '#policy'
import type { LookUp } from '../lookups.ts'
import type { Patients } from '../patients.ts'
import type { IndexKeys } from '../prepare.ts'
import type { ReadStores } from '../read.ts'
import type { Search } from './ask.ts'
import { searchLimits } from './limits.ts'

export interface SearchStores extends ReadStores {
  readonly db: Database
  readonly keys: Keyring
  readonly indexKeys: IndexKeys
  readonly patients: Patients
  readonly lookUp: LookUp
  /** For `:in`, `:above` and `:below` of codes: what these parameters need, found under the grant's rights. */
  terms(grant: Grant<'search'>, parameters: Search['parameters'], request: string): Promise<Terminology>
  readonly scanLimits: ScanLimits
}

/** What a page of a scan may come to. */
export interface ScanLimits {
  /** Records opened. */
  readonly records: number
  /** Where all are to be counted: half a total is none, and there is no next page to go on with. */
  readonly counted: number
  readonly milliseconds: number
}

export const defaultScanLimits: ScanLimits = { records: 20_000, counted: 150_000, milliseconds: 8000 }

/** One search at work: for whom, with what, and what it has cost so far. */
export interface Engine {
  readonly stores: SearchStores
  readonly tenant: number
  readonly access: Access
  readonly spent: Spent
  /** Patients through whose records something was found: the entry names them. */
  readonly through: Set<Id<'patient'>>
}

/** Policy's answers to what a search asks on its way: for the types that it chains to and includes. */
export class Access {
  readonly #grants = new Map<string, Grant | undefined>()
  readonly grant: Grant<'search'>

  constructor(grant: Grant<'search'>) {
    this.grant = grant
    this.#grants.set(`search ${grant.question.type}`, grant)
  }

  /** Undefined when policy says no: then there is nothing of that type, as far as this search is concerned. */
  find(action: 'read' | 'search' | 'scan', type: ResourceType): Grant | undefined {
    const key = `${action} ${type}`
    if (!this.#grants.has(key)) this.#grants.set(key, this.#ask(action, type))
    return this.#grants.get(key)
  }

  /** The same, but throws policy's own refusal. */
  require(action: 'search' | 'scan', type: ResourceType): Grant {
    return this.find(action, type) ?? Grant.for({ ...this.grant.question, action, type })
  }

  /** Those that were given. */
  given(): readonly Grant[] {
    return [...this.#grants.values()].flatMap((grant) => grant ?? [])
  }

  #ask(action: Action, type: ResourceType): Grant | undefined {
    // Who may see a Binary is decided by what it says, when it is read by its id.
    if (type === 'Binary') return undefined
    try {
      return Grant.for({ ...this.grant.question, action, type })
    } catch (error) {
      if (error instanceof Refusal) return undefined
      throw error
    }
  }
}

/** What a search costs, and where it ends. */
export class Spent {
  readonly #signal: AbortSignal | undefined
  readonly #scan: { readonly records: number; readonly milliseconds: number }
  readonly #began = performance.now()
  #opened = 0
  /** Whether the records of everyone are gone through. */
  scanning = false

  constructor(signal: AbortSignal | undefined, { records, counted, milliseconds }: ScanLimits, counting: boolean) {
    this.#signal = signal
    this.#scan = { records: counting ? counted : records, milliseconds }
  }

  get opened(): number {
    return this.#opened
  }

  /** Counts opened records. Throws 'search-too-broad' past the limit, and 'timed-out' when nobody waits any more. */
  open(records: number): void {
    if (this.#signal?.aborted === true) throw new Refusal('timed-out')
    this.#opened += records
    if (this.#opened > searchLimits.opened) throw new Refusal('search-too-broad')
  }

  /** Whether a scan has to stop here and go on with the next page. */
  exhausted(): boolean {
    const { records, milliseconds } = this.#scan
    return this.#opened >= records || performance.now() - this.#began > milliseconds
  }
}
