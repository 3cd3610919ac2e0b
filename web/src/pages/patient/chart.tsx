import './chart.css'
import { useQueryClient } from '@tanstack/react-query'
import { Navigate, Outlet, useChildMatches, useNavigate, useSearch } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useRef } from 'react'
import { followPatient } from '../../api/events.ts'
import { forgetChanged, forgetPatient } from '../../api/queries.ts'
import { useKeys } from '../../frame/keys.ts'
import { announce, live } from '../../frame/status.ts'
import { paths } from '../../paths.ts'
import { useDesk, useSession } from '../../session/context.tsx'
import { keepScroll, keptScroll } from '../../session/place.ts'
import { Skeleton } from '../../ui/states.tsx'
import { Banner } from './banner.tsx'
import { typeWords } from './choices.ts'
import { PrintFoot } from './print-foot.tsx'
import { usePatientId } from './records.tsx'
import { TabBar } from './tab-bar.tsx'
import { tabsFor } from './tabs.ts'

const NotePanel = lazy(async () => ({ default: (await import('../../notes/note-panel.tsx')).NotePanel }))

/** The frame of a chart: the banner that never leaves, the activities, and beside them what is being written. */
export function Chart() {
  const patient = usePatientId()
  const session = useSession()
  const navigate = useNavigate()
  const { panel } = useSearch({ strict: false })
  const tabs = tabsFor(session)
  useChangesOf(patient)
  const write = () => void navigate({ to: '.', search: { panel: 'note' } })
  const closePanel = () => void navigate({ to: '.', search: {} })
  useKeys([
    ...tabs.map((tab) => ({
      keys: `g ${tab.key}`,
      label: tab.label,
      group: 'Go to, in a chart',
      run: () => void navigate({ to: tab.to, params: { patient }, search: true }),
    })),
    { keys: 'n', label: 'Write a note', group: 'In a chart', run: write },
    {
      keys: 'escape',
      label: 'Back one level',
      group: 'Everywhere',
      run: () => (panel === undefined ? false : closePanel()),
    },
  ])
  return (
    <div className="chart" data-panel={panel}>
      {/* Keyed by patient, each in its own way: nothing of one patient is ever reused for the next. */}
      <Banner key={`banner ${patient}`} patient={patient} />
      <TabBar patient={patient} write={write} />
      <Activity key={`activity ${patient}`} />
      {panel === 'note' && (
        <Suspense fallback={<Skeleton />}>
          <NotePanel key={`note ${patient}`} patient={patient} close={closePanel} />
        </Suspense>
      )}
      <PrintFoot />
    </div>
  )
}

/** What is open in the chart. It scrolls by itself and comes back to where it was; what opens beside a list moves nothing. */
function Activity() {
  const path = useChildMatches({ select: ([activity]) => activity?.pathname ?? '' })
  const main = useRef<HTMLElement>(null)
  useEffect(() => {
    const element = main.current
    const top = keptScroll(path)
    if (element === null) return undefined
    element.scrollTop = top
    if (top === 0) return undefined
    // The rows arrive after the page: try again as it grows, for as long as a person would not have scrolled.
    const grown = new ResizeObserver(() => {
      element.scrollTop = top
      if (element.scrollTop >= top) grown.disconnect()
    })
    for (const child of element.children) grown.observe(child)
    const enough = setTimeout(() => grown.disconnect(), 3_000)
    return () => {
      grown.disconnect()
      clearTimeout(enough)
    }
  }, [path])
  return (
    <main
      className="activity"
      id="main"
      tabIndex={-1}
      ref={main}
      onScroll={(event) => keepScroll(path, event.currentTarget.scrollTop)}
    >
      <Outlet />
    </main>
  )
}

/** What others change while this chart is open is read again, and said in the status line. */
function useChangesOf(patient: string): void {
  const cache = useQueryClient()
  const desk = useDesk()
  useEffect(() => {
    const stop = followPatient(patient, {
      onChange: ({ type }) => {
        announce(`${typeWords[type] ?? type}: changed by someone else, and read again`)
        void forgetChanged(cache, patient, type)
      },
      onReturn: () => void forgetPatient(cache, patient),
      onLive: (following) => live.set(following),
      onEnd: () => void desk.check(),
    })
    return () => {
      stop()
      live.set(undefined)
    }
  }, [cache, desk, patient])
}

/** A chart opens on the activity that the role works with. */
export function FirstTab() {
  const patient = usePatientId()
  const [first] = tabsFor(useSession())
  return <Navigate to={first?.to ?? paths.summary} params={{ patient }} replace />
}
