import { expect, test } from 'vitest'
import { idleness, reportEverySeconds } from './idle.ts'

test.each([
  ['who just touched the screen is active', 0, 600, { is: 'active' }],
  ['half a minute before the limit a warning counts down', 570, 600, { is: 'warning', secondsLeft: 30 }],
  ['a part of a second counts as one more second left', 599.2, 600, { is: 'warning', secondsLeft: 1 }],
  ['at the limit it is over', 600, 600, { is: 'over' }],
  ['a machine that slept past the limit wakes locked', 90_000, 600, { is: 'over' }],
  ['a limit of one minute warns in its last fifth', 47, 60, { is: 'active' }],
  ['a limit of one minute warns twelve seconds before', 48, 60, { is: 'warning', secondsLeft: 12 }],
])('%s', (_, idle, limit, expected) => {
  expect(idleness(1_000_000, 1_000_000 + idle * 1_000, limit)).toEqual(expected)
})

test('activity is reported many times within any limit, and not more than every two seconds', () => {
  expect([600, 120, 30].map(reportEverySeconds)).toEqual([15, 6, 2])
})
