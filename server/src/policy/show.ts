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
  /** Who keeps such records sees all of them: their narrative, labels and extensions, too. */
  readonly keeper: boolean
  /** Ids of contained records that are not shown. */
  readonly gone: ReadonlySet<unknown>
}

/** How a role sees records of a type; undefined when it sees all of them. */
export function sightOf(role: Role, type: ResourceType): Sight | undefined {
  const seen = contentSeen[role]
  return seen === 'all' ? undefined : sightWithin({ role, seen, gone: new Set() }, type)
}

/** A contained record is judged as one of its own type. */
function sightWithin({ role, seen, gone }: Pick<Sight, 'role' | 'seen' | 'gone'>, type: ResourceType): Sight {
  return { role, seen, gone, known: new Map(), open: isOpenType(type), keeper: keepers[categoryOf(type)] === role }
}

/** How a contained record is seen, and its shape; undefined when it is of no type that this role reads. */
export function seenWithin(
  sight: Sight,
  { resourceType: type }: JsonObject,
): { readonly sight: Sight; readonly shape: Shape } | undefined {
  if (!mayReadType(sight.role, type)) return undefined
  return { sight: sightWithin(sight, type), shape: shapeOf(type) }
}

function mayReadType(role: Role, type: unknown): type is ResourceType {
  return isResourceType(type) && mayRead(role, type)
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
  const gone = [contained]
    .flat()
    .filter(isObject)
    .filter((one) => showContained(sight, one) === undefined)
  return { ...sight, gone: new Set(gone.map(({ id }) => id)) }
}

/** What is shown of a value of an element; undefined for nothing, the same value for all of it. */
export function showProperty(sight: Sight, holder: Shape, property: string, value: unknown): unknown {
  const rule = holder.rules.get(property)
  if (rule === undefined) return undefined
  const manner = mannerOf(sight, holder, property, rule)
  if (manner === undefined) return undefined
  if (!Array.isArray(value)) return showValue(sight, rule, manner, value)
  // A companion stands at the place of its primitive.
  return showItems(value, (item) => showValue(sight, rule, manner, item), rule.companion)
}

/** What is left of a list, `inPlaces` with null for what is not; the same list for all of it, undefined for nothing. */
function showItems(items: unknown, show: (item: unknown) => unknown, inPlaces = false): unknown {
  if (!Array.isArray(items)) return undefined
  const shown = items.map((item: unknown) => show(item) ?? null)
  if (shown.every((item, index) => item === items[index])) return items
  const left = inPlaces ? shown : shown.filter((item) => item !== null)
  return left.some((item) => item !== null) ? left : undefined
}

export function mannerOf(sight: Sight, holder: Shape, property: string, rule: Rule): Manner | undefined {
  const { known, open, keeper, seen } = sight
  const name = `${holder.name}.${property}`
  if (!known.has(name)) {
    const written = rule.companion ? property.slice(1) : property
    const judgement = judge({ holder, property: written, element: rule.element }, open)
    const isSeen = judgement !== undefined && (keeper || seen.includes(judgement.content))
    known.set(name, isSeen ? judgement.manner : undefined)
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

function showContained(sight: Sight, value: JsonObject): JsonObject | undefined {
  const within = seenWithin(sight, value)
  return within === undefined ? undefined : showObject(within.sight, within.shape, value)
}

function showExtension(sight: Sight, value: unknown, known: KnownExtensions): JsonObject | undefined {
  if (!isObject(value)) return undefined
  const parts = known.get(value['url'])
  if (parts === undefined) return undefined
  const holder = shapeOf('Extension')
  const shown = pick(value, (property, one) => {
    if (property !== 'extension') return showProperty(sight, holder, property, one)
    return showItems(one, (item) => showExtension(sight, item, parts))
  })
  // R4, ext-1: it has a value, or parts.
  return Object.keys(shown ?? {}).some((property) => !['id', 'url'].includes(property)) ? shown : undefined
}

/** Words about what may not be read are not shown, nor a way to what is not there. */
function showReference(sight: Sight, rule: Rule, manner: Manner, value: JsonObject): JsonObject | undefined {
  const { reference, type } = value
  const read = typeof reference === 'string' ? readReference(reference) : undefined
  if (read?.kind === 'contained' && sight.gone.has(read.id)) return undefined
  const named = read !== undefined && 'type' in read ? read.type : type
  const readable = named === undefined || mayReadType(sight.role, named)
  if (manner !== 'link' && readable) return showParts(sight, rule, value)
  if (reference === undefined) return undefined
  return pick(value, (property, one) => (['reference', 'type', 'id'].includes(property) ? one : undefined))
}

const publicSystems = 'http://terminology.hl7.org/CodeSystem/'

function codesIn(value: JsonObject): JsonObject | undefined {
  return pick(value, (property, one) => (property === 'coding' ? showItems(one, publicCode) : undefined))
}

function publicCode(coding: unknown): JsonObject | undefined {
  if (!isObject(coding) || typeof coding['system'] !== 'string' || !coding['system'].startsWith(publicSystems))
    return undefined
  return pick(coding, (property, one) => (['system', 'code'].includes(property) ? one : undefined))
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
  for (const property of Object.keys(left)) carryDigits(value, property, left, property, left)
  return isEmpty(left) ? undefined : left
}

/** An element with nothing but its id says nothing (R4: ele-1). */
function isEmpty(left: JsonObject): boolean {
  return Object.keys(left).every((property) => property === 'id')
}

function withMasks({ rules, required }: Shape, value: JsonObject, shown: JsonObject): JsonObject | undefined {
  const masks = required.flatMap(({ element }) => {
    const placesOf = (holder: JsonObject) =>
      Object.keys(holder).flatMap((property) => {
        const rule = rules.get(property)
        return rule?.element === element ? [{ property, rule }] : []
      })
    const [standing] = placesOf(value)
    if (standing === undefined || placesOf(shown).length > 0) return []
    const { property, rule } = standing
    const mask = { extension: [masked] }
    const name = rule.check === undefined ? property : `_${property}`
    return [[name, rule.many ? [mask] : mask] as const]
  })
  Object.assign(shown, Object.fromEntries(masks))
  return isEmpty(shown) ? undefined : shown
}
