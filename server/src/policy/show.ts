import {
  carryDigits,
  isObject,
  isResourceType,
  type JsonObject,
  readReference,
  type Resource,
  type ResourceType,
  type Rule,
  type Shape,
  shapeOf,
} from '@chartkeep/model/fhir'
import { type KnownExtensions, knownExtensions, masked } from './extensions.ts'
import { type Content, contentSeen, isOpenType, judge, keepers, type Manner } from './judgements.ts'
import { categoryOf, mayRead, type Role } from './roles.ts'

/** For whom a record is shown, and what else is known of it on the way down. */
export interface Sight {
  readonly role: Role
  /** What was found out once of an element, by holder and name. */
  readonly known: Map<string, Manner | undefined>
  readonly seen: readonly Content[]
  /** The type tells of nobody's health. */
  readonly open: boolean
  /** Who keeps such records sees their narrative, labels and extensions. */
  readonly keeper: boolean
  /** Local references (`#id`) to contained records that are not shown. */
  readonly gone: ReadonlySet<string>
}

/** How a role sees records of a type; undefined when it sees all of them. */
export function sightOf(role: Role, type: ResourceType): Sight | undefined {
  const seen = contentSeen[role]
  if (seen === 'all') return undefined
  const keeper = keepers[categoryOf(type)] === role
  const known = new Map<string, Manner | undefined>()
  return {
    role,
    known,
    seen: keeper ? ['open', 'charge', 'chart'] : seen,
    open: isOpenType(type),
    keeper,
    gone: new Set(),
  }
}

/**
 * The record without what is not for this role; the same object when that is nothing. What R4 requires and is not shown
 * is marked as masked, so that what is shown is a resource still.
 */
export function showResource<T extends Resource>(sight: Sight, resource: T): T {
  // oxlint-disable-next-line no-unsafe-type-assertion -- some elements less of the same resource
  return (showObject(withGone(sight, resource), shapeOf(resource.resourceType), resource) ?? {}) as T
}

/** The sight within this resource: its contained records that are not shown are known by their ids. */
export function withGone(sight: Sight, { contained }: Resource): Sight {
  const list: unknown[] = Array.isArray(contained) ? contained : []
  const gone = list.flatMap((one) =>
    isObject(one) && typeof one['id'] === 'string' && showContained(sight, one) === undefined ? `#${one['id']}` : [],
  )
  return { ...sight, gone: new Set(gone) }
}

/** What is shown of a value of an element; undefined for nothing, the same value for all of it. */
export function showProperty(sight: Sight, holder: Shape, property: string, value: unknown): unknown {
  const rule = holder.rules.get(property)
  const manner = rule === undefined ? undefined : mannerOf(sight, holder, property, rule)
  if (rule === undefined || manner === undefined) return undefined
  if (!Array.isArray(value)) return showValue(sight, rule, manner, value)
  const items: readonly unknown[] = value
  const shown = items.map((item) => (item === null ? null : showValue(sight, rule, manner, item)))
  if (shown.every((item, index) => item === items[index])) return value
  // A companion stands at the place of its primitive: null holds it.
  const left = rule.companion ? shown.map((item) => item ?? null) : shown.filter((item) => item !== undefined)
  return left.some((item) => item !== null) ? left : undefined
}

export function mannerOf(sight: Sight, holder: Shape, property: string, { element }: Rule): Manner | undefined {
  const { known, open, seen } = sight
  const name = `${holder.name}.${property}`
  if (!known.has(name)) {
    const judgement = judge({ holder, property: property.replace(/^_/, ''), element }, open)
    known.set(name, judgement !== undefined && seen.includes(judgement.content) ? judgement.manner : undefined)
  }
  return known.get(name)
}

/** What is shown of one value: of an element that holds several, of one of them. */
export function showValue(sight: Sight, rule: Rule, manner: Manner, value: unknown): unknown {
  if (!isObject(value)) return value
  if (rule.type === 'Resource') return showContained(sight, value)
  if (rule.type === 'Extension')
    return sight.keeper ? showParts(sight, rule, value) : showExtension(sight, value, knownExtensions)
  if (rule.type === 'Reference' && !rule.companion) return showReference(sight, rule, manner, value)
  if (manner === 'code') return codesIn(value)
  return showParts(sight, rule, value)
}

function showParts(sight: Sight, { shape }: Rule, value: JsonObject): JsonObject | undefined {
  return shape === undefined ? undefined : showObject(sight, shape(), value)
}

