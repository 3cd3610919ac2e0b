import { expect, test } from 'vitest'
import { steadyClock } from './steady-clock.ts'

test('time follows the wall clock while that goes forward', () => {
  let wall = 1_000_000
  const clock = steadyClock({ now: () => wall }, () => 0)
  wall += 3_600_000
  expect(clock.now()).toBe(4_600_000)
})

test('a wall clock set back by an hour does not give anyone an hour more', () => {
  let wall = 10_000_000
  let machine = 0
  const clock = steadyClock({ now: () => wall }, () => machine)
  expect(clock.now()).toBe(10_000_000)
  wall -= 3_600_000
  machine += 300_000
  expect(clock.now()).toBe(10_300_000)
})
