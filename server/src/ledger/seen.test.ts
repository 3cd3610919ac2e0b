import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hasSeen, nothingSeen, parseSeen, parseSnapshot, seenUpTo, spellSeen } from './seen.ts'

test('a snapshot of PostgreSQL says what was seen', () => {
  const seen = parseSnapshot('10:20:10,14,15')
  expect([9, 10, 11, 14, 15, 16, 19, 20, 21].map((xid) => hasSeen(seen, String(xid)))).toEqual([
    true,
    false,
    true,
    false,
    false,
    true,
    true,
    false,
    false,
  ])
  expect(hasSeen(parseSnapshot('20:20:'), '19')).toBe(true)
  expect(hasSeen(nothingSeen, '0')).toBe(false)
})

test('it is written and read back', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: 2n ** 63n }),
      fc.array(fc.bigInt({ min: 0n, max: 2n ** 63n })),
      (next, running) => {
        expect(parseSeen(spellSeen({ next, running }))).toEqual({ next, running })
      },
    ),
  )
})

test.each(['', ':', '1', '1:2:3', '-1:', '1:2,', 'a:b', ' 1:'])('%s says nothing', (text) => {
  expect(parseSeen(text)).toBeUndefined()
  expect(() => parseSnapshot(`1:${text}`)).toThrow()
})

test('taking in a part of a snapshot sees neither what came after nor what still runs', () => {
  const part = seenUpTo(parseSnapshot('10:20:10,14,17'), '15')
  expect([9, 10, 14, 15, 16, 17, 18].map((xid) => hasSeen(part, String(xid)))).toEqual([
    true,
    false,
    false,
    true,
    false,
    false,
    false,
  ])
})

test('the highest transaction number is one, what lies above it is none', () => {
  const highest = 2n ** 64n - 1n
  expect(parseSeen(`${highest}:`)).toEqual({ next: highest, running: [] })
  expect(parseSeen(`1:${highest}`)).toEqual({ next: 1n, running: [highest] })
  expect(parseSeen(`${highest + 1n}:`)).toBeUndefined()
  expect(parseSeen(`1:1,${highest + 1n}`)).toBeUndefined()
  expect(parseSeen(`${highest + 1n}:1`)).toBeUndefined()
})

test('nothing seen is spelled as nothing', () => {
  expect(spellSeen(nothingSeen)).toBe('0:')
})

test('what still runs above the part taken in is not kept: it comes with the next snapshot', () => {
  expect(seenUpTo(parseSnapshot('10:20:10,15,16,17'), '15')).toEqual({ next: 16n, running: [10n, 15n] })
})

test('a text that is no snapshot is refused in words', () => {
  expect(() => parseSnapshot('1:x')).toThrow('not a snapshot')
})
