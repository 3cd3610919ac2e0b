import { type ResourceType, searchParameters, type SearchParameter } from '@chartkeep/model/fhir'
import { type Id, parseId, Refusal } from '#base'
import { type Opened, openVisible } from '../visible.ts'
import type { Include } from './ask.ts'
import { referencesOf, referring } from './compare.ts'
import type { Engine } from './engine.ts'
import type { Finder } from './finder.ts'
import { searchLimits } from './limits.ts'

const referencesAtOnce = 200

/**
 * What comes along with the matches, each once: what they refer to and what refers to them, and with `:iterate` the same
 * of what came along. What policy does not show is not there. Throws 'search-too-broad' when it is too much for a page.
 */
export class Includer {
  readonly #engine: Engine
  readonly #finder: Finder
  readonly #base: string | undefined
  readonly #seen = new Set<string>()
  readonly #found: Opened[] = []

  constructor(engine: Engine, finder: Finder, base: string | undefined) {
    this.#engine = engine
    this.#finder = finder
    this.#base = base
  }

  async follow(matches: readonly Opened[], includes: readonly Include[]): Promise<readonly Opened[]> {
    for (const { row } of matches) this.#seen.add(`${row.type}/${row.id}`)
    let from = matches
    let asked = includes
    for (let round = 0; round < searchLimits.rounds && from.length > 0 && asked.length > 0; round++) {
      const before = this.#found.length
      await this.#referredTo(from, asked)
      for (const include of asked) if (include.reverse) await this.#referringTo(from, include)
      from = this.#found.slice(before)
      asked = includes.filter(({ iterate }) => iterate)
    }
    return this.#found
  }

  async #referredTo(from: readonly Opened[], includes: readonly Include[]): Promise<void> {
    const names = new Set<string>()
    for (const { source, parameter, target, reverse } of includes) {
      if (reverse) continue
      for (const opened of from) {
        if (source !== undefined && source !== opened.row.type) continue
        for (const one of parametersOf(opened.row.type, parameter)) {
          for (const name of referencesOf(opened, one, this.#base))
            if (target === undefined || name.startsWith(`${target}/`)) names.add(name)
        }
      }
    }
    const wanted = [...names].flatMap((name) => {
      const [type = '', text = ''] = name.split('/')
      const id = this.#seen.has(name) ? undefined : parseId<string>(text)
      return id === undefined ? [] : [{ type, id }]
    })
    await this.#fetch(wanted)
  }

  async #fetch(wanted: readonly { readonly type: string; readonly id: Id<string> }[]): Promise<void> {
    if (wanted.length === 0) return
    if (this.#found.length + wanted.length > searchLimits.included) throw new Refusal('search-too-broad')
    const { stores, tenant, access, spent } = this.#engine
    const rows = await stores.newest(
      tenant,
      wanted.map(({ id }) => id),
    )
    spent.open(rows.length)
    for (const [index, row] of rows.entries()) {
      if (row === undefined || row.deleted || row.type !== wanted[index]?.type) continue
      const grant = access.find('read', row.type)
      const opened = grant === undefined ? undefined : await openVisible(stores.patientKeys, grant, row)
      if (opened !== undefined) this.#add(opened)
    }
  }

  async #referringTo(from: readonly Opened[], { source, parameter, target }: Include): Promise<void> {
    if (source === undefined) return
    const grant = this.#engine.access.find('search', source)
    if (grant === undefined) return
    for (const one of parametersOf(source, parameter)) {
      const names = from.flatMap(({ row: { type, id } }) =>
        (target ?? type) === type && one.targets?.includes(type) !== false ? [`${type}/${id}`] : [],
      )
      for (let at = 0; at < names.length; at += referencesAtOnce) {
        const query = referring(source, one, names.slice(at, at + referencesAtOnce), this.#base)
        const criteria = [{ kind: 'plain', query } as const]
        const candidates = await this.#finder.candidates(source, criteria)
        const most = searchLimits.included - this.#found.length
        const found = await this.#finder.all(grant, criteria, candidates, most)
        if (found === undefined) throw new Refusal('search-too-broad')
        for (const opened of found) this.#add(opened)
      }
    }
  }

  #add(opened: Opened): void {
    const name = `${opened.row.type}/${opened.row.id}`
    if (this.#seen.has(name)) return
    this.#seen.add(name)
    this.#found.push(opened)
  }
}

function parametersOf(type: ResourceType, parameter: SearchParameter | undefined): readonly SearchParameter[] {
  return parameter === undefined ? searchParameters(type).filter((one) => one.type === 'reference') : [parameter]
}
