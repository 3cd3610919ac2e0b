import { isListed, type ResourceType } from '@chartkeep/model/fhir'
import { type Id, parseId, Refusal } from '#base'
import type { Grant } from '#policy'
import { type Opened, openVisible } from '../visible.ts'
import { indexedCandidates, isIndexed, listedCandidates, scannedCandidates } from './candidates.ts'
import { entriesOf, everyMatches, referencesOf, referring } from './compare.ts'
import type { Engine } from './engine.ts'
import { searchLimits } from './limits.ts'
import { byId, type Candidates, nothing } from './place.ts'
import { type Criterion, plainQueries } from './question.ts'
import { type Match, type Matched, type Walk, walkCandidates } from './walk.ts'

type Chain = Criterion & { kind: 'chain' }
type Has = Criterion & { kind: 'has' }
type Joined = Exclude<Criterion, { kind: 'plain' }>

const joinsAtOnce = 16
const batchSize = 200

/** Finds records that meet conditions, of themselves and of what they are joined with. One for each search. */
export class Finder {
  readonly #engine: Engine
  readonly #base: string | undefined
  /** `Type/id` of all that a joined condition leads to, where that could be found out beforehand. */
  readonly #resolved = new Map<Joined, Promise<ReadonlySet<string> | undefined>>()
  readonly #tested = new Map<string, Promise<boolean>>()
  readonly #numbers = new Map<Criterion, number>()

  constructor(engine: Engine, base: string | undefined) {
    this.#engine = engine
    this.#base = base
  }

