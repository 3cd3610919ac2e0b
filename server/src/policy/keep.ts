import {
  carryDigits,
  isObject,
  type JsonObject,
  type Resource,
  type Rule,
  type Shape,
  shapeOf,
} from '@chartkeep/model/fhir'
import { Refusal } from '#base'
import { canonical, pairItems } from './pair.ts'
import type { Manner } from './judgements.ts'
import { mannerOf, seenWithin, showProperty, showResource, showValue, type Sight, withGone } from './show.ts'

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
    const manner = mannerOf(sight, holder, property, rule)
    const merged = manner === undefined ? value : keepPart({ sight, property, rule, manner }, kept, value, shown)
    if (merged === undefined) {
      delete kept[property]
      continue
    }
    kept[property] = merged
    const others = Object.keys(kept).filter((name) => isOther(holder, rule, name))
    // Where somebody may choose, and did, nothing of theirs is dropped without a word.
    if (others.length > 0 && manner !== undefined) throw unseenLost()
    for (const name of others) delete kept[name]
  }
  for (const from of [old, sent])
    for (const property of Object.keys(kept)) carryDigits(from, property, kept, property, kept)
  return kept
}

/** Whether a property is of the same choice, which has one value, and of another type. */
function isOther({ rules }: Shape, { element, type }: Rule, name: string): boolean {
  const other = rules.get(name)
  return other?.element === element && other.type !== type
}

/** An element of which part was not seen. */
interface Place {
  readonly sight: Sight
  readonly property: string
  readonly rule: Rule
  readonly manner: Manner
}

/** Undefined when it was taken out, words and all. */
function keepPart(place: Place, kept: JsonObject, old: unknown, shown: unknown): unknown {
  if (Array.isArray(old)) return keepList(place, kept, old)
  const sent = kept[place.property]
  return shown === undefined && sent === undefined ? old : keepOne(place, sent, old)
}

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
function isUnit({ rule, manner }: Place): boolean {
  return rule.type === 'Reference' || manner === 'code'
}

function keepReference(place: Place, sent: unknown, old: JsonObject): unknown {
  const shown = shownOf(place, old)
  // It leads to what is contained and not seen, which would stand there without it.
  if (shown === undefined && old['reference'] !== undefined) throw unseenLost()
  if (!isObject(sent) || sent['reference'] !== old['reference']) return sent
  if (!isObject(shown)) return old
  if (Object.entries(shown).some(([property, one]) => one !== old[property]))
    return keepObject(place.sight, shapeOf('Reference'), sent, old)
  const unseen = Object.entries(old).filter(([property]) => shown[property] === undefined)
  return { ...Object.fromEntries(unseen), ...sent }
}

function keepContained(sight: Sight, sent: JsonObject, old: JsonObject): JsonObject {
  const within = seenWithin(sight, old)
  if (within === undefined || sent['resourceType'] !== old['resourceType']) throw unseenLost()
  return keepObject(within.sight, within.shape, sent, old)
}

function keepList(place: Place, kept: JsonObject, old: readonly unknown[]): readonly unknown[] | undefined {
  const value = kept[place.property]
  const sent: readonly unknown[] = Array.isArray(value) ? value : []
  if (place.rule.companion) return keepCompanions(place, kept, sent, old)
  const shown = old.map((item) => shownOf(place, item))
  const pairs = pairItems(sent, shown)
  const placed = sent.map((item, at) => ({ at, item }))
  // What was not seen goes behind what stood before it.
  let last = -1
  for (const [index, item] of old.entries()) {
    const at = pairs.get(index)
    if (at !== undefined) {
      if (shown[index] !== item) placed[at] = { at, item: keepOne(place, sent[at], item) }
      last = at
    } else if (shown[index] === undefined) placed.push({ at: last, item })
    else if (shown[index] !== item && !isUnit(place)) throw unseenLost()
  }
  const merged = placed.toSorted((one, other) => one.at - other.at).map(({ item }) => item)
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

function shownOf({ sight, rule, manner }: Place, value: unknown): unknown {
  return showValue(sight, rule, manner, value)
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
