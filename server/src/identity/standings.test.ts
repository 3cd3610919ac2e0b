import { randomBytes, randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openLog } from '#base'
import type { EntryFacts } from '#ledger'
import { faultOf, Standings } from './standings.ts'

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
