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
