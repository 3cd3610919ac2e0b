import { expect, test, vi } from 'vitest'
import { Refusal } from '#base'
import { Limiter } from './rate.ts'
import { openSpending, type Spending, type Spent } from './spending.ts'

const rate = { perSecond: 1, burst: 10 }

/** Two processes that tell each other, with the same clock. */
function pair() {
  const clock = { now: () => time }
  let time = 0
  const all: Spending[] = []
  const process = (at: number) => {
    const spending = openSpending((spent: Spent) => all[1 - at]!.take(structuredClone(spent)))
    all.push(spending)
    const limiter = new Limiter(rate, clock)
    const spend = spending.join('person', limiter)
    return (caller: string): boolean => {
      try {
        limiter.pass(caller)
      } catch (error) {
        if (error instanceof Refusal && error.code === 'rate-limited') return false
        throw error
      }
      spend(caller)
      return true
    }
  }
  return { ask: [process(0), process(1)] as const, move: (ms: number) => void (time += ms) }
}

/** Those of so many that pass. */
const passed = (ask: (caller: string) => boolean, caller: string, times: number): number =>
  Array.from({ length: times }, () => ask(caller)).filter(Boolean).length

test('R-16: a caller who comes to two processes has one rate', () => {
  vi.useFakeTimers()
  const { ask, move } = pair()
  expect(passed(ask[0], 'nora', 8)).toBe(8)
  vi.advanceTimersByTime(250)
  expect(passed(ask[1], 'nora', 8)).toBe(2)
  expect(passed(ask[1], 'otto', 8)).toBe(8)
  vi.advanceTimersByTime(250)
  expect(passed(ask[0], 'nora', 8)).toBe(0)
  move(3000)
  expect(passed(ask[0], 'nora', 8)).toBe(3)
  vi.useRealTimers()
})

test('who uses both at once has twice the burst once, pays for it, and is not shut out for longer', () => {
  vi.useFakeTimers()
  const { ask, move } = pair()
  expect(passed(ask[0], 'nora', 20) + passed(ask[1], 'nora', 20)).toBe(20)
  vi.advanceTimersByTime(250)
  move(10_000)
  expect(passed(ask[0], 'nora', 20)).toBe(0)
  move(5000)
  expect(passed(ask[0], 'nora', 20)).toBe(5)
  vi.useRealTimers()
})
