import { expect, test } from 'vitest'
import { type Patience, watch } from './watch.ts'

const patience: Patience = { askEachMs: 1, silenceMs: 20, mostSilences: 2, lateMs: 10_000 }

/** Answers what the list says, in turn: true, or nothing within the time. */
function answering(...answers: readonly boolean[]) {
  const left = [...answers]
  let asked = 0
  const ask = (_: string, _said?: unknown, silenceMs = 0): Promise<unknown> => {
    asked++
    return left.shift() === true
      ? Promise.resolve(undefined)
      : new Promise((_resolve, reject) => setTimeout(() => reject(new Error('silent')), silenceMs))
  }
  return { line: { ask }, left, asked: () => asked }
}

test('hangs who is silent several times in a row, and not who answers in between', async () => {
  const { line, asked } = answering(true, false, true, false, false)
  expect(await watch(line, () => true, patience)).toBe('hangs')
  expect(asked()).toBe(5)
})

test('who is not to be watched any more is not called hanging', async () => {
  const { line, left } = answering(true, true)
  expect(await watch(line, () => left.length > 0, patience)).toBe('over')
})

test('a silence counts for nothing when our own timers come late: the machine is busy, or was asleep', async () => {
  const { line, left } = answering(false, false, false, false, true)
  const late = { ...patience, lateMs: -1 }
  expect(await watch(line, () => left.length > 0, late)).toBe('over')
})
