import { expect, test } from 'vitest'
import { covers, formatScope, parseScope, sharedScope } from './scopes.ts'
import { Grant } from './grant.ts'
import type { Client } from './question.ts'
import { newId } from '#base'

const category = 'http://terminology.hl7.org/CodeSystem/observation-category'
const narrow = (code: string): string => `system/Observation.rs?category=${category}|${code}`
const client = (...scopes: string[]): Client => ({
  kind: 'client',
  tenant: 1,
  id: newId(0),
  workstation: 'w',
  scopes: scopes.flatMap((text) => parseScope(text) ?? []),
})
const rowsOf = (actor: Client, action: 'read' | 'search') =>
  Grant.for({ actor, action, type: 'Observation', purpose: 'TREAT' }).rows

test.each([
  narrow('laboratory'),
  'system/Condition.rs?category=http://terminology.hl7.org/CodeSystem/condition-category|encounter-diagnosis',
  'system/Condition.rs?category=http://hl7.org/fhir/us/core/CodeSystem/condition-category|health-concern',
  'system/Observation.rs?category=http://hl7.org/fhir/us/core/CodeSystem/us-core-category|sdoh',
  'system/Observation.s?status=final&category=a|b,c|d',
])('S-22: %s is understood, and written again as it came', (text) => {
  const scope = parseScope(text)
  expect(scope?.only).toBeDefined()
  const written = formatScope(scope!)
  expect(parseScope(written)).toEqual(scope)
  if (!text.includes('&')) expect(written).toBe(text)
})

test.each([
  'system/*.rs?category=a|b',
  'system/Observation.cruds?category=a|b',
  'system/Observation.rs?nonsense=1',
  'system/Observation.rs?subject.name=x',
  'system/Observation.rs?category:in=http://example.org/vs',
  'system/Observation.rs?date=yesterday',
  'system/Observation.rs?',
])('S-22: %s is not granted', (text) => {
  expect(parseScope(text)).toBeUndefined()
})

test('S-22, S-23: several narrow scopes are a union, and one that is not narrow opens all', () => {
  const [one, other] = [narrow('laboratory'), narrow('survey')]
  expect(rowsOf(client(one), 'read')).toHaveLength(1)
  expect(rowsOf(client(one, other), 'search')).toHaveLength(2)
  expect(rowsOf(client(one, other, 'system/Observation.r'), 'read')).toBeUndefined()
  expect(rowsOf(client(one, 'system/*.r'), 'search')).toHaveLength(1)
})

test('S-31: a narrow scope covers itself and no more; what is asked for is narrowed to what is held', () => {
  const held = parseScope(narrow('laboratory'))!
  const whole = parseScope('system/Observation.rs')!
  const other = parseScope('system/Observation.rs?status=final')!
  expect([covers([held], held), covers([held], whole), covers([held], other), covers([whole], other)]).toEqual([
    true,
    false,
    false,
    true,
  ])
  expect(formatScope(sharedScope(held, whole)!)).toBe(narrow('laboratory'))
  expect(sharedScope(held, other)?.only?.queries).toHaveLength(2)
  expect(sharedScope(held, parseScope('system/Patient.rs')!)).toBeUndefined()
})

const scope = (text: string) => parseScope(text)!
const five = 'status=a&code=b&category=c&date=2026&value-string=d'

test.each<[string, boolean]>([
  ['system/Observation.r', true],
  ['xsystem/Observation.r', false],
  ['system/Observation.rx', false],
  ['system/Observation.read', true],
  ['system/Observation.readx', false],
  ['xsystem/Observation.read', false],
  ['system/Nothing.read', false],
  ['system/Observation.', false],
  ['system/*.', false],
  ['system/Obs3rvation.r', false],
  [`system/Observation.rs?${five}`, true],
  [`system/Observation.rs?${five}&subject=Patient/1`, false],
  ['system/Observation.r?status=final', true],
  ['system/Observation.s?status=final', true],
  ['system/Observation.cr?status=final', false],
  ['system/Observation.rd?status=final', false],
  ['system/Observation.read?status=final', false],
  ['system/*.r?status=final', false],
  ['system/*.r?_id=1', false],
  ['system/Observation.r?&', false],
  ['system/Observation.rs?status=final&nonsense=1', false],
])('S-20, S-22: that %s is a scope is %s', (text, expected) => {
  expect(parseScope(text) !== undefined).toBe(expected)
})

test('S-22: one spelling for one narrowing, whatever the order it was written in', () => {
  const [one, two] = [
    scope('system/Observation.rs?status=final&category=x'),
    scope('system/Observation.rs?category=x&status=final'),
  ]
  expect(one).toEqual(two)
  expect(formatScope(one)).toBe('system/Observation.rs?category=x&status=final')
  expect(one.only?.queries).toHaveLength(2)
  expect(formatScope(scope('system/Observation.rs?code=http://a.example|x,y'))).toBe(
    'system/Observation.rs?code=http://a.example|x,y',
  )
  expect(formatScope(scope('system/Patient.cruds'))).toBe('system/Patient.cruds')
  expect(formatScope(scope('system/*.rs'))).toBe('system/*.rs')
})

test.each<[readonly string[], string, boolean]>([
  [['system/*.rs'], 'system/Patient.rs', true],
  [['system/Patient.rs'], 'system/*.rs', false],
  [['system/Patient.r', 'system/Patient.s'], 'system/Patient.rs', true],
  [['system/Patient.r'], 'system/Patient.rs', false],
  [['system/Observation.rs'], 'system/Patient.r', false],
  [['system/Observation.rs?status=final'], 'system/Observation.r?status=final', true],
  [['system/Observation.rs?status=final'], 'system/Observation.r?status=amended', false],
  [['system/Observation.rs?status=final'], 'system/Observation.r', false],
  [[], 'system/Observation.r', false],
])('S-31: %j covers %s: %s', (held, wanted, expected) => {
  expect(covers(held.map(scope), scope(wanted))).toBe(expected)
})

test.each<[string, string, string | undefined]>([
  ['system/*.rs', 'system/Patient.r', 'system/Patient.r'],
  ['system/Patient.rs', 'system/*.cruds', 'system/Patient.rs'],
  ['system/*.cr', 'system/*.rs', 'system/*.r'],
  ['system/Patient.rs', 'system/Observation.rs', undefined],
  ['system/Patient.r', 'system/Patient.s', undefined],
  ['system/Patient.r', 'system/Patient.r?gender=male', 'system/Patient.r?gender=male'],
  ['system/Observation.rs?status=final', 'system/*.r', 'system/Observation.r?status=final'],
  ['system/*.rs', 'system/Observation.r?status=final', 'system/Observation.r?status=final'],
  ['system/Observation.rs?status=final', 'system/Observation.r?status=final', 'system/Observation.r?status=final'],
  ['system/Observation.r?status=final', 'system/Observation.r?code=x', 'system/Observation.r?code=x&status=final'],
  [`system/Observation.r?${five}`, 'system/Observation.r?subject=Patient/1', undefined],
])('S-31: %s and %s have in common %s', (held, wanted, expected) => {
  const shared = sharedScope(scope(held), scope(wanted))
  expect(shared === undefined ? undefined : formatScope(shared)).toBe(expected)
})
