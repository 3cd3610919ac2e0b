import type { Definitions } from './definitions.ts'
import { lists } from './source.ts'

/**
 * generated/summary.json: for each resource type, its own elements that `_summary=true` keeps, as JSON names them (a
 * choice once for each type, so `value[x]`), with `!` after those that a resource must have.
 */
export function generateSummary(definitions: Definitions): string {
  return lists(
    definitions.resources.map((type): [string, string[]] => {
      const elements = (definitions.elements.get(type) ?? []).filter((one) => one.max !== '0')
      const kept = elements.filter((one) => one.summary || one.min > 0)
      return [
        type,
        [kept.map(({ name, min, summary }) => `${name}${min > 0 ? '!' : ''}${summary ? '' : '-'}`).join(' ')],
      ]
    }),
  )
}
