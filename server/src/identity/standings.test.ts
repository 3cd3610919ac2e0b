import { randomBytes, randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openLog, Refusal } from '#base'
import type { EntryFacts } from '#ledger'
import { endedBy, faultOf, isDamage, Standings } from './standings.ts'

const mac = randomBytes(16)
const other = randomBytes(16)
const stateOf = (version: number, code = mac) => ({
  ...{ subject: randomUUID(), kind: 'account', version, ended: false, entry: randomUUID() },
  mac: code,
})
const claimOf = (version: number, newest: ReturnType<typeof stateOf> | undefined, over: object = {}) => ({
  ...{ id: 'x', version, mac, code: mac, row: {}, newest },
  ...over,
})

test('a row holds only with its own code, in the newest state that was recorded and seen', () => {
  expect(faultOf(claimOf(3, stateOf(3)))).toBeUndefined()
  expect(faultOf(claimOf(3, stateOf(3)), 3)).toBeUndefined()
  fc.assert(
    fc.property(fc.nat({ max: 9 }), fc.nat({ max: 9 }), fc.nat({ max: 9 }), (version, newest, floor) => {
      const fault = faultOf(claimOf(version, stateOf(newest)), floor)
      if (version < newest || version < floor) expect(fault).toBe('put-back')
      else expect(fault).toBe(version === newest ? undefined : 'unrecorded')
    }),
  )
})

test.each<[string, object]>([
  ['columns that cannot be read', { code: undefined }],
  ['another code', { mac: other }],
  ['no code', { mac: null }],
  ['a code that is cut', { mac: mac.subarray(0, 15) }],
  ['a code with more behind it', { mac: Buffer.concat([mac, mac]) }],
  ['a code that is text', { mac: mac.toString('hex') }],
])('a row with %s is altered', (_, over) => {
  expect(faultOf(claimOf(3, stateOf(3), over))).toBe('altered')
})

test('a row whose state was recorded with another code is altered, and one that was never recorded unrecorded', () => {
  expect(faultOf(claimOf(3, stateOf(3, other)))).toBe('altered')
  expect(faultOf(claimOf(3, undefined))).toBe('unrecorded')
})

test('a damaged row is named once an hour by its id alone, in the log and by an entry; a session is ended by it', () => {
  let now = 1_767_225_600_000
  const lines: string[] = []
  const entries: EntryFacts[] = []
  const log = openLog('trace', { write: (line: string) => void lines.push(line) })
  const standings = new Standings({
    log,
    ledger: { record: async (facts) => void entries.push(facts) },
    now: () => now,
  })
  const [session, account] = [randomUUID(), randomUUID()]
  for (let i = 0; i < 3; i++) standings.name({ tenant: 1, kind: 'session', id: session, fault: 'altered' }, stateOf(4))
  standings.name({ tenant: 1, kind: 'account', id: account, fault: 'put-back' }, stateOf(4))
  expect(entries).toMatchObject([
    {
      ...{
        action: 'identity-damaged',
        outcome: 'refused',
        details: { kind: 'session', id: session, fault: 'altered' },
      },
      states: [{ kind: 'session', subject: session, version: 5, ended: true }],
    },
    { details: { kind: 'account', id: account, fault: 'put-back' }, states: [] },
  ])
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { level: 50, kind: 'session', id: session, fault: 'altered' },
    { level: 50, kind: 'account', id: account, fault: 'put-back' },
  ])
  now += 3_600_000
  standings.name({ tenant: 1, kind: 'account', id: account, fault: 'put-back' })
  expect(entries).toHaveLength(3)
})

test('of a flood of damaged rows a thousand an hour are named', () => {
  const entries: EntryFacts[] = []
  const ledger = { record: async (facts: EntryFacts) => void entries.push(facts) }
  const standings = new Standings({ log: openLog('silent'), ledger, now: () => 0 })
  for (let i = 0; i < 3000; i++) standings.name({ tenant: 1, kind: 'token', id: String(i), fault: 'altered' })
  expect(entries).toHaveLength(1000)
})

function standingsAt(now = 1_767_225_600_000) {
  const entries: EntryFacts[] = []
  const ledger = { record: async (facts: EntryFacts) => void entries.push(facts) }
  return { standings: new Standings({ log: openLog('silent'), ledger, now: () => now }), entries, now }
}

const place = { tenant: 1, kind: 'account' } as const
/** Answers a row of this version, which the ledger has for the newest, as often as it is asked. */
const rowOf = (id: string, version: number) => async () => [claimOf(version, stateOf(version), { id })]

test.each(['account', 'client', 'session', 'token'] as const)(
  'no earlier state than one that was seen holds: %s',
  async (kind) => {
    const { standings } = standingsAt()
    const faultIn = async (version: number) =>
      (await standings.hold({ tenant: 1, kind }, rowOf('x', version)))[0]?.fault
    standings.raise({ kind, subject: 'x', version: 5 })
    standings.raise({ kind, subject: 'x', version: 4 })
    expect([await faultIn(4), await faultIn(5), await faultIn(6), await faultIn(5)]).toEqual([
      ...['put-back', undefined, undefined, 'put-back'],
    ])
  },
)

