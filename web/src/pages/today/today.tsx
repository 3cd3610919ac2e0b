import './today.css'
import { useQuery } from '@tanstack/react-query'
import { scheduleOf } from '../../api/queries.ts'
import { now } from '../../clock.ts'
import { useKeys } from '../../frame/keys.ts'
import { useSession } from '../../session/context.tsx'
import { usePlace } from '../../session/place.ts'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { FailurePanel, Skeleton } from '../../ui/states.tsx'
import { calendarDate, formatLongDate, shiftDate } from '../../words/date.ts'
import { Board } from './board.tsx'

/** A board that many work from is read again by itself, but not while nobody looks at it. */
const everyMs = 60_000

/** The day by time: who comes, to whom, where, and how far they are. */
export function TodayPage() {
  const today = calendarDate(now())
  const [date, setDate] = usePlace('today date', today)
  const session = useSession()
  const query = useQuery({
    ...scheduleOf(date),
    refetchInterval: everyMs,
    refetchIntervalInBackground: false,
    refetchOnWindowFocus: true,
  })
  const go = (days: number) => setDate(days === 0 ? today : shiftDate(date, days))
  useKeys([
    { keys: 't', label: 'Today', group: 'On the schedule', run: () => go(0) },
    { keys: 'arrowleft', label: 'The day before', group: 'On the schedule', run: () => go(-1) },
    { keys: 'arrowright', label: 'The day after', group: 'On the schedule', run: () => go(1) },
  ])
  return (
    <main id="main" className="page" tabIndex={-1}>
      <div className="page-head">
        <h1>
          {formatLongDate(date)}
          {date === today && <span className="today-mark">today</span>}
        </h1>
        <div className="actions" role="group" aria-label="Day">
          <Button aria-label="The day before" onClick={() => go(-1)}>
            <Icon name="left" size={14} />
          </Button>
          <Button onClick={() => go(0)} disabled={date === today}>
            Today
          </Button>
          <Button aria-label="The day after" onClick={() => go(1)}>
            <Icon name="right" size={14} />
          </Button>
          <input
            type="date"
            className="input today-date"
            aria-label="Day"
            value={date}
            onChange={(event) => event.target.value !== '' && setDate(event.target.value)}
          />
        </div>
      </div>
      {query.isPending ? (
        <Skeleton rows={14} label="Loading the schedule" />
      ) : query.data === undefined ? (
        <FailurePanel error={query.error} what="The schedule" retry={() => void query.refetch()} />
      ) : (
        <>
          {query.isRefetchError && (
            <FailurePanel error={query.error} what="The newest schedule" retry={() => void query.refetch()} />
          )}
          <Board key={date} day={query.data} role={session.role} today={date === today} />
        </>
      )}
    </main>
  )
}
