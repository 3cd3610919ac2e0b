import type { ResourceType } from './resource-type.ts'
import { readModifier } from './search-modifier.ts'
import { type SearchParameter, searchParameter } from './search-parameter.ts'
import { readTyped, readWithModifier, type Unread } from './search-read.ts'
import type { Terminology } from './search-terms.ts'
import { splitEscaped } from './search-text.ts'
import type { Units } from './search-units.ts'
import type { Modifier, SearchQuery, WantedValue } from './search-wanted.ts'

/** Why a query was not taken. `chained` and `reverse` are for whoever joins resources; this module sees one at a time. */
export type QueryRefusal =
  | 'parameter-unknown'
  /** R4 knows it, and leaving it out would find what was not asked for. */
  | 'parameter-unsupported'
  | 'modifier-unsupported'
  | 'value-invalid'
  /** A value set or a code whose relatives are not, or not all, known here. */
  | 'terminology-unknown'
  | 'chained'
  | 'reverse'

export interface QueryOptions {
  /** Our own address, `https://host/fhir/R4/`: references that start with it are local. */
  readonly base?: string
  /** Unix milliseconds, for `ap`: a tenth of the time between then and now. Without it `ap` means any overlap. */
  readonly now?: number
  /** For `:in`, `:not-in`, `:above`, `:below` of codes, which are not supported without it. */
  readonly terminology?: Terminology
  /** For quantities in other UCUM units than the one asked for, which do not match without it. */
  readonly units?: Units
}

/** They name a query of the server's own, or hold a whole language; neither is here. */
const unsupported = new Set(['_query', '_filter'])

// A search with more alternatives than this is a list to be read by ids.
const mostValues = 1000
/** Texts are looked for in every place of another text, words among all words of a record. */
const mostTexts = 100
const mostWords = 30

/**
 * Reads one parameter of a search: `name` as written before the `=` (`code`, `subject:Patient`), `value` after it,
 * decoded from the URL. A refusal is a code, never the text that was refused.
 */
export function parseQuery(
  type: ResourceType,
  name: string,
  value: string,
  options: QueryOptions = {},
): { query: SearchQuery } | { refused: QueryRefusal } {
  if (name.startsWith('_has:')) return { refused: 'reverse' }
  if (name.includes('.')) return { refused: 'chained' }
  const [code = '', written, ...rest] = name.split(':')
  if (unsupported.has(code)) return { refused: 'parameter-unsupported' }
  const parameter = searchParameter(type, code)
  if (parameter === undefined) return { refused: 'parameter-unknown' }
  const modifier = written === undefined ? undefined : readModifier(parameter, written)
  if (rest.length > 0 || (written !== undefined && modifier === undefined)) return { refused: 'modifier-unsupported' }
  if (modifier === 'missing') {
    if (value !== 'true' && value !== 'false') return { refused: 'value-invalid' }
    return { query: { parameter, modifier, missing: value === 'true', values: [] } }
  }
  const texts = splitEscaped(value, ',')
  if (texts.length > mostValues) return { refused: 'value-invalid' }
  const values: WantedValue[] = []
  for (const text of texts) {
    const read = text === '' ? 'value-invalid' : readValue(parameter, modifier, text, options)
    if (typeof read === 'string') return { refused: read }
    values.push(read)
    const most = read.kind === 'string' ? mostTexts : read.kind === 'words' ? mostWords : mostValues
    if (values.length > most) return { refused: 'value-invalid' }
  }
  return { query: { parameter, modifier, missing: undefined, values } }
}

function readValue(
  parameter: SearchParameter,
  modifier: Modifier | undefined,
  text: string,
  options: QueryOptions,
): WantedValue | Unread {
  if (parameter.type === 'composite') return readComposite(parameter, text, options)
  if (modifier !== undefined) return readWithModifier(parameter, modifier, text, options)
  return readTyped(parameter.type, parameter, text, options) ?? 'value-invalid'
}

function readComposite(parameter: SearchParameter, text: string, options: QueryOptions): WantedValue | Unread {
  const texts = splitEscaped(text, '$')
  if (texts.length !== parameter.components.length) return 'value-invalid'
  const parts = parameter.components.map((part, index) =>
    readTyped(part.type, { code: parameter.code, leaves: part.leaves }, texts[index] ?? '', options),
  )
  const known = parts.filter((one) => one !== undefined)
  return known.length === parts.length ? { kind: 'composite', parts: known } : 'value-invalid'
}
