import { type ResourceType, resourceTypes } from '@chartkeep/model/fhir'
import { expect, test } from 'vitest'
import { newId } from '#base'
import { decide, type Decision } from './decide.ts'
import { explainRule } from './explain.ts'
import type { Action, Actor, Client, Person, Purpose } from './question.ts'
import { categoryOf, categoryOrder, type Role, roles } from './roles.ts'
import { parseScope } from './scopes.ts'

// What decide() says to everything that can be asked, printed to a file: a change of policy is a change of that file.

const actions: readonly Action[] = [
  'read',
  'search',
  'scan',
  'history',
  'create',
  'update',
  'delete',
  'draft',
  'sign',
  'review-access',
  'manage-accounts',
  'view-system',
]
const purposes: readonly Purpose[] = ['TREAT', 'HPAYMT', 'HOPERAT', 'ETREAT', 'SYSADMIN']
const who = { tenant: 1, workstation: 'w' } as const
const person = (role: Role): Person => ({ ...who, kind: 'person', id: newId(0), role, session: newId(0) })
const client = (...scopes: string[]): Client => ({
  ...who,
  kind: 'client',
  id: newId(0),
  scopes: scopes.map((text) => parseScope(text)!),
})

/** Every rule that was named, with what it answers and how it is explained. */
const rules = new Map<string, string>()

function ask(actor: Actor, action: Action, type: ResourceType): Decision {
  const decision = decide({ actor, action, type, purpose: 'TREAT' })
  const answer = decision.allow ? 'yes' : `no, ${decision.code}: ${decision.remedy}`
  rules.set(`${decision.rule}  ${answer}`, explainRule(decision.rule))
  return decision
}

/** The types of a category that it is allowed for: all, none, or which. */
function cell(actor: Actor, action: Action, types: readonly ResourceType[]): string {
  const allowed = types.filter((type) => ask(actor, action, type).allow)
  const parts = types.filter((type) => isOfParts(actor, action, type))
  if (parts.length === types.length) return 'in part'
  if (allowed.length === types.length && parts.length === 0) return 'yes'
  if (allowed.length === 0) return '-'
  const refused = types.filter((type) => !allowed.includes(type))
  return allowed.length < refused.length ? `only ${allowed.join(' ')}` : `all but ${refused.join(' ')}`
}

function isOfParts(actor: Actor, action: Action, type: ResourceType): boolean {
  const decision = ask(actor, action, type)
  return decision.allow && decision.view !== undefined
}

function table(name: string, rows: readonly (readonly [string, Actor])[], action: Action): string {
  const columns = categoryOrder.map((category) => resourceTypes.filter((type) => categoryOf(type) === category))
  const lines = rows.map(([label, actor]) => [label, ...columns.map((types) => cell(actor, action, types))])
  const all = [[name, ...categoryOrder], ...lines]
  const widths = all[0]!.map((_, column) => Math.max(...all.map((line) => line[column]!.length)))
  return all
    .map((line) =>
      line
        .map((text, column) => text.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

const scopes = [
  'system/*.cruds',
  'system/*.c',
  'system/*.r',
  'system/*.u',
  'system/*.d',
  'system/*.s',
  'system/Patient.cruds',
  'system/Observation.rs?status=final',
]

function print(): string {
  const people = roles.map((role) => [role, person(role)] as const)
  const programs = [['no scope', client()] as const, ...scopes.map((scope) => [scope, client(scope)] as const)]
  const job: Actor = { ...who, kind: 'job', id: newId(0), task: 'import' }
  const all = [...people, ...programs, ['import', job] as const]
  const categories = categoryOrder.map((category) => {
    const types = resourceTypes.filter((type) => categoryOf(type) === category)
    return `${category}: ${types.length > 40 ? `${types.length} other types` : types.join(' ')}`
  })
  const tables = actions.map((action) => table(action, all, action))
  const said = [...rules].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([rule, words]) => `${rule}\n      ${words}`)
  return `${[
    '# What policy says. Written by truth-table.test.ts: a change of policy is a change of this file.',
    categories.join('\n'),
    ...tables,
    `rules, what they answer, and what people are told of them:\n${said.join('\n')}`,
  ].join('\n\n')}\n`
}

test('H-A06, H-A10: what policy says to everything is what was reviewed', async () => {
  await expect(print()).toMatchFileSnapshot('./truth-table.txt')
})

test('neither the purpose nor whose record it is changes an answer: both are for the entry', () => {
  for (const role of roles) {
    for (const action of actions) {
      for (const type of ['Patient', 'Observation', 'Claim', 'AuditEvent'] as const) {
        const actor = person(role)
        const plain = decide({ actor, action, type, purpose: 'TREAT' })
        for (const purpose of purposes) {
          expect(decide({ actor, action, type, purpose })).toEqual(plain)
          expect(decide({ actor, action, type, purpose, patient: newId(0) })).toEqual(plain)
        }
      }
    }
  }
})

test('a role sees a view of what it reads, finds, goes through, writes and changes, and of nothing else', () => {
  const viewed = actions.filter((action) => {
    const decision = decide({ actor: person('biller'), action, type: 'Claim', purpose: 'HPAYMT' })
    return decision.allow && decision.view !== undefined
  })
  expect(viewed).toEqual(['read', 'search', 'scan', 'history', 'create', 'update'])
  const whole = decide({ actor: person('clinician'), action: 'read', type: 'Condition', purpose: 'TREAT' })
  expect(whole).toEqual({ allow: true, rule: 'role:clinician/clinical' })
})

test('S-22: what a narrow scope opens is narrowed, and what a wide one opens is not', () => {
  const rows = (...held: string[]) => {
    const decision = decide({ actor: client(...held), action: 'read', type: 'Observation', purpose: 'TREAT' })
    return decision.allow ? (decision.rows?.map((queries) => queries.length) ?? 'all') : 'none'
  }
  expect(rows('system/Observation.r')).toBe('all')
  expect(rows('system/Observation.r?status=final&code=x')).toEqual([2])
  expect(rows('system/Observation.r?status=final', 'system/Observation.r?code=x')).toEqual([1, 1])
  expect(rows('system/Observation.r?status=final', 'system/*.r')).toBe('all')
  expect(rows('system/Observation.s?status=final', 'system/Condition.r')).toBe('none')
})

test.each([
  [
    'role:nurse/clinical role:nurse/directory',
    'What nurses may see and do with clinical records; What nurses may see and do with the practice directory',
  ],
  ['role:clinician/clinical/scan', 'What clinicians may search for through clinical records of all patients'],
  ['role:wizard/clinical', 'role:wizard/clinical'],
  ['role:nurse/magic', 'role:nurse/magic'],
  ['role:nurse/magic/scan', 'role:nurse/magic/scan'],
  ['role:not-held', 'A role that an administrator has not given'],
  ['client:whatever', 'The scopes that the program was registered for'],
  ['job:import', 'An import started on the server by an operator'],
  ['signing:password', 'A note is signed in the chart, where the password is asked for again'],
  ['author:oneself', 'Who writes a note names nobody else as its author'],
  ['part-not-seen', 'What one does not see of a record, one does not take out'],
  ['office:people-only', 'The web app is for people; programs use the FHIR interface'],
  ['ledger-is-append-only', 'The access ledger writes itself'],
  ['nonsense', 'nonsense'],
  ['myrole:nurse/clinical', 'myrole:nurse/clinical'],
])('the rule %s is told as: %s', (rule, words) => {
  expect(explainRule(rule)).toBe(words)
})
