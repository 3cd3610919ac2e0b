import { useEffect, useRef, useState } from 'react'
import { reportActivity } from '../api/session.ts'
import { now } from '../clock.ts'
import { useDesk, useSession } from '../session/context.tsx'
import { idleness, reportEverySeconds } from '../session/idle.ts'
import { Icon } from '../ui/icon.tsx'

/**
 * Locks the screen after the practice's limit without a touch, warns before, and tells the server about activity so that
 * its own clock, which is the one that counts, does not run out first. Windows of the same browser count as one.
 */
export function IdleWatch() {
  const desk = useDesk()
  const { idleSeconds } = useSession()
  const [secondsLeft, setSecondsLeft] = useState<number>()
  const lastActive = useRef(now())

  useEffect(() => {
    const siblings = new BroadcastChannel('chartkeep-activity')
    let reported = now()
    const touched = () => {
      const at = now()
      // A machine that slept past the limit wakes locked, even when the key press comes before the clock's next tick.
      if (idleness(lastActive.current, at, idleSeconds).is === 'over') return void desk.lock()
      lastActive.current = at
      setSecondsLeft(undefined)
      if (at - reported < reportEverySeconds(idleSeconds) * 1_000) return
      reported = at
      siblings.postMessage('active')
      reportActivity().catch(() => undefined)
    }
    const look = () => {
      const idle = idleness(lastActive.current, now(), idleSeconds)
      setSecondsLeft(idle.is === 'warning' ? idle.secondsLeft : undefined)
      if (idle.is === 'over') void desk.lock()
    }
    siblings.addEventListener('message', () => {
      lastActive.current = now()
    })
    const watching: readonly (keyof DocumentEventMap)[] = ['keydown', 'pointerdown', 'pointermove', 'wheel', 'touchstart']
    for (const name of watching) document.addEventListener(name, touched, { passive: true, capture: true })
    document.addEventListener('visibilitychange', look)
    const clock = setInterval(look, 1_000)
    return () => {
      for (const name of watching) document.removeEventListener(name, touched, { capture: true })
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
