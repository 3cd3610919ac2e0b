import fc from 'fast-check'
import { expect, test } from 'vitest'
import { newId } from '#base'
import type { EntryState } from './facts.ts'
import { packStates, statesOf } from './packed-states.ts'

const bytes = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((array) => Buffer.from(array))
const state: fc.Arbitrary<EntryState> = fc.record({
  kind: fc.constantFrom('account', 'session', 'client', 'token'),
  subject: fc.uuid().map((uuid) => uuid as EntryState['subject']),
  version: fc.maxSafeInteger(),
  ended: fc.boolean(),
  mac: bytes(16),
})

test('states come back as they were packed, each with the entry that recorded it', () => {
  fc.assert(
    fc.property(fc.array(state), fc.uuid(), (states, entry) => {
      expect(statesOf({ id: entry, states: packStates(states) })).toEqual(states.map((one) => ({ ...one, entry })))
    }),
  )
})

test('a state takes 41 bytes: kind and whether it ended, subject, version, code', () => {
  const subject = '01234567-89ab-8def-8123-456789abcdef' as EntryState['subject']
  const one: EntryState = { kind: 'client', subject, version: 258, ended: true, mac: Buffer.alloc(16, 7) }
  expect(packStates([one]).toString('hex')).toBe(`82${subject.replaceAll('-', '')}0000000000000102${'07'.repeat(16)}`)
})

test('what is cut off behind the last state is none, and a kind that there is not is an account', () => {
  const packed = packStates([{ kind: 'token', subject: newId(1), version: 1, ended: false, mac: Buffer.alloc(16) }])
  expect(statesOf({ id: 'e', states: packed.subarray(0, 40) })).toEqual([])
  expect(statesOf({ id: 'e', states: Buffer.concat([packed, packed.subarray(1)]) })).toHaveLength(1)
  packed[0] = 9
  expect(statesOf({ id: 'e', states: packed })).toMatchObject([{ kind: 'account', ended: false }])
})

test.each<[string, Partial<EntryState>]>([
  ['15 bytes', { mac: Buffer.alloc(15) }],
  ['17 bytes', { mac: Buffer.alloc(17) }],
  ['no whole version', { version: 1.5 }],
  ['a version that is no safe integer', { version: 2 ** 53 }],
])('a state with %s is not recorded', (_, over) => {
  const whole = { kind: 'account', subject: newId<string>(1), version: 1, ended: false, mac: Buffer.alloc(16) } as const
  expect(() => packStates([{ ...whole, ...over }])).toThrow(new TypeError('a state lacks its code'))
})
