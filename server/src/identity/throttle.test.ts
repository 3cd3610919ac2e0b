import { describe, expect, test } from 'vitest'
import { addressLane, counted, opensAt, standing, type Tally } from './throttle.ts'

const at = 1_700_000_000_000
const after = (failures: number): Tally => ({ failures, last: at })

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

  test('both lanes together never let more than 100 failures in', () => {
    expect(opensAt('known', after(19))).toBe(at + 900_000)
    expect(opensAt('known', after(20))).toBe(Number.POSITIVE_INFINITY)
  })

  test('waiting frees the next attempt and forgets nothing', () => {
    expect(standing('elsewhere', after(12), at + 86_400_000)).toEqual(after(12))
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
    expect(standing('address', after(30), at + 61_000)).toEqual({ failures: 28, last: at + 60_000 })
    expect(standing('address', after(30), at + 3_600_000).failures).toBe(0)
  })

  test('it leaks at the same pace while failures go on', () => {
    expect(counted('address', after(29), at + 20_000)).toEqual(after(30))
    expect(counted('address', after(0), at + 20_000)).toEqual({ failures: 1, last: at + 20_000 })
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
  ])('%s is counted as %s', (address, lane) => {
    expect(addressLane(address)).toBe(lane)
  })
})
