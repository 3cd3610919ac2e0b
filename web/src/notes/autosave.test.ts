import type { Draft, DraftSaved } from '@chartkeep/model/office'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createAutosave, type Saving } from './autosave.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const draft = (text: string): Draft => ({ title: 'Progress note', loinc: '11506-3', text })

/** A server that answers when it is told to. */
function server() {
  const asked: { text: string; answer: PromiseWithResolvers<DraftSaved> }[] = []
  const shown: Saving['is'][] = []
  const autosave = createAutosave({
    save: ({ text }) => {
      const answer = Promise.withResolvers<DraftSaved>()
      asked.push({ text, answer })
      return answer.promise
    },
    show: ({ is }) => shown.push(is),
    pauseMs: 1_000,
    retryMs: 4_000,
  })
  const accept = async (place: number) => {
    asked[place]?.answer.resolve({ saved: '2026-03-12T10:42:00Z' })
    await vi.advanceTimersByTimeAsync(0)
  }
  const fail = async (place: number) => {
    asked[place]?.answer.reject(new Error('away'))
    await vi.advanceTimersByTimeAsync(0)
  }
  return { autosave, texts: () => asked.map(({ text }) => text), shown, accept, fail }
}

test('a pause in typing saves the newest text once', async () => {
  const { autosave, texts, shown, accept } = server()
  autosave.change(draft('a'))
  await vi.advanceTimersByTimeAsync(900)
  autosave.change(draft('ab'))
  await vi.advanceTimersByTimeAsync(900)
  expect(texts()).toEqual([])
  await vi.advanceTimersByTimeAsync(100)
  await accept(0)
  expect(texts()).toEqual(['ab'])
  expect(shown).toEqual(['waiting', 'waiting', 'saving', 'saved'])
})

test('what is typed during a save is saved after it, never at the same time', async () => {
  const { autosave, texts, shown, accept } = server()
  autosave.change(draft('a'))
  await vi.advanceTimersByTimeAsync(1_000)
  autosave.change(draft('ab'))
  await vi.advanceTimersByTimeAsync(5_000)
  expect(texts()).toEqual(['a'])
  await accept(0)
  expect(texts()).toEqual(['a', 'ab'])
  expect(shown.at(-1)).toBe('saving')
  await accept(1)
  expect(shown.at(-1)).toBe('saved')
})

test('what could not be saved is tried again with all that was typed since', async () => {
  const { autosave, texts, shown, accept, fail } = server()
  autosave.change(draft('a'))
  await vi.advanceTimersByTimeAsync(1_000)
  await fail(0)
  expect(shown.at(-1)).toBe('failed')
  autosave.change(draft('ab'))
  await vi.advanceTimersByTimeAsync(4_000)
  expect(texts()).toEqual(['a', 'ab'])
  await accept(1)
  expect(shown.at(-1)).toBe('saved')
})

test('flush saves at once and resolves when the server has everything', async () => {
  const { autosave, texts, accept } = server()
  autosave.change(draft('a'))
  let done = false
  const flushed = autosave.flush().then(() => {
    done = true
  })
  autosave.change(draft('ab'))
  await accept(0)
  expect(done).toBe(false)
  await accept(1)
  await flushed
  expect(texts()).toEqual(['a', 'ab'])
})

test('flush says when the text is not safe', async () => {
  const { autosave, fail } = server()
  autosave.change(draft('a'))
  const outcome = autosave.flush().then(
    () => 'safe',
    (error: unknown) => String(error),
  )
  await fail(0)
  expect(await outcome).toBe('Error: away')
})

test('after a drop nothing is saved any more', async () => {
  const { autosave, texts } = server()
  autosave.change(draft('a'))
  autosave.drop()
  await vi.advanceTimersByTimeAsync(10_000)
  await autosave.flush()
  expect(texts()).toEqual([])
})
