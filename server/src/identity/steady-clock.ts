import type { Clock } from '#base'

/**
 * A clock that never goes back. When the wall clock is set back, time goes on by the machine's own count, so that
 * nothing stays open longer and nothing that is blocked comes free. When the wall clock is set forward, so is this one.
 * @param elapsed milliseconds since any fixed moment, not affected by setting the clock
 */
export function steadyClock(clock: Clock, elapsed: () => number = () => performance.now()): Clock {
  let time = clock.now()
  let mark = elapsed()
  return {
    now() {
      const at = elapsed()
      time = Math.max(clock.now(), time + Math.max(0, at - mark))
      mark = at
      return Math.floor(time)
    },
  }
}

/** How far the clocks of two of our hosts may differ. A time further ahead than this was not now. */
export const toleratedSkewMs = 5000
