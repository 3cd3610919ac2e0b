import { expect, test } from 'vitest'
import { isIdle, isLive, type SessionRow } from './session-state.ts'

const now = Date.parse('2026-03-02T08:00:00Z')
const sessionOf = (over: Partial<SessionRow>) =>
  ({ started: now, seen: now, expires: now + 1, idleSeconds: 120, ...over }) as SessionRow

test.each<[string, Partial<SessionRow>, boolean]>([
  ['that ends in a millisecond', { expires: now + 1 }, true],
  ['that ends now', { expires: now }, false],
  ['that began five seconds ahead of us, by another host', { started: now + 5000 }, true],
  ['that began later than a host can be ahead', { started: now + 5001 }, false],
  ['that was used five seconds ahead of us', { seen: now + 5000 }, true],
  ['that was used in the future', { seen: now + 5001 }, false],
])('N-07 a session %s is live: %o, %s', (_, over, live) => {
  expect(isLive(sessionOf(over), now)).toBe(live)
})

test('N-03 a session is idle when its time without activity is full', () => {
  expect(isIdle(sessionOf({ seen: now - 119_999 }), now)).toBe(false)
  expect(isIdle(sessionOf({ seen: now - 120_000 }), now)).toBe(true)
})