/** A contained record is judged as one of its own type. */
function showContained({ role, gone }: Sight, value: JsonObject): JsonObject | undefined {
  const { resourceType: type } = value
  if (typeof type !== 'string' || !isResourceType(type) || !mayRead(role, type)) return undefined
  const sight = sightOf(role, type)
  return sight === undefined ? value : showObject({ ...sight, gone }, shapeOf(type), value)
}

function showExtension(sight: Sight, value: JsonObject, known: KnownExtensions): JsonObject | undefined {
  const parts = typeof value['url'] === 'string' ? known.get(value['url']) : undefined
  if (parts === undefined) return undefined
  const holder = shapeOf('Extension')
  const shown = pick(value, (property, one) => {
    if (property !== 'extension') return showProperty(sight, holder, property, one)
    const list: unknown[] = Array.isArray(one) ? one : []
    const shown = list.map((item) => (isObject(item) ? showExtension(sight, item, parts) : undefined))
    const left = shown.filter((item) => item !== undefined)
    return shown.every((item, index) => item === list[index]) ? one : left.length > 0 ? left : undefined
  })
  // R4, ext-1: it has a value, or parts.
  return Object.keys(shown ?? {}).some((property) => !['id', 'url'].includes(property)) ? shown : undefined
}

/** Words about what may not be read are not shown, nor a way to what is not there. */
function showReference(sight: Sight, rule: Rule, manner: Manner, value: JsonObject): JsonObject | undefined {
  const { reference, type } = value
  if (typeof reference === 'string' && sight.gone.has(reference)) return undefined
  const read = readReference(typeof reference === 'string' ? reference : '')
  const named = read.kind === 'record' ? read.type : type
  const readable = typeof named !== 'string' || !isResourceType(named) || mayRead(sight.role, named)
  if (manner !== 'link' && readable) return showParts(sight, rule, value)
  if (reference === undefined) return undefined
  return pick(value, (property, one) => (['reference', 'type', 'id'].includes(property) ? one : undefined))
}

const publicSystems = 'http://terminology.hl7.org/CodeSystem/'

function codesIn(value: JsonObject): JsonObject | undefined {
  const list: unknown[] = Array.isArray(value['coding']) ? value['coding'] : []
  const coding = list.flatMap((one) => {
    if (!isObject(one) || typeof one['system'] !== 'string' || !one['system'].startsWith(publicSystems)) return []
    return [{ system: one['system'], code: one['code'] }]
  })
  if (coding.length === 0) return undefined
  return Object.keys(value).length === 1 && JSON.stringify(coding) === JSON.stringify(list) ? value : { coding }
}

function showObject(sight: Sight, shape: Shape, value: JsonObject): JsonObject | undefined {
  const shown = pick(value, (property, one) =>
    property === 'resourceType' && shape.resource ? one : showProperty(sight, shape, property, one),
  )
  return shown === value ? value : withMasks(shape, value, shown ?? {})
}

/** These properties of an object, as `show` gives them; the same object when it gives all back as they are. */
function pick(value: JsonObject, show: (property: string, one: unknown) => unknown): JsonObject | undefined {
  const entries = Object.entries(value).map(([property, one]) => [property, show(property, one)] as const)
  if (entries.every(([property, one]) => one === value[property])) return value
  const left: JsonObject = Object.fromEntries(entries.filter(([, one]) => one !== undefined))
  for (const property of Object.keys(left)) {
    carryDigits(value, property, left, property, left)
    carryDigits(left, property, left, property, left)
  }
  return isEmpty(left) ? undefined : left
}

/** An element with nothing but its id says nothing (R4: ele-1). */
function isEmpty(left: JsonObject): boolean {
  return Object.keys(left).every((property) => property === 'id')
}

function withMasks({ rules, required }: Shape, value: JsonObject, shown: JsonObject): JsonObject | undefined {
  const masks = required.flatMap(({ element }) => {
    const stands = (holder: JsonObject) =>
      Object.keys(holder).find((property) => rules.get(property)?.element === element)
    const property = stands(value)
    const rule = rules.get(property ?? '')
    if (property === undefined || rule === undefined || stands(shown) !== undefined) return []
    const mask = { extension: [masked] }
    const name = rule.check === undefined ? property : `_${property}`
    return [[name, rule.many ? [mask] : mask] as const]
  })
  Object.assign(shown, Object.fromEntries(masks))
  return isEmpty(shown) ? undefined : shown
}
