// A search as R4's page has it, by going through everything: no index, no order of its own, plain queries and references
// by HL7's FHIRPath engine. For tests.
import { dateRange, matches, type Resource, type ResourceType } from '@chartkeep/model/fhir'
import { type Action, Grant, type Actor } from '#policy'
import { Refusal, systemClock } from '#base'
import { definitionOf, elementsOf } from '../../tools/generate/brute-extract.ts'
import { bruteMatches } from '../../tools/generate/brute-search.ts'
import { nameOf } from './small-practice.ts'

/** What one actor would see of everything, asked for one action. */
export class BruteForce {
  readonly #all: readonly Resource[]
  readonly #actor: Actor
  readonly #now = systemClock.now()

  constructor(all: readonly Resource[], actor: Actor) {
    this.#all = all
    this.#actor = actor
  }

  grant(action: Action, type: ResourceType): Grant | undefined {
    try {
      return Grant.for({ actor: this.#actor, action, type, purpose: 'TREAT' })
    } catch (error) {
      if (error instanceof Refusal) return undefined
      throw error
    }
  }

  /** The records of a type that may be seen, as they may be seen. */
  seen(action: Action, type: ResourceType): Resource[] {
    const grant = this.grant(action, type)
    if (grant === undefined) return []
    const own = this.#all.filter(({ resourceType }) => resourceType === type)
    const shown = own.filter(
      (one) => grant.rows === undefined || grant.rows.some((queries) => queries.every((query) => matches(one, query))),
    )
    return shown.map((one) => grant.view?.show(one) ?? one)
  }

  find(type: ResourceType, parameters: readonly (readonly [string, string])[]): Resource[] {
    return this.seen('search', type).filter((one) => parameters.every(([name, value]) => this.#meets(one, name, value)))
  }

  #meets(resource: Resource, name: string, value: string): boolean {
    if (name.startsWith('_has:')) {
      const [, type = '', code = '', ...rest] = name.split(':')
      return this.find(type as ResourceType, [[rest.join(':'), value]]).some((one) =>
        this.references(one, code).includes(nameOf(resource)),
      )
    }
    if (name === '_list') {
      const lists = this.seen('search', 'List').filter(({ id }) => value.split(',').includes(id ?? ''))
      const entries = lists.flatMap((list) => list['entry'] as { item: { reference: string } }[])
      return entries.some(({ item }) => item.reference === nameOf(resource))
    }
    if (name.includes('.')) {
      const dot = name.indexOf('.')
      const [code = '', type] = name.slice(0, dot).split(':')
      return this.references(resource, code).some((reference) => {
        const [target = '', id] = reference.split('/')
        if ((type !== undefined && type !== target) || !takes(target, name.slice(dot + 1))) return false
        return this.find(target as ResourceType, [[name.slice(dot + 1), value]]).some((one) => one.id === id)
      })
    }
    return bruteMatches(resource, name, value, { now: this.#now })
  }

  references(resource: Resource, code: string): string[] {
    const definition = definitionOf(resource.resourceType, code)
    if (definition === undefined) return []
    return elementsOf(resource, definition).map(({ value }) => (value as { reference?: string }).reference ?? '')
  }

  /** What comes along: `[source, parameter, target]`, and the same reversed. */
  included(matched: readonly Resource[], forward: readonly string[], reverse: readonly string[]): Set<string> {
    const names = new Set<string>()
    for (const text of forward) {
      const [source, code = '', target] = text.split(':')
      for (const one of matched) {
        if (one.resourceType !== source) continue
        for (const name of this.references(one, code)) {
          const [type = '', id] = name.split('/')
          if ((target ?? type) === type && this.seen('read', type as ResourceType).some((other) => other.id === id))
            names.add(name)
        }
      }
    }
    for (const text of reverse) {
      const [source = '', code = ''] = text.split(':')
      for (const one of this.seen('search', source as ResourceType))
        if (this.references(one, code).some((name) => matched.some((match) => nameOf(match) === name)))
          names.add(nameOf(one))
    }
    for (const one of matched) names.delete(nameOf(one))
    return names
  }
}

/** A chain asks only what a type has. */
function takes(type: string, name: string): boolean {
  if (name.startsWith('_has:')) return true
  return definitionOf(type, name.split(/[.:]/)[0] ?? '') !== undefined
}

/**
 * What a resource is sorted by, read plainly: the first of its values in the order asked for; a time by its beginning, a
 * period without one by its end.
 */
export function bruteKey(resource: Resource, code: string, descending: boolean): string | number | undefined {
  const definition = definitionOf(resource.resourceType, code)
  if (definition === undefined) throw new Error(`no search parameter ${code}`)
  const keys = elementsOf(resource, definition).flatMap(({ value }) => keysIn(definition.type, value))
  const [first, ...rest] = keys
  if (first === undefined) return undefined
  return rest.reduce((best, key) => ((descending ? key > best : key < best) ? key : best), first)
}

function keysIn(kind: string, value: unknown): (string | number)[] {
  const one = value as { start?: string; end?: string; value?: number; coding?: { code: string }[]; code?: string }
  if (kind === 'date') {
    if (typeof value === 'string') return [dateRange(value)?.low ?? 0]
    const [start, end] = [one.start, one.end].map((text) => (text === undefined ? undefined : dateRange(text)))
    return [start?.low ?? end?.high ?? []].flat()
  }
  if (kind === 'quantity') return one.value === undefined ? [] : [one.value]
  if (typeof value === 'string')
    return [value.toUpperCase().normalize('NFD').replaceAll(/\p{M}/gu, '').replace('’', ' ')]
  return (one.coding ?? [one]).flatMap(({ code }) => code?.toUpperCase().replace('-', ' ') ?? [])
}

/** Whether these stand in order; what has no value comes last. */
export function standsSorted(resources: readonly Resource[], sort: string): boolean {
  const keys = sort.split(',').map((text) => ({ code: text.replace('-', ''), descending: text.startsWith('-') }))
  return resources.every((one, index) => {
    const before = resources[index - 1]
    if (before === undefined) return true
    for (const { code, descending } of keys) {
      const [a, b] = [bruteKey(before, code, descending), bruteKey(one, code, descending)]
      // What has no value at all comes in whatever order.
      if (keys.length === 1 && a === undefined && b === undefined) return true
      if (a === b) continue
      if (a === undefined || b === undefined) return b === undefined
      return descending ? a > b : a < b
    }
    return (before.id ?? '') < (one.id ?? '')
  })
}
