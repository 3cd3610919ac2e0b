import { useEffect, useState } from 'react'
import { reportActivity } from '../api/session.ts'
import { now } from '../clock.ts'
import { useDesk, useSession } from '../session/context.tsx'
import { idleness, reportEverySeconds } from '../session/idle.ts'
import { Icon } from '../ui/icon.tsx'

const touches: readonly (keyof DocumentEventMap)[] = ['keydown', 'pointerdown', 'pointermove', 'wheel', 'touchstart']

/**
 * Locks the screen after the practice's limit without a touch, warns before, and tells the server about activity so that
 * its own clock, which is the one that counts, does not run out first. Windows of the same browser count as one.
 */
export function IdleWatch() {
  const desk = useDesk()
  const { idleSeconds } = useSession()
  const [secondsLeft, setSecondsLeft] = useState<number>()

  useEffect(() => {
    const siblings = new BroadcastChannel('chartkeep-activity')
    let touched = now()
    let reported = touched
    // Never told on: two windows would otherwise keep each other awake.
    let elsewhere = touched
    const idle = () => idleness(Math.max(touched, elsewhere), now(), idleSeconds)
    const report = () => {
      const at = now()
      if (touched <= reported || at - reported < reportEverySeconds(idleSeconds) * 1_000) return
      reported = at
      siblings.postMessage('active')
      reportActivity().catch(() => undefined)
    }
    const onTouch = () => {
      // A machine that slept past the limit wakes locked, even when a key is pressed before the clock's next tick.
      if (idle().is === 'over') {
        void desk.lock()
        return
      }
      touched = now()
      setSecondsLeft(undefined)
      report()
    }
    const look = () => {
      // Also a while after the last touch, so that the server's count starts from that one.
      report()
      const state = idle()
      setSecondsLeft(state.is === 'warning' ? state.secondsLeft : undefined)
      if (state.is === 'over') void desk.lock()
    }
    const onSibling = () => {
      elsewhere = now()
    }
    siblings.addEventListener('message', onSibling)
    for (const name of touches) document.addEventListener(name, onTouch, { passive: true, capture: true })
    document.addEventListener('visibilitychange', look)
    const clock = setInterval(look, 1_000)
    return () => {
      for (const name of touches) document.removeEventListener(name, onTouch, { capture: true })
      document.removeEventListener('visibilitychange', look)
      clearInterval(clock)
      siblings.close()
    }
  }, [desk, idleSeconds])

  if (secondsLeft === undefined) return null
  return (
    <div className="idle" role="alert">
      <Icon name="lock" size={14} />
      <span>
        This screen locks soon. Touch it to go on. <span aria-hidden="true">{secondsLeft} s</span>
      </span>
    </div>
  )
}
