import { foldText } from '../fhir/search-text.ts'
import type { Member } from './content.ts'
import type { Expansion } from './expand.ts'

export interface PageOptions {
  /** Words that each member has in its display or code, in any order, without case or accents. */
  readonly filter?: string
  readonly offset: number
  readonly count: number | undefined
  readonly activeOnly: boolean
  /** With the concepts that only group others. */
  readonly abstract: boolean
  readonly excludedSystems: ReadonlySet<string>
}

export interface Page {
  readonly members: readonly Member[]
  readonly total: number
}

const mostWords = 10

/** The part of an expansion that was asked for; the total is of all that pass. */
export function pageOf({ members }: Expansion, options: PageOptions): Page {
  const { filter, offset, count, activeOnly, abstract, excludedSystems } = options
  const words = filter === undefined ? [] : foldText(filter).split(' ').slice(0, mostWords)
  const passing = [...members.values()].filter(
    (one) =>
      !(activeOnly && one.inactive) &&
      (abstract || !one.abstract) &&
      !excludedSystems.has(one.system) &&
      (words.length === 0 || hasWords(one, words)),
  )
  return { members: passing.slice(offset, count === undefined ? undefined : offset + count), total: passing.length }
}

function hasWords({ code, display = '', designations }: Member, words: readonly string[]): boolean {
  const text = [code, display, ...designations.map(({ value }) => value)].map(foldText).join('\n')
  return words.every((word) => text.includes(word))
}
