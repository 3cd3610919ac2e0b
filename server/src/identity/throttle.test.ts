import { describe, expect, test } from 'vitest'
import { addressLane, counted, type LaneKind, opensAt, standing, type Tally } from './throttle.ts'

const at = 1_700_000_000_000
const after = (failures: number): Tally => ({ failures, inARow: failures, last: at })

describe('P-09 an account', () => {
  test.each([
    [0, 0],
    [4, 0],
    [5, at + 1000],
    [6, at + 2000],
    [9, at + 16_000],
    [10, at + 900_000],
    [79, at + 900_000],
    [80, Number.POSITIVE_INFINITY],
  ])('after %i failures from elsewhere opens at %d', (failures, opens) => {
    expect(opensAt('elsewhere', after(failures))).toBe(opens)
  })

  test.each(['network', 'workstation'] as const)(
    'at a known %s closes after 20: with elsewhere, 100 failures in a row at most',
    (kind) => {
      expect(opensAt(kind, after(19))).toBe(at + 900_000)
      expect(opensAt(kind, after(20))).toBe(Number.POSITIVE_INFINITY)
    },
  )

  test('the lane of a session waits and never closes: the session ends before', () => {
    expect(opensAt('session', after(5))).toBe(at + 1000)
    expect(opensAt('session', after(1_000_000))).toBe(at + 900_000)
  })

  test('each half hour without an attempt forgets one failure, and none of those in a row', () => {
    expect(standing('elsewhere', after(12), at + 1_799_999)).toEqual(after(12))
    expect(standing('elsewhere', after(12), at + 3_600_000)).toEqual({ failures: 10, inARow: 12, last: at })
    expect(standing('elsewhere', after(12), at + 86_400_000)).toEqual({ failures: 0, inARow: 12, last: at })
  })

  test('a clock set back neither unlocks nor moves the moment of the last attempt back', () => {
    expect(opensAt('elsewhere', after(10))).toBeGreaterThan(at - 3_600_000)
    expect(counted('elsewhere', after(10), at - 3_600_000)).toEqual(after(11))
  })
})

describe('P-09 a network address', () => {
  test('30 failures fill its bucket, and one in 30 seconds leaks', () => {
    expect(opensAt('address', after(29))).toBe(0)
    expect(opensAt('address', after(30))).toBe(at + 30_000)
    expect(standing('address', after(30), at + 29_999)).toEqual(after(30))
    expect(standing('address', after(30), at + 61_000)).toEqual({ failures: 28, inARow: 30, last: at + 60_000 })
    expect(standing('address', after(2), at + 65_000)).toEqual({ failures: 0, inARow: 2, last: at + 65_000 })
    expect(standing('address', after(30), at + 3_600_000)).toEqual({ failures: 0, inARow: 30, last: at + 3_600_000 })
  })

  test('it leaks at the same pace while failures go on', () => {
    expect(counted('address', after(29), at + 20_000)).toEqual(after(30))
    expect(counted('address', after(0), at + 20_000)).toEqual({ failures: 1, inARow: 1, last: at + 20_000 })
  })

  test('a clock set back leaks nothing', () => {
    expect(standing('address', after(30), at - 3_600_000)).toEqual(after(30))
  })

  test.each([
    ['10.20.3.44', '10.20.3.44'],
    ['::ffff:10.20.3.44', '10.20.3.44'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::ffff:10.20.3.44%eth0', '10.20.3.44'],
    ['10.20.3.44%eth0', '10.20.3.44'],
    ['2001:db8::ffff:10.20.3.44', '2001:db8:0:0::/64'],
    ['::ffff:7', '0:0:0:0::/64'],
    ['::1:2:3:4:5:6', '0:0:1:2::/64'],
    ['a::2:3:4:5:6:7', 'a:0:2:3::/64'],
    ['0A:0b:00c:000d::', 'a:b:c:d::/64'],
    ['2001:db8::', '2001:db8:0:0::/64'],
  ])('%s is counted as %s', (address, lane) => {
    expect(addressLane(address)).toBe(lane)
  })
})

/** Who guesses as fast as the lanes let him: how many of his guesses are judged in each hour. */
function guessesByHour(kinds: readonly LaneKind[], hours: number, fresh: readonly LaneKind[] = []): number[] {
  let lanes = kinds.map((kind) => ({ kind, tally: { failures: 0, inARow: 0, last: 0 } }))
  const guesses = Array.from({ length: hours }, () => 0)
  for (let now = at; now < at + hours * 3_600_000; now += 1000) {
    const before = lanes.map(({ kind, tally }) => ({
      kind,
      // What another address brings along is a lane that nobody has used.
      tally: fresh.includes(kind) ? { failures: 0, inARow: 0, last: 0 } : standing(kind, tally, now),
    }))
    if (before.some(({ kind, tally }) => opensAt(kind, tally) > now)) continue
    lanes = before.map(({ kind, tally }) => ({ kind, tally: counted(kind, tally, now) }))
    guesses[Math.floor((now - at) / 3_600_000)]! += 1
  }
  return guesses
}

describe('P-09 guesses that are judged, as SECURITY.md states them', () => {
  test('at one account from one address, or from any number: 13 in the first hour, 4 in each after it, 80 in all', () => {
    const one = guessesByHour(['elsewhere', 'address'], 48)
    expect(guessesByHour(['elsewhere', 'address'], 48, ['address'])).toEqual(one)
    expect(one[0]).toBe(13)
    expect(Math.max(...one.slice(1))).toBe(4)
    expect(one.reduce((sum, count) => sum + count, 0)).toBe(80)
  })

  test.each(['network', 'workstation'] as const)('at a known %s: 13, then 4 an hour, 20 in all', (kind) => {
    const guesses = guessesByHour([kind], 24)
    expect(guesses.slice(0, 4)).toEqual([13, 4, 3, 0])
    expect(guesses.reduce((sum, count) => sum + count, 0)).toBe(20)
  })

  test('from one address at all accounts together: 149 in the first hour, 120 in each after it', () => {
    const guesses = guessesByHour(['address'], 3)
    expect(guesses).toEqual([149, 120, 120])
  })
})
