import { expect, test } from 'vitest'
import { columnOf, pipeline } from './pipeline.ts'
import type { RouteClass } from './route.ts'

const classes: readonly RouteClass[] = [
  'public',
  'unmatched',
  'sign-in',
  'token',
  'metrics',
  'read',
  'search',
  'write',
  'operation',
  'upload',
  'stream',
]
const toHealth: readonly RouteClass[] = ['read', 'search', 'operation', 'write', 'upload', 'stream']

test('each class of route has these checks, in this order', () => {
  expect(Object.fromEntries(classes.map((each) => [each, columnOf(each).join(' ')]))).toMatchInlineSnapshot(`
    {
      "metrics": "limitTime requireHost limitAddressRate recordRefusals requireMetricsToken limitBody",
      "operation": "limitTime requireHost recordRefusals checkOrigin authenticate requireUnlocked limitActorRate limitBody requireMedia",
      "public": "limitTime requireHost limitAddressRate limitBody requireMedia",
      "read": "limitTime requireHost recordRefusals checkOrigin authenticate requireUnlocked limitActorRate limitBody requireMedia",
      "search": "limitTime requireHost recordRefusals checkOrigin authenticate requireUnlocked limitActorRate limitBody requireMedia",
      "sign-in": "limitTime requireHost recogniseSession limitAddressRate checkOrigin limitBody requireMedia",
      "stream": "limitTime requireHost recordRefusals checkOrigin authenticate requireUnlocked limitActorRate limitBody",
      "token": "limitTime requireHost limitAddressRate limitBody requireMedia",
      "unmatched": "limitTime requireHost limitAddressRate",
      "upload": "limitTime requireHost recordRefusals checkOrigin authenticate requireUnlocked limitActorRate limitBody",
      "write": "limitTime requireHost recordRefusals checkOrigin authenticate requireUnlocked limitActorRate limitBody requireMedia",
    }
  `)
})

test('no health information without knowing who asks, from where, unlocked, and recording what is refused', () => {
  for (const each of toHealth) {
    const needed = [
      'recordRefusals',
      'checkOrigin',
      'authenticate',
      'requireUnlocked',
      'limitActorRate',
      'limitBody',
      'limitTime',
    ]
    expect(columnOf(each)).toEqual(expect.arrayContaining(needed))
  }
})

test('refusals are recorded from before the first check that tells who asks', () => {
  for (const each of toHealth) {
    const column = columnOf(each)
    expect(column.indexOf('recordRefusals')).toBeLessThan(column.indexOf('checkOrigin'))
    expect(column.indexOf('authenticate')).toBeLessThan(column.indexOf('requireUnlocked'))
  }
})

test('what needs no credentials is limited by address, what needs them by actor', () => {
  for (const each of classes) {
    const limit = toHealth.includes(each) ? 'limitActorRate' : 'limitAddressRate'
    expect([each, columnOf(each).filter((name) => name.endsWith('Rate'))]).toEqual([each, [limit]])
  }
})

test('every check has a name of its own', () => {
  const names = pipeline.map(([prepare]) => prepare.name)
  expect(new Set(names).size).toBe(names.length)
})
