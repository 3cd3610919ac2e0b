import type { Definitions } from './definitions.ts'
import { lists } from './source.ts'

/**
 * generated/modifiers.json: for each type and backbone element, the elements that modify its meaning (isModifier), without
 * the two that do so wherever they are.
 */
export function generateModifiers({ elements }: Definitions): string {
  const rows = [...elements].map(([holder, own]): [string, string[]] => [
    holder,
    own
      .filter(({ name, modifier, max }) => modifier && max !== '0' && !everywhere.has(name))
      .map(({ name }) => name.replace('[x]', '')),
  ])
  return lists(rows.filter(([, names]) => names.length > 0).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

const everywhere = new Set(['modifierExtension', 'implicitRules'])
