import { now } from '../../clock.ts'
import { useSession } from '../../session/context.tsx'
import { formatDateTime } from '../../words/date.ts'

/** On paper only, at the foot of each page: who printed this, where and when. */
export function PrintFoot() {
  const session = useSession()
  return (
    <footer className="print-foot" aria-hidden="true">
      <div>
        {session.practice} · Printed by {session.name} at {session.workstation},{' '}
        {formatDateTime(new Date(now()).toISOString())}
      </div>
    </footer>
  )
}
