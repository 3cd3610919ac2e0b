import type { Equivalent } from './equivalent.ts'

const kept = 'What is not kept is worked out anew: slower, and the same.'

const rows: readonly (readonly [string, string, string])[] = [
  ['roles', '\'-\' → ""', 'Never reached: every category has its column in the table of rights.'],
  [
    'decide',
    "case 'create': return held.includes('c') ? yes(rule, view) : refuseRole(rule, category) → case 'create':",
    'What follows asks whether it may update: by the table of rights, whoever creates updates, and nobody else.',
  ],
  ['keep', '!isObject(old) → false', 'What is seen in part is an object; the compiler does not know.'],
  [
    'keep',
    'rule.shape === undefined → false',
    'What is an object in a stored record has a shape; the compiler does not know.',
  ],
  [
    'keep',
    'within === undefined → false',
    'What is contained and was seen is of a type that may be read; the compiler does not know.',
  ],
  ['show', '!known.has(name) → true', kept],
  ['view', '!views.has(key) → true', kept],
  [
    'show',
    "property === 'coding' → true",
    'In a list that holds no codings nothing has a system: what is left of any other property is nothing.',
  ],
]

export const policyEquivalents: readonly Equivalent[] = rows.map(([name, change, reason]) => ({
  file: `server/src/policy/${name}.ts`,
  change,
  reason,
}))
