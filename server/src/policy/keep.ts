import {
  carryDigits,
  isObject,
  isResourceType,
  type JsonObject,
  type Resource,
  type Rule,
  type Shape,
  shapeOf,
} from '@chartkeep/model/fhir'
import { Refusal } from '#base'
import { canonical, pairItems } from './pair.ts'
import { mannerOf, showProperty, showResource, showValue, type Sight, sightOf, withGone } from './show.ts'

/**
 * What becomes of a record when somebody who sees part of it sends that part: what they do not see stands as it stood,
 * whatever they sent in its place. Where it has no place any more, because what held it was taken out or is not known
 * again, the update is refused: nobody removes what they do not see.
 */
export function keepUnseen(sight: Sight, sent: Resource, old: Resource): Resource {
  const kept = keepObject(withGone(sight, old), shapeOf(old.resourceType), showResource(sight, sent), old)
  // oxlint-disable-next-line no-unsafe-type-assertion -- the elements of two resources of one type
  return kept as Resource
}

function keepObject(sight: Sight, holder: Shape, sent: JsonObject, old: JsonObject): JsonObject {
  const kept: JsonObject = { ...sent }
  for (const [property, value] of Object.entries(old)) {
    const rule = holder.rules.get(property)
    // The type; all else that was stored has a rule.
    if (rule === undefined) continue
    const shown = showProperty(sight, holder, property, value)
    // All of it was seen: what was sent stands, and if nothing was sent, nothing.
    if (shown === value) continue
    const place = { sight, holder, property, rule }
    const judged = mannerOf(sight, holder, property, rule)
    const merged =
      judged === undefined || (shown === undefined && kept[property] === undefined && !isBesideList(rule, value))
        ? value
        : Array.isArray(value)
          ? keepList(place, kept, value)
          : keepOne(place, kept[property], value)
    if (merged === undefined) delete kept[property]
    else kept[property] = merged
    if (shown === undefined) dropOthers(holder, kept, property, rule)
  }
  for (const from of [old, sent])
    for (const property of Object.keys(kept)) carryDigits(from, property, kept, property, kept)
  return kept
}

/** What stands beside primitives of a list needs them in their places. */
function isBesideList({ companion }: Rule, value: unknown): boolean {
  return companion && Array.isArray(value)
}

/** A choice has one value: what stands in place of what was kept gives way to it. */
function dropOthers({ rules }: Shape, kept: JsonObject, property: string, { element }: Rule): void {
  const bare = (name: string): string => name.replace(/^_/, '')
  for (const name of Object.keys(kept))
    if (rules.get(name)?.element === element && bare(name) !== bare(property)) delete kept[name]
}

/** An element of which part was not seen. */
interface Place {
  readonly sight: Sight
  readonly holder: Shape
  readonly property: string
  readonly rule: Rule
}

/** Undefined when it was taken out, words and all. */
function keepOne(place: Place, sent: unknown, old: unknown): unknown {
  const { sight, rule } = place
  if (!isObject(old)) return old
  // Left out, these are not taken out: hardly anybody sends `meta`, and what stands beside a primitive is no part of it.
  if (rule.companion) return keepObject(sight, shapeOf('Element'), isObject(sent) ? sent : {}, old)
  if (rule.type === 'Meta') return keepObject(sight, shapeOf('Meta'), isObject(sent) ? sent : {}, old)
  if (rule.type === 'Reference') return keepReference(place, sent, old)
  if (isUnit(place)) return same(sent, shownOf(place, old)) ? old : sent
  if (!isObject(sent)) throw unseenLost()
  if (rule.type === 'Resource') return keepContained(sight, sent, old)
  if (rule.shape === undefined || rule.type === 'Extension') return same(sent, shownOf(place, old)) ? old : fail()
  return keepObject(sight, rule.shape(), sent, old)
}

/** Words belong to what they are about: with another reference or code they go. */
function isUnit({ sight, holder, property, rule }: Place): boolean {
  return rule.type === 'Reference' || mannerOf(sight, holder, property, rule) === 'code'
}

function keepReference(place: Place, sent: unknown, old: JsonObject): unknown {
  if (!isObject(sent) || sent['reference'] !== old['reference']) return sent
  const shown = shownOf(place, old)
  if (!isObject(shown)) return old
  if (Object.entries(shown).some(([property, one]) => one !== old[property]))
    return keepObject(place.sight, shapeOf('Reference'), sent, old)
  const unseen = Object.entries(old).filter(([property]) => shown[property] === undefined)
  return { ...Object.fromEntries(unseen), ...sent }
}

function keepContained({ role, gone }: Sight, sent: JsonObject, old: JsonObject): JsonObject {
  const { resourceType: type } = old
  const sight = typeof type === 'string' && isResourceType(type) ? sightOf(role, type) : undefined
  if (typeof type !== 'string' || sight === undefined || sent['resourceType'] !== type) throw unseenLost()
  return keepObject({ ...sight, gone }, shapeOf(type), sent, old)
}

function keepList(place: Place, kept: JsonObject, old: readonly unknown[]): readonly unknown[] | undefined {
  const { property, rule } = place
  const value = kept[property]
  const sent: readonly unknown[] = Array.isArray(value) ? value : []
  if (rule.companion) return keepCompanions(place, kept, sent, old)
  const shown = old.map((item) => shownOf(place, item))
  const pairs = pairItems(sent, shown)
  const list: unknown[] = [...sent]
  // Where to put what was not seen: behind what stood before it.
  const behind: unknown[][] = Array.from({ length: sent.length + 1 }, () => [])
  let last = 0
  for (const [index, item] of old.entries()) {
    const at = pairs.get(index)
    if (at !== undefined) {
      if (shown[index] !== item) list[at] = keepOne(place, sent[at], item)
      last = at + 1
    } else if (shown[index] === undefined) behind[last]?.push(item)
    else if (shown[index] !== item && !isUnit(place)) throw unseenLost()
  }
  const merged = [...(behind[0] ?? []), ...list.flatMap((item, at) => [item, ...(behind[at + 1] ?? [])])]
  return merged.length > 0 ? merged : undefined
}

/** What stands beside primitives, by their places. */
function keepCompanions(
  place: Place,
  kept: JsonObject,
  sent: readonly unknown[],
  old: readonly unknown[],
): readonly unknown[] {
  const primitives: unknown = kept[place.property.slice(1)]
  const count = Array.isArray(primitives) ? primitives.length : 0
  if (old.length > count) throw unseenLost()
  const length = Math.max(old.length, sent.length)
  return Array.from({ length }, (_, at) => {
    const [theirs, ours] = [sent[at] ?? null, old[at] ?? null]
    return ours === null ? theirs : keepOne(place, theirs, ours)
  })
}

function shownOf({ sight, holder, property, rule }: Place, value: unknown): unknown {
  const manner = mannerOf(sight, holder, property, rule)
  return manner === undefined ? undefined : showValue(sight, rule, manner, value)
}

function unseenLost(): Refusal {
  return new Refusal('not-permitted', {
    rule: 'part-not-seen',
    remedy:
      'The change takes out what holds a part that your role does not see. Ask someone who sees the whole record.',
  })
}

function fail(): never {
  throw unseenLost()
}

function same(one: unknown, other: unknown): boolean {
  return canonical(one) === canonical(other)
}
