import './trend-dock.css'
import { lazy, Suspense } from 'react'
import { flagSign, flagWords } from '../fhir/flag.ts'
import type { Result } from '../fhir/observation.ts'
import { instantOf } from '../fhir/read.ts'
import type { Course } from '../fhir/results-table.ts'
import { useKeys } from '../frame/keys.ts'
import { usePlace } from '../session/place.ts'
import { Button } from '../ui/button.tsx'
import { Skeleton } from '../ui/states.tsx'
import { formatDateTime } from '../words/date.ts'
import { counted } from '../words/name.ts'
import { steadyLanguage } from './language.ts'
import { Value } from './value.tsx'

// Plots are fetched when the first one is opened: most charts are read as tables.
const TrendPlot = lazy(async () => {
  steadyLanguage()
  return { default: (await import('./trend-plot.tsx')).TrendPlot }
})

interface TrendDockProps {
  readonly title: string
  /** One course, or two that are read together (systolic and diastolic). */
  readonly courses: readonly Course[]
  readonly marks?: readonly { at: number; label: string }[]
  readonly tools?: React.ReactNode
  readonly close: () => void
}

/** The course of a test below its table: as a plot or as the values, whichever someone reads better. */
export function TrendDock({ title, courses, marks = [], tools, close }: TrendDockProps) {
  const [form, setForm] = usePlace<'plot' | 'table'>('trend form', 'plot')
  useKeys([{ keys: 'escape', run: close }])
  const series = courses.map((course) => ({
    name: course.name,
    unit: course.unit,
    range: course.results.find((result) => result.range !== undefined)?.range,
    points: course.results
      .flatMap((result) =>
        result.value === undefined || result.at === ''
          ? []
          : [
              {
                at: instantOf(result.at),
                value: result.value,
                sign: result.flag === undefined ? '' : flagSign(result.flag),
              },
            ],
      )
      .toReversed(),
  }))
  const drawable = series.some(({ points }) => points.length > 0)
  const results = courses
    .flatMap((course) => course.results.map((result) => ({ course, result })))
    .toSorted((a, b) => instantOf(b.result.at) - instantOf(a.result.at))
  return (
    <section className="dock" aria-label={`Course of ${title}`}>
      <div className="dock-head">
        <h2>
          {title} <span className="list-count">{counted(results.length, 'value')}</span>
        </h2>
        {tools}
        {drawable && (
          <div className="choice" role="group" aria-label="Shown as">
            <Button look="bare" icon="plot" aria-pressed={form === 'plot'} onClick={() => setForm('plot')}>
              Plot
            </Button>
            <Button look="bare" icon="table" aria-pressed={form === 'table'} onClick={() => setForm('table')}>
              Table
            </Button>
          </div>
        )}
        <Button look="bare" icon="close" onClick={close} keys="Esc">
          Close
        </Button>
      </div>
      {drawable && form === 'plot' ? (
        <Suspense fallback={<Skeleton rows={6} />}>
          <TrendPlot series={series} marks={marks} />
        </Suspense>
      ) : (
        <ValueTable title={title} several={courses.length > 1} results={results} />
      )}
    </section>
  )
}

function ValueTable({
  title,
  several,
  results,
}: {
  title: string
  several: boolean
  results: readonly { course: Course; result: Result }[]
}) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- who has only a keyboard scrolls it by the arrows
    <div className="dock-table" tabIndex={0} role="group" aria-label={`Values of ${title}; scrolls`}>
      <table className="table">
        <caption className="aside">Values of {title}</caption>
        <thead>
          <tr>
            <th scope="col">When</th>
            {several && <th scope="col">Test</th>}
            <th scope="col" className="number">
              Value
            </th>
            <th scope="col">Unit</th>
            <th scope="col">Meaning</th>
            <th scope="col">Range</th>
            <th scope="col">By</th>
            <th scope="col">Comment</th>
          </tr>
        </thead>
        <tbody>
          {results.map(({ course, result }) => (
            <tr key={result.id}>
              <td>{result.at === '' ? '–' : formatDateTime(result.at)}</td>
              {several && <td>{course.name}</td>}
              <td className="number">
                <Value result={result} />
              </td>
              <td>{result.unit}</td>
              <td>
                {[result.flag === undefined ? '' : flagWords(result.flag), result.status ?? '']
                  .filter((part) => part !== '')
                  .join(', ')}
              </td>
              <td className="meta">{result.range?.text}</td>
              <td>{result.performer}</td>
              <td>{result.note}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
