// What a search asks for, read: a parameter, a modifier and wanted values (R4 search, 3.1.1.4).
import type { DateRange } from './date-range.ts'
import type { ResourceType } from './resource-type.ts'
import type { SearchParameter } from './search-parameter.ts'
import type { Membership } from './search-terms.ts'
import type { WrittenNumber } from './search-text.ts'
import type { Units } from './search-units.ts'
import type { WordQuery } from './search-words.ts'

export type Prefix = 'eq' | 'ne' | 'gt' | 'lt' | 'ge' | 'le' | 'sa' | 'eb' | 'ap'

/** `words`: from the start of any word, as names are searched. */
export type TextWay = 'starts' | 'words' | 'exact' | 'contains' | 'sound'

/** One wanted value, of the parameter's type. */
export type WantedValue =
  /** `system` '' asks for values without one; undefined for any. `code` undefined: any code of the system. */
  | { readonly kind: 'token'; readonly system: string | undefined; readonly code: string | undefined }
  /** `:of-type`: an identifier's type and value. */
  | { readonly kind: 'typed'; readonly system: string; readonly code: string; readonly value: string }
  /** `:above` and `:below`: the code asked for and what it is under, or what is under it. */
  | { readonly kind: 'codes'; readonly system: string; readonly codes: ReadonlySet<string> }
  /** `:in` and `:not-in`. */
  | { readonly kind: 'member'; readonly set: Membership }
  /** `:below` of a MIME type: with whatever parameters follow it. */
  | { readonly kind: 'media'; readonly type: string }
  /** `folded` as foldText gives it. */
  | { readonly kind: 'string'; readonly text: string; readonly folded: string; readonly way: TextWay }
  | { readonly kind: 'words'; readonly query: WordQuery }
  /** `base` is our own address, under which a stored reference may also be written. */
  | {
      readonly kind: 'reference'
      readonly type: string | undefined
      readonly id: string
      readonly base: string | undefined
    }
  /** `below`: a version also stands for those that begin with it, `1` for `1.0`. */
  | { readonly kind: 'address'; readonly url: string; readonly version: string | undefined; readonly below: boolean }
  | { readonly kind: 'date'; readonly prefix: Prefix; readonly range: DateRange; readonly about: DateRange }
  | { readonly kind: 'number'; readonly prefix: Prefix; readonly number: WrittenNumber }
  | {
      readonly kind: 'quantity'
      readonly prefix: Prefix
      readonly number: WrittenNumber
      readonly system: string | undefined
      readonly code: string | undefined
      /** Of a UCUM unit: how values in other units are converted to it. */
      readonly units: Units | undefined
    }
  | { readonly kind: 'uri'; readonly uri: string; readonly way: 'same' | 'above' | 'below' }
  | { readonly kind: 'composite'; readonly parts: readonly WantedValue[] }
  | { readonly kind: 'near'; readonly latitude: number; readonly longitude: number; readonly metres: number }

export type Modifier =
  | 'exact'
  | 'contains'
  | 'not'
  | 'text'
  | 'in'
  | 'not-in'
  | 'of-type'
  | 'above'
  | 'below'
  | 'identifier'
  | 'missing'
  | ResourceType

export interface SearchQuery {
  readonly parameter: SearchParameter
  readonly modifier: Modifier | undefined
  /** Of `:missing` alone: whether it shall be missing. */
  readonly missing: boolean | undefined
  /** Any of them may match. */
  readonly values: readonly WantedValue[]
}
