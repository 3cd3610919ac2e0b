import {
  isResourceType,
  parseQuery,
  type QueryOptions,
  type ResourceType,
  searchParameter,
  type SearchParameter,
  type SearchQuery,
} from '@chartkeep/model/fhir'
import { type Id, parseId, Refusal } from '#base'
import { searchLimits } from './limits.ts'

/** One condition that a record has to meet. */
export type Criterion =
  | { readonly kind: 'plain'; readonly query: SearchQuery }
  /** What the parameter refers to meets one of these: one for each type that it may lead to. */
  | { readonly kind: 'chain'; readonly parameter: SearchParameter; readonly links: readonly Link[] }
  /** A record of this type refers to it by the parameter, and meets the condition. */
  | {
      readonly kind: 'has'
      readonly type: ResourceType
      readonly parameter: SearchParameter
      readonly criterion: Criterion
    }
  /** It is an entry of one of these Lists. */
  | { readonly kind: 'list'; readonly lists: readonly Id<string>[] }

export interface Link {
  readonly type: ResourceType
  readonly criterion: Criterion
}

/** What the values are read with; `base` is our own address, with a slash at the end. */
export type ReadingOptions = QueryOptions & { readonly now: number }

/** `unknown`: no such parameter, which leniently is left out; others never are: it would find what was not asked for. */
export type ReadCriterion =
  | { readonly criterion: Criterion }
  | { readonly refused: 'unknown' | 'invalid' | 'unsupported' }

/** Reads one parameter that narrows a search: plain, chained, reversed (`_has`), or `_list`. */
export function readCriterion(
  type: ResourceType,
  name: string,
  value: string,
  options: ReadingOptions,
  depth = 0,
): ReadCriterion {
  if (depth > searchLimits.links) return { refused: 'invalid' }
  if (name.startsWith('_has:')) return readHas(type, name, value, options, depth)
  if (name.includes('.')) return readChain(type, name, value, options, depth)
  if (name === '_list') return readList(value)
  const read = parseQuery(type, name, value, options)
  if ('query' in read) return { criterion: { kind: 'plain', query: read.query } }
  if (read.refused === 'value-invalid') return { refused: 'invalid' }
  return { refused: read.refused === 'parameter-unknown' ? 'unknown' : 'unsupported' }
}

function readHas(
  type: ResourceType,
  name: string,
  value: string,
  options: ReadingOptions,
  depth: number,
): ReadCriterion {
  const [, from = '', code = '', ...rest] = name.split(':')
  if (!isResourceType(from) || rest.length === 0) return { refused: 'invalid' }
  const parameter = searchParameter(from, code)
  if (parameter?.type !== 'reference' || parameter.targets?.includes(type) === false) return { refused: 'unknown' }
  const inner = readCriterion(from, rest.join(':'), value, options, depth + 1)
  if ('refused' in inner) return inner
  return { criterion: { kind: 'has', type: from, parameter, criterion: inner.criterion } }
}

function readChain(
  type: ResourceType,
  name: string,
  value: string,
  options: ReadingOptions,
  depth: number,
): ReadCriterion {
  const dot = name.indexOf('.')
  const [code = '', said, ...more] = name.slice(0, dot).split(':')
  const parameter = searchParameter(type, code)
  if (parameter?.type !== 'reference') return { refused: 'unknown' }
  const targets = said === undefined ? parameter.targets : isResourceType(said) ? [said] : []
  // A reference that may lead anywhere has to say where to.
  if (targets === undefined || targets.length === 0 || more.length > 0) return { refused: 'unsupported' }
  if (said !== undefined && parameter.targets?.some((target) => target === said) === false)
    return { refused: 'unsupported' }
  const read = targets.map((target) => ({
    type: target,
    inner: readCriterion(target, name.slice(dot + 1), value, options, depth + 1),
  }))
  const links = read.flatMap(({ type: target, inner }) =>
    'criterion' in inner ? [{ type: target, criterion: inner.criterion }] : [],
  )
  if (links.length > 0) return { criterion: { kind: 'chain', parameter, links } }
  // Where no target takes it, the first one that has the parameter says why.
  const why = read.flatMap(({ inner }) => ('refused' in inner && inner.refused !== 'unknown' ? inner.refused : []))
  return { refused: why[0] ?? 'unknown' }
}

/** Ids of List; the functional ones (`$current-problems`) are not kept here. */
function readList(value: string): ReadCriterion {
  const texts = value.split(',').map((one) => one.replace(/^List\//, ''))
  if (!texts.every((one) => /^[A-Za-z0-9\-.]{1,64}$/.test(one))) return { refused: 'invalid' }
  return { criterion: { kind: 'list', lists: texts.flatMap((one) => parseId<string>(one) ?? []) } }
}

/** The query that a criterion asks of the record itself. */
export function plainQueries(criteria: readonly Criterion[]): SearchQuery[] {
  return criteria.flatMap((one) => (one.kind === 'plain' ? [one.query] : []))
}

/** How many alternatives a criterion has, at whatever depth. */
function valuesIn(criterion: Criterion): number {
  switch (criterion.kind) {
    case 'plain':
      return criterion.query.values.length
    case 'chain':
      return criterion.links.reduce((sum, { criterion: inner }) => sum + valuesIn(inner), 0)
    case 'has':
      return valuesIn(criterion.criterion)
    case 'list':
      return criterion.lists.length
  }
}

/** Throws 'parameter-invalid' for a search with more alternatives than are compared. */
export function limitValues(criteria: readonly Criterion[]): void {
  if (criteria.reduce((sum, one) => sum + valuesIn(one), 0) > searchLimits.values)
    throw new Refusal('parameter-invalid')
}