test('states of people and programs are remembered from any time, those of sessions and tokens from a day and a half', async () => {
  const { standings, now } = standingsAt()
  const hour = 3_600_000
  const old = now - 36 * hour
  const faultIn = async (kind: 'account' | 'client' | 'session' | 'token', at: number) => {
    const id = randomUUID()
    standings.recall({ kind, subject: id, version: 5, at })
    return (await standings.hold({ tenant: 1, kind }, rowOf(id, 4)))[0]?.fault
  }
  expect([await faultIn('account', 0), await faultIn('client', 0)]).toEqual(['put-back', 'put-back'])
  expect([await faultIn('session', old), await faultIn('token', old)]).toEqual([undefined, undefined])
  standings.recall({ kind: 'draft', subject: 'a draft', version: 1, at: now })
  expect(standings.isOver('a draft')).toBe(false)
  expect([await faultIn('session', old + 1), await faultIn('token', old + 1)]).toEqual(['put-back', 'put-back'])
})

test('of sessions and tokens the newest hundred thousand are remembered, of people and programs all', async () => {
  const { standings } = standingsAt()
  for (let i = 0; i < 100_000; i++) standings.raise({ kind: 'token', subject: String(i), version: 1 })
  standings.raise({ kind: 'token', subject: '0', version: 2 })
  expect(standings.isOver('0')).toBe(true)
  standings.raise({ kind: 'token', subject: 'new', version: 1 })
  expect(['0', '1', '99999', 'new'].map((token) => standings.isOver(token))).toEqual([false, true, true, true])
  for (let i = 0; i < 100_001; i++) standings.raise({ kind: 'account', subject: `a${i}`, version: 1 })
  expect(['1', 'new', 'a0'].map((token) => standings.isOver(token))).toEqual([true, true, false])
  expect((await standings.hold(place, rowOf('a0', 0)))[0]?.fault).toBe('put-back')
})

test('a row that looks old while its change commits is read again, and held when it then is the newest', async () => {
  const { standings, entries } = standingsAt()
  let reads = 0
  const judged = await standings.hold(place, async () => {
    reads++
    return [claimOf(reads < 4 ? 3 : 4, stateOf(4))]
  })
  expect([judged[0]?.fault, reads, entries]).toEqual([undefined, 4, []])
})

test('a row that stays old is read four times, and then named', async () => {
  const { standings, entries } = standingsAt()
  let reads = 0
  const judged = await standings.hold(place, async () => {
    reads++
    return [claimOf(3, stateOf(4)), claimOf(2, stateOf(2), { id: 'y' })]
  })
  expect(judged.map(({ id, fault }) => [id, fault])).toEqual([
    ['x', 'put-back'],
    ['y', undefined],
  ])
  expect([reads, entries.map(({ details }) => details)]).toEqual([4, [{ kind: 'account', id: 'x', fault: 'put-back' }]])
})

test('an altered row is read once: nobody is about to change it', async () => {
  const { standings } = standingsAt()
  let reads = 0
  await standings.hold(place, async () => [claimOf(3, stateOf(3), { mac: other, id: String(++reads) })])
  expect(reads).toBe(1)
})

test('a session or token that does not hold ends by its entry, unless it has; an account or client does not', () => {
  const { standings, entries } = standingsAt()
  const id = randomUUID()
  for (const kind of ['session', 'token', 'account', 'client'] as const)
    standings.name({ tenant: 1, kind, id, fault: 'altered' }, stateOf(7))
  standings.name({ tenant: 1, kind: 'session', id: 'over', fault: 'altered' }, { ...stateOf(7), ended: true })
  standings.name({ tenant: 1, kind: 'token', id: 'never recorded', fault: 'altered' })
  const ends = entries.map(({ states = [] }) => states.map(({ kind, version, ended }) => [kind, version, ended]))
  expect(ends).toEqual([[['session', 8, true]], [['token', 8, true]], [], [], [], [['token', 1, true]]])
})

test('the entry of a damaged row names nobody, and is one of the server itself', () => {
  const { standings, entries, now } = standingsAt()
  standings.name({ tenant: 3, kind: 'client', id: 'x', fault: 'unrecorded' })
  expect(entries).toEqual([
    {
      ...{ tenant: 3, at: now, actor: { kind: 'system' }, workstation: 'server', action: 'identity-damaged' },
      ...{ types: [], patients: [], records: [], outcome: 'refused', states: [], request: expect.any(String) },
      details: { kind: 'client', id: 'x', fault: 'unrecorded' },
    },
  ])
})

test('a ledger that does not answer keeps nobody from being told that a row does not hold', async () => {
  const lines: string[] = []
  const log = openLog('trace', { write: (line: string) => void lines.push(line) })
  const standings = new Standings({ log, ledger: { record: () => Promise.reject(new Error('away')) }, now: () => 0 })
  standings.name({ tenant: 1, kind: 'account', id: 'x', fault: 'altered' })
  await new Promise((resolve) => setImmediate(resolve))
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { level: 50, msg: 'a row of the identity tables is not what was written' },
    { level: 40, msg: 'a damaged row could not be recorded', err: { kind: 'Error' } },
  ])
})

test('what has so many states that no number is left has no further one', () => {
  expect(endedBy('session', 'x', undefined)).toMatchObject([{ subject: 'x', version: 1, ended: true }])
  expect(endedBy('session', 'x', stateOf(Number.MAX_SAFE_INTEGER - 1))).toHaveLength(1)
  expect(endedBy('session', 'x', stateOf(Number.MAX_SAFE_INTEGER))).toEqual([])
})

test.each(['session-damaged', 'account-damaged', 'client-damaged'] as const)('%s is damage', (code) => {
  expect(isDamage(new Refusal(code))).toBe(true)
})

test('other refusals and errors are no damage', () => {
  for (const error of [new Refusal('not-found'), new Error('session-damaged'), { code: 'session-damaged' }, undefined])
    expect(isDamage(error)).toBe(false)
})
