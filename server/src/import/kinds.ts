import { type Finding, omissibleAt, type Resource } from '@chartkeep/model/fhir'
import { claimsOf } from './mend.ts'
import { describe, type ReasonCode } from './reasons.ts'

/** A kind of finding: what is wrong, wherever in a list it stands. */
export interface Kind {
  readonly reason: string
  /** The path without which records would be taken, for `--accept`; absent when it may not be left out. */
  readonly accept?: string
}

const mostOfOne = 20

/** Each kind of finding once. */
export function kindsOf(resource: Resource, code: ReasonCode, findings: readonly Finding[]): readonly Kind[] {
  const kinds = new Map<string, Kind>()
  for (const { expression, text } of findings.slice(0, mostOfOne)) {
    const reason = `${describe(code)} ${placeKind({ expression, text })}`
    const accept = code === 'profile-not-met' ? claimsOf(resource) : omissibleAt(resource, expression)?.element
    kinds.set(reason, { reason, ...(accept === undefined ? {} : { accept }) })
  }
  return [...kinds.values()]
}

/** What is wrong and in which element, wherever in a list it stands. */
export function placeKind({ expression, text }: Pick<Finding, 'expression' | 'text'>): string {
  return `${expression.replaceAll(/\[\d+\]/g, '')}: ${text}`
}

export interface KindCount extends Kind {
  /** Records in which it was found, maybe with others. */
  readonly count: number
}

const mostKinds = 1000

/** Counts records by kind of finding. */
export class KindCounts {
  readonly #counts = new Map<string, { kind: Kind; count: number }>()

  add(kinds: readonly Kind[]): void {
    for (const kind of kinds) {
      const known = this.#counts.get(kind.reason)
      if (known !== undefined) known.count++
      else if (this.#counts.size < mostKinds) this.#counts.set(kind.reason, { kind, count: 1 })
    }
  }

  /** The most frequent first. */
  list(): KindCount[] {
    const counts = [...this.#counts.values()].toSorted((a, b) => b.count - a.count)
    return counts.map(({ kind, count }) => ({ ...kind, count }))
  }
}