  /**
   * Candidates for these conditions. Throws 'search-too-broad', naming the rule, when only a scan would find them and
   * the actor may not make one.
   */
  async candidates(type: ResourceType, criteria: readonly Criterion[]): Promise<Candidates> {
    const found = await this.#bounded(type, criteria)
    if (found !== undefined) return found
    this.#requireScan(type)
    return scannedCandidates(this.#engine, type, plainQueries(criteria))
  }

  /** Candidates that an index leads to, of the records themselves or of what they are joined with. */
  async #bounded(type: ResourceType, criteria: readonly Criterion[]): Promise<Candidates | undefined> {
    const queries = plainQueries(criteria)
    const direct = await indexedCandidates(this.#engine, type, queries)
    if (direct !== undefined) return direct
    for (const one of criteria) {
      if (one.kind === 'plain') continue
      const led = await this.#resolve(type, one)
      if (led === undefined) continue
      if (led.size === 0) return nothing
      if (one.kind !== 'chain') return this.#byName(type, led)
      const query = referring(type, one.parameter, [...led], this.#base)
      const narrowed = await indexedCandidates(this.#engine, type, [query, ...queries])
      if (narrowed !== undefined) return narrowed
    }
    return listedCandidates(this.#engine, type)
  }

  #byName(type: ResourceType, names: ReadonlySet<string>): Candidates {
    const { stores, tenant } = this.#engine
    const ids = [...names].flatMap((name) =>
      name.startsWith(`${type}/`) ? (parseId(name.slice(type.length + 1)) ?? []) : [],
    )
    return byId((wanted) => stores.newest(tenant, wanted), ids)
  }

  #requireScan(type: ResourceType): void {
    const { access, spent } = this.#engine
    try {
      access.require('scan', type)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      const { rule, remedy } = error
      throw new Refusal('search-too-broad', {
        ...(rule === undefined ? {} : { rule }),
        ...(remedy === undefined ? {} : { remedy }),
      })
    }
    spent.scanning = true
  }

  /** What meets these conditions among candidates, batch by batch. */
  walk(grant: Grant, criteria: readonly Criterion[], candidates: Candidates, walk: Walk): AsyncGenerator<Matched> {
    const queries = plainQueries(criteria)
    const joined = criteria.filter((one) => one.kind !== 'plain')
    const keep = joined.length === 0 ? undefined : (matches: readonly Match[]) => this.#keep(matches, joined)
    return walkCandidates(this.#engine, grant, queries, candidates, walk, keep)
  }

  /** Everything that meets the conditions, up to `most`; undefined when there is more. */
  async all(
    grant: Grant,
    criteria: readonly Criterion[],
    candidates: Candidates,
    most: number,
  ): Promise<Opened[] | undefined> {
    const found: Opened[] = []
    for await (const { matches } of this.walk(grant, criteria, candidates, { size: batchSize })) {
      found.push(...matches.map(({ opened }) => opened))
      if (found.length > most) return undefined
    }
    return found
  }

  async #keep(matches: readonly Match[], joined: readonly Joined[]): Promise<Match[]> {
    const kept: Match[] = []
    for (let at = 0; at < matches.length; at += joinsAtOnce) {
      const some = matches.slice(at, at + joinsAtOnce)
      const meets = await Promise.all(some.map(({ opened }) => this.#meetsAll(opened, joined)))
      kept.push(...some.filter((_, index) => meets[index]))
    }
    return kept
  }

  async #meetsAll(opened: Opened, joined: readonly Joined[]): Promise<boolean> {
    for (const one of joined) if (!(await this.#meets(opened, one))) return false
    return true
  }

  async #meets(opened: Opened, criterion: Criterion): Promise<boolean> {
    if (criterion.kind === 'plain') return everyMatches([criterion.query], opened)
    const { type, id } = opened.row
    const led = await this.#resolve(type, criterion)
    if (criterion.kind === 'chain') {
      const named = referencesOf(opened, criterion.parameter, this.#base)
      if (led !== undefined) return named.some((name) => led.has(name))
      return this.#anyOf(named, criterion)
    }
    if (led !== undefined) return led.has(`${type}/${id}`)
    return criterion.kind === 'has' && this.#isReferred(`${type}/${id}`, criterion)
  }

  /** Whether one of what is referred to meets the chain's condition: each is looked at once. */
  async #anyOf(named: readonly string[], chain: Chain): Promise<boolean> {
    for (const name of named) {
      const key = `${this.#number(chain)} ${name}`
      let tested = this.#tested.get(key)
      if (tested === undefined) this.#tested.set(key, (tested = this.#leadsTo(name, chain)))
      if (await tested) return true
    }
    return false
  }

  async #leadsTo(name: string, { links }: Chain): Promise<boolean> {
    const [type = '', text = ''] = name.split('/')
    const id = parseId<string>(text)
    const { stores, tenant, spent, access, through } = this.#engine
    for (const link of links) {
      if (link.type !== type || id === undefined) continue
      const grant = access.find('search', link.type)
      if (grant === undefined) continue
      const [row] = await stores.newest(tenant, [id])
      if (row === undefined || row.type !== link.type || row.deleted) continue
      spent.open(1)
      const opened = await openVisible(stores.patientKeys, grant, row)
      if (opened === undefined || !(await this.#meets(opened, link.criterion))) continue
      if (row.patient !== undefined) through.add(row.patient)
      return true
    }
    return false
  }

  /** Whether a record that meets the condition refers to this one. */
  async #isReferred(name: string, has: Has): Promise<boolean> {
    const { access, through } = this.#engine
    const grant = access.require('search', has.type)
    const criteria = [this.#refersTo(has, [name]), has.criterion]
    const candidates = await this.#bounded(has.type, criteria)
    if (candidates === undefined) throw new Error('without an index it was resolved by a scan')
    for await (const { matches } of this.walk(grant, criteria, candidates, { size: batchSize })) {
      const [first] = matches
      if (first === undefined) continue
      if (first.opened.row.patient !== undefined) through.add(first.opened.row.patient)
      return true
    }
    return false
  }

  #refersTo({ type, parameter }: Has, names: readonly string[]): Criterion {
    return { kind: 'plain', query: referring(type, parameter, names, this.#base) }
  }

  /**
   * `Type/id` of what a chain may lead to, or of what a reversed one comes to, when an index finds it and it is not too
   * much; otherwise undefined: then each candidate is asked.
   */
  #resolve(type: ResourceType, criterion: Joined): Promise<ReadonlySet<string> | undefined> {
    let resolved = this.#resolved.get(criterion)
    if (resolved === undefined) this.#resolved.set(criterion, (resolved = this.#resolveAnew(type, criterion)))
    return resolved
  }

  async #resolveAnew(type: ResourceType, criterion: Joined): Promise<ReadonlySet<string> | undefined> {
    switch (criterion.kind) {
      case 'chain':
        return this.#resolveChain(criterion)
      case 'has':
        return this.#resolveHas(type, criterion)
      case 'list':
        return this.#resolveList(criterion.lists)
    }
  }

  async #resolveChain({ links }: Chain): Promise<ReadonlySet<string> | undefined> {
    const { access, through } = this.#engine
    const open = links.filter((link) => access.find('search', link.type) !== undefined)
    // A chain of which nothing may be searched is refused, as a search of its type would be.
    if (open.length === 0 && links[0] !== undefined) access.require('search', links[0].type)
    if (!open.every((link) => this.#isIndexed(link.type, link.criterion))) return undefined
    const names = new Set<string>()
    for (const link of open) {
      const found = await this.#inner(link.type, [link.criterion])
      if (found === undefined) return undefined
      for (const { row } of found) {
        names.add(`${row.type}/${row.id}`)
        if (row.patient !== undefined) through.add(row.patient)
      }
    }
    return names.size > searchLimits.through ? undefined : names
  }

  async #resolveHas(type: ResourceType, has: Has): Promise<ReadonlySet<string> | undefined> {
    this.#engine.access.require('search', has.type)
    const canAsk = isIndexed(has.type, referring(has.type, has.parameter, [`${type}/${anyId}`], this.#base))
    if (!this.#isIndexed(has.type, has.criterion) && (canAsk || isListed(has.type))) return undefined
    const found = await this.#inner(has.type, [has.criterion], !canAsk)
    if (found === undefined) {
      if (canAsk) return undefined
      throw new Refusal('search-too-broad')
    }
    const names = new Set<string>()
    for (const opened of found) {
      for (const name of referencesOf(opened, has.parameter, this.#base))
        if (name.startsWith(`${type}/`)) names.add(name)
      if (opened.row.patient !== undefined) this.#engine.through.add(opened.row.patient)
    }
    return names
  }

  async #resolveList(lists: readonly Id<string>[]): Promise<ReadonlySet<string>> {
    const { stores, tenant, access } = this.#engine
    const grant = access.require('search', 'List')
    const names = new Set<string>()
    for (const row of await stores.newest(tenant, lists)) {
      if (row === undefined || row.type !== 'List' || row.deleted) continue
      const opened = await openVisible(stores.patientKeys, grant, row)
      if (opened === undefined) continue
      for (const name of entriesOf(opened)) names.add(name)
      if (row.patient !== undefined) this.#engine.through.add(row.patient)
    }
    return names
  }

  /** The records that an inner condition finds; undefined when they are too many. */
  async #inner(type: ResourceType, criteria: readonly Criterion[], scan = false): Promise<Opened[] | undefined> {
    const grant = this.#engine.access.require('search', type)
    const candidates = scan ? await this.candidates(type, criteria) : await this.#bounded(type, criteria)
    if (candidates === undefined) return undefined
    return this.all(grant, criteria, candidates, scan ? searchLimits.opened : searchLimits.through)
  }

  /** Whether an index leads to what the condition asks for. */
  #isIndexed(type: ResourceType, criterion: Criterion): boolean {
    switch (criterion.kind) {
      case 'plain':
        return isListed(type) || isIndexed(type, criterion.query)
      case 'chain':
        return isListed(type) || criterion.links.every((link) => this.#isIndexed(link.type, link.criterion))
      case 'has':
        return this.#isIndexed(criterion.type, criterion.criterion)
      case 'list':
        return true
    }
  }

  #number(criterion: Criterion): number {
    let number = this.#numbers.get(criterion)
    if (number === undefined) this.#numbers.set(criterion, (number = this.#numbers.size))
    return number
  }
}

const anyId = '00000000-0000-8000-8000-000000000000'
