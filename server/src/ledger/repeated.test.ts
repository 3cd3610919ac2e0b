import { expect, test } from 'vitest'
import { newId, openLog } from '#base'
import type { EntryFacts } from './facts.ts'
import { RepeatedEntries } from './repeated.ts'

const at = 1_700_000_000_000

function facts(workstation: string): EntryFacts {
  return {
    ...{ tenant: 1, at, actor: { kind: 'anonymous' }, workstation, action: 'sign-in-failed', types: [], patients: [] },
    ...{ records: [], outcome: 'refused', request: newId(at), details: { why: 'client' } },
  }
}

/** A ledger that keeps what it takes, and is away when the test says so. */
function opened() {
  const taken: EntryFacts[] = []
  const state: { away: boolean; busy?: Promise<void> | undefined } = { away: false }
  const record = async (entry: EntryFacts): Promise<void> => {
    const { away, busy } = state
    await busy
    if (away) throw new Error('the ledger is away')
    taken.push(entry)
  }
  const clock = { now: () => at + 60_000 }
  const logged: { msg: string; count: number }[] = []
  const log = openLog('error', { write: (line) => void logged.push(JSON.parse(line) as (typeof logged)[number]) })
  const repeated = new RepeatedEntries({ ledger: { record }, clock, log })
  const counts = () => taken.map(({ workstation, details }) => [workstation, details?.['repeated'] ?? 'first'])
  return { repeated, state, taken, counts, logged }
}

test('the first of a caller and kind is recorded at once, the others by one entry with their number', async () => {
  const { repeated, taken, counts } = opened()
  for (let at = 0; at < 1000; at++) await repeated.record('a', 'client', facts('a'))
  await repeated.record('a', 'replay', facts('a'))
  await repeated.record('b', 'client', facts('b'))
  expect(counts()).toEqual([
    ['a', 'first'],
    ['a', 'first'],
    ['b', 'first'],
  ])
  await repeated.flush()
  expect(counts().slice(3)).toEqual([['a', 999]])
  expect(taken.at(-1)).toMatchObject({ at: at + 60_000, details: { why: 'client', repeated: 999 } })
})

test('the last one repeated is recorded by a flush, and a flush without any records nothing', async () => {
  const { repeated, counts } = opened()
  await repeated.record('a', 'client', facts('a'))
  await repeated.flush()
  await repeated.record('a', 'client', facts('a'))
  await repeated.record('a', 'client', facts('a'))
  await Promise.all([repeated.flush(), repeated.flush()])
  expect(counts()).toEqual([
    ['a', 'first'],
    ['a', 'first'],
    ['a', 1],
  ])
})

test('past 500 callers the others share an entry', async () => {
  const { repeated, taken } = opened()
  for (let caller = 0; caller < 5000; caller++) await repeated.record(`${caller}`, 'client', facts(`${caller}`))
  expect(taken).toHaveLength(501)
  await repeated.flush()
  expect(taken).toHaveLength(502)
  expect(taken.at(-1)).toMatchObject({ details: { repeated: 4499 } })
})

test('what could not be recorded is told to the first, and counted on until the ledger is back', async () => {
  const { repeated, state, counts, logged } = opened()
  state.away = true
  await expect(repeated.record('a', 'client', facts('a'))).rejects.toThrow('away')
  state.away = false
  for (let at = 0; at < 5; at++) await repeated.record('a', 'client', facts('a'))
  state.away = true
  await repeated.flush()
  await repeated.record('a', 'client', facts('a'))
  state.away = false
  await repeated.flush()
  expect(counts()).toEqual([
    ['a', 'first'],
    ['a', 5],
  ])
  expect(logged.map(({ msg, count }) => [msg, count])).toEqual([['what was repeated could not be recorded', 4]])
})

test('past 500 callers each kind and each practice has an entry of its own', async () => {
  const { repeated, taken } = opened()
  for (let caller = 0; caller < 500; caller++) await repeated.record(`${caller}`, 'client', facts(`${caller}`))
  for (const tenant of [1, 2])
    for (const kind of ['client', 'replay'])
      for (const caller of ['x', 'y']) await repeated.record(caller, kind, { ...facts(caller), tenant })
  expect(taken.slice(500).map(({ tenant, workstation }) => [tenant, workstation])).toEqual([
    [1, 'x'],
    [1, 'x'],
    [2, 'x'],
    [2, 'x'],
  ])
})

test('what was counted while the first was on its way is recorded, though the first fails', async () => {
  const { repeated, state, counts } = opened()
  state.away = true
  const first = repeated.record('a', 'client', facts('a'))
  await repeated.record('a', 'client', facts('a'))
  await expect(first).rejects.toThrow('away')
  state.away = false
  await repeated.flush()
  expect(counts()).toEqual([['a', 1]])
})

test('one that fails after a flush takes nothing from what came since', async () => {
  const { repeated, state, counts } = opened()
  const { promise, resolve } = Promise.withResolvers<void>()
  Object.assign(state, { away: true, busy: promise })
  const first = repeated.record('a', 'client', facts('a'))
  await repeated.flush()
  Object.assign(state, { away: false, busy: undefined })
  await repeated.record('a', 'client', facts('a'))
  resolve()
  await expect(first).rejects.toThrow('away')
  await repeated.record('a', 'client', facts('a'))
  expect(counts()).toEqual([['a', 'first']])
})

test('what comes while a flush fails is counted with the rest', async () => {
  const { repeated, state, counts } = opened()
  for (let at = 0; at < 3; at++) await repeated.record('a', 'client', facts('a'))
  const { promise, resolve } = Promise.withResolvers<void>()
  Object.assign(state, { away: true, busy: promise })
  const flushed = repeated.flush()
  await Promise.resolve()
  Object.assign(state, { away: false, busy: undefined })
  for (let at = 0; at < 4; at++) await repeated.record('a', 'client', facts('a'))
  resolve()
  await flushed
  await repeated.flush()
  expect(counts()).toEqual([
    ['a', 'first'],
    ['a', 'first'],
    ['a', 5],
  ])
})
