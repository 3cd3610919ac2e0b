import { expect, test } from 'vitest'
import { steadyClock } from './steady-clock.ts'

test('time follows the wall clock while that goes forward', () => {
  let wall = 1_000_000
  const clock = steadyClock({ now: () => wall }, () => 0)
  wall += 3_600_000
  expect(clock.now()).toBe(4_600_000)
})

test('a machine whose count goes back holds time up, and parts of a millisecond are not told', () => {
  let wall = 1000
  let machine = 500.4
  const clock = steadyClock({ now: () => wall }, () => machine)
  machine = 400
  expect(clock.now()).toBe(1000)
  wall = 0
  machine = 401.5
  expect(clock.now()).toBe(1001)
  machine = 402.1
  expect(clock.now()).toBe(1002)
})

test('without another count the machine’s own goes on', async () => {
  let wall = 1_000_000
  const clock = steadyClock({ now: () => wall })
  wall = 0
  const before = clock.now()
  expect(before).toBeGreaterThanOrEqual(1_000_000)
  await expect.poll(() => clock.now()).toBeGreaterThan(before)
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
