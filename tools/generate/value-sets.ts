// Value sets whose codes can all be listed: they enumerate codes, or take whole code systems that are published in full.
import { type Loose, readBundle } from './definitions.ts'

export interface ValueSets {
  readonly sets: ReadonlyMap<string, Loose>
  readonly systems: ReadonlyMap<string, Loose>
}

export interface Coded {
  readonly system: string
  readonly code: string
}

export function readValueSets(): ValueSets {
  const sets = new Map<string, Loose>()
  const systems = new Map<string, Loose>()
  for (const file of ['valuesets.json', 'v3-codesystems.json', 'v2-tables.json']) {
    for (const one of readBundle(file)) {
      if (one.resourceType === 'ValueSet') sets.set(one.url, one)
      if (one.resourceType === 'CodeSystem') systems.set(one.url, one)
    }
  }
  return { sets, systems }
}

/** Every code of the value set; undefined when they cannot all be known from what is published with R4. */
export function codesOf(known: ValueSets, canonical: string): readonly Coded[] | undefined {
  const compose = known.sets.get(canonical.split('|')[0] ?? '')?.compose
  if (compose === undefined) return undefined
  const codes = union(known, compose.include)
  const excluded = union(known, compose.exclude ?? [])
  if (excluded === undefined) return undefined
  const without = new Set(excluded.map(({ system, code }) => `${system}|${code}`))
  return codes?.filter(({ system, code }) => !without.has(`${system}|${code}`))
}

function union(known: ValueSets, parts: readonly Loose[]): readonly Coded[] | undefined {
  const codes: Coded[] = []
  for (const part of parts) {
    const some = included(known, part)
    if (some === undefined) return undefined
    codes.push(...some)
  }
  return codes
}

function included(known: ValueSets, include: Loose): readonly Coded[] | undefined {
  const { system, concept, filter, valueSet } = include
  if (valueSet !== undefined) {
    if (system !== undefined || valueSet.length !== 1) return undefined
    return codesOf(known, valueSet[0])
  }
  if (concept !== undefined) return concept.map((one: Loose) => ({ system, code: one.code }))
  const content = known.systems.get(system)
  if (content?.content !== 'complete') return undefined
  const all = concepts(content.concept ?? [], [])
  if (filter === undefined) return all.filter((one) => !one.abstract).map(({ code }) => ({ system, code }))
  const wanted = filter.length === 1 ? filter[0] : undefined
  // Below one concept of a v3 hierarchy.
  if (wanted?.op !== 'is-a' || wanted.property !== 'concept') return undefined
  return all
    .filter((one) => !one.abstract && (one.code === wanted.value || one.above.includes(wanted.value)))
    .map(({ code }) => ({ system, code }))
}

interface Placed {
  readonly code: string
  readonly above: readonly string[]
  readonly abstract: boolean
}

function concepts(list: readonly Loose[], above: readonly string[]): Placed[] {
  return list.flatMap((one) => {
    const abstract = one.property?.some((p: Loose) => p.code === 'notSelectable' && p.valueBoolean === true) === true
    return [{ code: one.code, above, abstract }, ...concepts(one.concept ?? [], [...above, one.code])]
  })
}

/** The code system that all codes of the value set are of. */
export function systemOf(known: ValueSets, canonical: string): string | undefined {
  const include: Loose[] = known.sets.get(canonical)?.compose?.include ?? []
  const systems = new Set(include.map((one) => one.system))
  const [system] = systems
  return systems.size === 1 ? system : undefined
}
