import { expect, test } from 'vitest'
import type { Presence } from './presence.ts'
import { type Standing, type Turn, Watchers } from './watchers.ts'

const session = (id: string, role = 'nurse') => ({ tenant: 7, session: id, role }) as Presence

function desk(standings: Readonly<Record<string, Standing | Error>>) {
  const asked: [number, string][] = []
  const watchers = new Watchers(async (tenant, id) => {
    asked.push([tenant, id])
    const now = standings[id] ?? 'ended'
    if (now instanceof Error) throw now
    return now
  })
  return { watchers, asked }
}

test.each<[string, Standing, Turn]>([
  ['is locked', 'locked', 'locked'],
  ['is over', 'ended', 'ended'],
  ['has another role', { role: 'biller' }, 'other-role'],
])('a session that %s calls everyone who watches it, once', async (_, now, turn) => {
  const { watchers, asked } = desk({ a: now })
  const calls: string[] = []
  watchers.add(session('a'), (how) => calls.push(`one ${how}`))
  watchers.add(session('a'), (how) => calls.push(`two ${how}`))
  await watchers.check()
  await watchers.check()
  expect(calls).toEqual([`one ${turn}`, `two ${turn}`])
  expect(asked).toEqual([[7, 'a']])
})

test('a session that goes on as it was calls nobody, and is asked about again', async () => {
  const { watchers, asked } = desk({ a: { role: 'nurse' } })
  watchers.add(session('a'), () => expect.unreachable())
  await watchers.check()
  await watchers.check()
  expect(asked).toHaveLength(2)
})

test('of two roles in one session, the one that was left is told', async () => {
  const { watchers } = desk({ a: { role: 'biller' } })
  const calls: string[] = []
  watchers.add(session('a', 'biller'), (how) => calls.push(`biller ${how}`))
  watchers.add(session('a', 'nurse'), (how) => calls.push(`nurse ${how}`))
  await watchers.check()
  expect(calls).toEqual(['nurse other-role'])
})

test('who has stopped watching is not called, and does not keep the session asked about', async () => {
  const { watchers, asked } = desk({})
  const calls: string[] = []
  const stop = watchers.add(session('a'), () => calls.push('one'))
  watchers.add(session('a'), () => calls.push('two'))
  stop()
  stop()
  await watchers.check()
  expect(calls).toEqual(['two'])
  const stopLast = watchers.add(session('b'), () => calls.push('three'))
  stopLast()
  stopLast()
  await watchers.check()
  expect([calls, asked]).toEqual([['two'], [[7, 'a']]])
})

test('soon means at once, and a failure to ask is left to the next round', async () => {
  const { watchers, asked } = desk({ a: new Error('the database is away') })
  watchers.checkSoon()
  expect(asked).toEqual([])
  watchers.add(session('a'), () => expect.unreachable())
  watchers.checkSoon()
  await new Promise((resolve) => setImmediate(resolve))
  expect(asked).toEqual([[7, 'a']])
  await expect(watchers.check()).rejects.toThrow('the database is away')
})
