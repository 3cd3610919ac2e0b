import { beforeAll, expect, test } from 'vitest'
import type { Keyring } from '#keys'
import { newKeyring } from '../../test/keyring.ts'
import { isWorkstation, newWorkstation, placeOf } from './known-places.ts'
import { lanesOf, sessionLanes } from './lanes.ts'
import type { Parts } from './parts.ts'

let keys: Keyring
let parts: Parts
beforeAll(async () => {
  keys = await newKeyring()
  // The keyring is all that these look at.
  parts = { keys } as Parts
})

const from = { address: '10.20.3.44', workstation: 'room-3', request: 'r' }

test('a workstation is known by a cookie that was made here, and by no other', async () => {
  const cookie = newWorkstation(parts, 1)
  expect(isWorkstation(parts, cookie)).toBe(true)
  expect(isWorkstation({ keys: await newKeyring() } as Parts, cookie)).toBe(false)
  for (const text of ['', 'x', cookie.slice(1), `${cookie}A`, 'A'.repeat(64)])
    expect(isWorkstation(parts, text)).toBe(false)
})

test('a place is the workstation and the network, of one practice', () => {
  const device = newWorkstation(parts, 1)
  const place = placeOf(parts, 1, { ...from, device })
  expect(placeOf(parts, 1, { ...from, device })).toEqual(place)
  expect(place.workstation?.length).toBe(32)
  const other = placeOf(parts, 1, { ...from, device: newWorkstation(parts, 1) })
  expect(other.workstation?.equals(place.workstation ?? Buffer.alloc(0))).toBe(false)
  expect(other.network.equals(place.network)).toBe(true)
  const elsewhere = placeOf(parts, 1, { ...from, device, address: '10.20.3.45' })
  expect(elsewhere.network.equals(place.network)).toBe(false)
  expect(elsewhere.workstation).toEqual(place.workstation)
  const practice = placeOf(parts, 2, { ...from, device })
  expect(practice.network.equals(place.network)).toBe(false)
  expect(practice.workstation?.equals(place.workstation ?? Buffer.alloc(0))).toBe(false)
  expect(place.network.equals(place.workstation ?? Buffer.alloc(0))).toBe(false)
})

test('without a cookie, or with somebody else’s, a workstation is not known', () => {
  expect(placeOf(parts, 1, from).workstation).toBeUndefined()
  expect(placeOf(parts, 1, { ...from, device: 'A'.repeat(64) }).workstation).toBeUndefined()
})

const nora = Buffer.alloc(32, 1)
const otto = Buffer.alloc(32, 2)
const idsOf = (lanes: readonly { id: Buffer }[]): string[] => lanes.map(({ id }) => id.toString('hex'))

test('P-09 attempts at a place that is known count for the name there, and elsewhere for the name and the address', () => {
  const place = placeOf(parts, 1, { ...from, device: newWorkstation(parts, 1) })
  const lanes = (known: 'workstation' | 'network' | 'elsewhere', name = nora, at = place, address = from.address) =>
    lanesOf(keys, 1, name, { known, place: at, address })
  expect(lanes('workstation').map(({ kind }) => kind)).toEqual(['workstation'])
  expect(lanes('network').map(({ kind }) => kind)).toEqual(['network'])
  expect(lanes('elsewhere').map(({ kind }) => kind)).toEqual(['elsewhere', 'address'])
  const all = [
    ...[...lanes('workstation'), ...lanes('network'), ...lanes('elsewhere')],
    ...[...lanes('workstation', otto), ...lanes('network', otto), ...lanes('elsewhere', otto).slice(0, 1)],
    ...lanes('workstation', nora, placeOf(parts, 1, { ...from, device: newWorkstation(parts, 1) })),
    ...lanes('network', nora, placeOf(parts, 1, { ...from, address: '10.9.9.9' })),
    ...lanes('elsewhere', nora, place, '10.9.9.9').slice(1),
    ...lanesOf(keys, 2, nora, { known: 'elsewhere', place, address: from.address }),
  ]
  expect(new Set(idsOf(all)).size).toBe(all.length)
  // An address is one lane, whoever is tried from there; IPv6 hosts own a whole /64.
  expect(idsOf(lanes('elsewhere', otto)).at(1)).toBe(idsOf(lanes('elsewhere')).at(1))
  expect(idsOf(lanes('elsewhere', nora, place, '2001:db8::1')).at(1)).toBe(
    idsOf(lanes('elsewhere', nora, place, '2001:db8::2')).at(1),
  )
})

test('P-09 a live session has a lane for each act that takes the password again', () => {
  const all = [
    ...[...sessionLanes(keys, 1, 'a', 'unlock'), ...sessionLanes(keys, 1, 'a', 'sign')],
    ...[...sessionLanes(keys, 1, 'b', 'unlock'), ...sessionLanes(keys, 2, 'a', 'unlock')],
  ]
  expect(all.every(({ kind }) => kind === 'session')).toBe(true)
  expect(new Set(idsOf(all)).size).toBe(4)
  expect(idsOf(sessionLanes(keys, 1, 'a', 'unlock'))).toEqual(idsOf(all).slice(0, 1))
})
