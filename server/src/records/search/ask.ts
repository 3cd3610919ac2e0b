import {
  isResourceType,
  isSortable,
  type ResourceType,
  searchParameter,
  type SearchParameter,
} from '@chartkeep/model/fhir'
import { Refusal } from '#base'
import { searchLimits } from './limits.ts'
import { namingParameter } from './parameter-name.ts'
import { type Criterion, limitValues, readCriterion, type ReadingOptions } from './question.ts'
import { readElements, readSummary, type Summary } from './subset.ts'

/** One type by its parameters, as a URL gives them, decoded: [name with modifier, value]. */
export interface Search {
  readonly type: ResourceType
  readonly parameters: readonly (readonly [string, string])[]
  /** Refuse parameters that are not known instead of leaving them out. */
  readonly strict: boolean
  /** Matches on a page; 0 asks for the total alone. */
  readonly count: number
  /** The `next` of the page before: it holds the whole question, so there are no parameters beside it. */
  readonly cursor?: string
  /** Our own address, `https://host/fhir/R4/`: references that start with it are local. */
  readonly base?: string
  /** Aborted when whoever asked has gone. */
  readonly signal?: AbortSignal
}

export interface SortKey {
  readonly parameter: SearchParameter
  readonly descending: boolean
}

/** Records that come along. */
export interface Include {
  /** The type that holds the reference; undefined: whatever type (`_include=*`). */
  readonly source: ResourceType | undefined
  /** undefined: every reference of the type (`Observation:*`). */
  readonly parameter: SearchParameter | undefined
  /** Only to (or, reversed, from what refers to) records of this type. */
  readonly target: ResourceType | undefined
  readonly reverse: boolean
  /** Also for what came along. */
  readonly iterate: boolean
}

/** A whole search, read. */
export interface Question {
  readonly type: ResourceType
  readonly criteria: readonly Criterion[]
  readonly sort: readonly SortKey[]
  readonly includes: readonly Include[]
  readonly total: boolean
  readonly summary: Summary
  readonly elements: readonly string[] | undefined
  /** The parameters that were understood, for the self link. */
  readonly used: URLSearchParams
  /** Where in the list of parameters one stands that was left out, from 1. */
  readonly ignored: readonly number[]
}

type Read = Partial<Pick<Question, 'sort' | 'includes' | 'total' | 'summary' | 'elements'>>

/**
 * The parameters of a search. Unknown ones are left out, or refused when `strict` (R4 search, 3.1.1.3); a value or
 * modifier that cannot be read is always refused: leaving it out would widen the search without a word. Throws
 * 'parameter-unknown' and 'parameter-invalid'.
 */
export function readQuestion(
  type: ResourceType,
  parameters: readonly (readonly [string, string])[],
  strict: boolean,
  options: ReadingOptions,
): Question {
  if (parameters.length > searchLimits.parameters) throw new Refusal('parameter-invalid')
  const criteria: Criterion[] = []
  const includes: Include[] = []
  const ignored: number[] = []
  const used = new URLSearchParams()
  let rest: Read = {}
  for (const [index, [name, value]] of parameters.entries()) {
    const read = namingParameter(name, index + 1, () => readParameter(type, [name, value], strict, options))
    if (read === undefined) {
      ignored.push(index + 1)
      continue
    }
    if ('criterion' in read) criteria.push(read.criterion)
    else {
      includes.push(...(read.includes ?? []))
      rest = { ...rest, ...read }
    }
    used.append(name, value)
  }
  if (includes.length > searchLimits.includes) throw new Refusal('parameter-invalid')
  limitValues(criteria)
  const { sort = [], total = false, summary = 'false', elements } = rest
  return { type, criteria, sort, includes, total: total || summary === 'count', summary, elements, used, ignored }
}

/** Undefined for one that is left out. */
function readParameter(
  type: ResourceType,
  [name, value]: readonly [string, string],
  strict: boolean,
  options: ReadingOptions,
): Read | { readonly criterion: Criterion } | undefined {
  const result = readResult(type, name, value)
  if (result !== undefined && result !== 'unknown') return result
  const read = readCriterion(type, name, value, options)
  if ('criterion' in read) return read
  if (read.refused === 'invalid') throw new Refusal('parameter-invalid')
  if (strict || read.refused === 'unsupported') throw new Refusal('parameter-unknown')
  return undefined
}

/** A parameter that says how the answer shall be; undefined when it is none. Throws 'parameter-invalid'. */
function readResult(type: ResourceType, name: string, value: string): Read | 'unknown' | undefined {
  switch (name) {
    case '_sort':
      return readSort(type, value)
    case '_total':
      return { total: readTotal(value) }
    case '_summary':
      return { summary: readSummary(value) }
    case '_elements':
      return { elements: readElements(value) }
    case '_contained':
      // Contained resources are found with what contains them, which is the default; nothing else is offered.
      return value === 'false' ? {} : 'unknown'
    case '_include':
    case '_include:iterate':
      return readInclude(value, false, name.endsWith(':iterate'))
    case '_revinclude':
    case '_revinclude:iterate':
      return readInclude(value, true, name.endsWith(':iterate'))
    default:
      return undefined
  }
}

function readTotal(value: string): boolean {
  if (!['none', 'estimate', 'accurate'].includes(value)) throw new Refusal('parameter-invalid')
  return value === 'accurate'
}

function readSort(type: ResourceType, value: string): Read | 'unknown' {
  const sort: SortKey[] = []
  for (const text of value.split(',')) {
    const descending = text.startsWith('-')
    const parameter = searchParameter(type, descending ? text.slice(1) : text)
    if (parameter === undefined || !isSortable(parameter)) return 'unknown'
    sort.push({ parameter, descending })
  }
  if (sort.length > searchLimits.sortKeys) throw new Refusal('parameter-invalid')
  return { sort }
}

/** `*`, `Type:*`, `Type:parameter`, `Type:parameter:Target`. */
function readInclude(value: string, reverse: boolean, iterate: boolean): Read | 'unknown' {
  if (value === '*')
    return reverse
      ? 'unknown'
      : { includes: [{ source: undefined, parameter: undefined, target: undefined, reverse, iterate }] }
  const [source = '', code = '', target, ...more] = value.split(':')
  if (!isResourceType(source) || more.length > 0) return 'unknown'
  if (target !== undefined && !isResourceType(target)) return 'unknown'
  const parameter = searchParameter(source, code)
  if (code !== '*' && parameter?.type !== 'reference') return 'unknown'
  if (target !== undefined && parameter?.targets?.includes(target) === false) return 'unknown'
  return { includes: [{ source, parameter, target, reverse, iterate }] }
}
