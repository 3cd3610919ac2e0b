import { createSecretKey, randomBytes, randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { StateSum, type TenantState } from './state-sum.ts'

const key = createSecretKey(randomBytes(32))
const place = { size: 7, note: 'test.example/ledger\n7\nroot\n' }

const state = fc.record({
  subject: fc.uuid(),
  version: fc.nat(),
  tenant: fc.nat({ max: 9 }),
  kind: fc.constantFrom('account', 'session', 'client', 'token'),
  ended: fc.boolean(),
  mac: fc.uint8Array({ minLength: 16, maxLength: 16 }),
  entry: fc.uuid(),
})
const states = fc.array(state, { minLength: 1, maxLength: 20, size: 'max' })

function sumOf(all: readonly TenantState[], of = key): StateSum {
  const sum = new StateSum()
  for (const each of all) sum.add(each, of)
  return sum
}

test('a sum is that of its states, in whichever order', () => {
  fc.assert(
    fc.property(states, (all) => {
      expect(sumOf(all.toReversed()).equals(sumOf(all))).toBe(true)
      expect(sumOf(all).count).toBe(all.length)
    }),
  )
})

test('a state that is missing, stands there twice or takes the place of another changes the sum', () => {
  fc.assert(
    fc.property(states, state, (all, other) => {
      const sum = sumOf(all)
      expect(sumOf(all.slice(1)).equals(sum)).toBe(false)
      expect(sumOf([...all, ...all.slice(0, 1)]).equals(sum)).toBe(false)
      expect(sumOf([other, ...all.slice(1)]).equals(sum)).toBe(false)
    }),
  )
})

test.each<Partial<TenantState>>([
  { subject: '01890a5d-ac96-8abc-b123-0123456789ab' },
  { version: 8 },
  { tenant: 2 },
  { kind: 'client' },
  { ended: true },
  { mac: Buffer.alloc(16, 1) },
  { entry: '01890a5d-ac96-8abc-b123-0123456789ab' },
])('a state with another %o has another sum', (over) => {
  const one = { subject: randomUUID(), version: 7, tenant: 1, kind: 'account', ended: false, entry: randomUUID() }
  const mac = Buffer.alloc(16)
  expect(sumOf([{ ...one, mac, ...over }]).equals(sumOf([{ ...one, mac }]))).toBe(false)
})

test('nobody without the key can compute a sum', () => {
  fc.assert(
    fc.property(states, (all) => {
      expect(sumOf(all, createSecretKey(randomBytes(32))).equals(sumOf(all))).toBe(false)
    }),
  )
})

test('a sealed sum opens beside its checkpoint alone, and goes on from there', () => {
  fc.assert(
    fc.property(states, state, (all, next) => {
      const sum = sumOf(all)
      const sealed = sum.seal(key, place)
      const opened = StateSum.open(key, { ...place, states: sealed })
      expect(opened?.equals(sum)).toBe(true)
      opened?.add(next, key)
      expect(opened?.equals(sumOf([...all, next]))).toBe(true)
      expect(StateSum.open(key, { ...place, states: sealed, note: `${place.note}x` })).toBeUndefined()
      expect(StateSum.open(key, { ...place, states: sealed, size: 8 })).toBeUndefined()
      expect(StateSum.open(key, { ...place, states: sealed.subarray(1) })).toBeUndefined()
      expect(StateSum.open(key, { ...place, states: Buffer.alloc(0) })).toBeUndefined()
    }),
  )
})

test('a copy goes on by itself', () => {
  const sum = new StateSum()
  const copy = sum.copy()
  copy.add(
    { subject: 'a', version: 1, tenant: 1, kind: 'account', ended: false, mac: Buffer.alloc(16), entry: 'b' },
    key,
  )
  expect(copy.count).toBe(1)
  expect(sum.equals(new StateSum())).toBe(true)
})
