import type { ReactNode } from 'react'
import type { Result } from '../../fhir/observation.ts'
import { instantOf } from '../../fhir/read.ts'
import { type Course, momentOf, type ResultsTable } from '../../fhir/results-table.ts'
import { Sparkline } from '../../plots/sparkline.tsx'
import { Value } from '../../plots/value.tsx'
import { usePlace } from '../../session/place.ts'
import { Button } from '../../ui/button.tsx'
import { formatDate, formatTime } from '../../words/date.ts'

interface CourseGridProps {
  readonly caption: string
  readonly moments: readonly string[]
  readonly groups: ResultsTable['groups']
  readonly open: (course: Course) => void
  readonly opened: string | undefined
}

/** So many columns are drawn at first; a browser is quick with this many cells, and nobody reads further back at once. */
const columnsAtFirst = 24

/** Tests down, moments across, newest first. The name, the range and the course stay while the values scroll sideways. */
export function CourseGrid({ caption, moments, groups, open, opened }: CourseGridProps) {
  const [drawn, setDrawn] = usePlace(`grid columns ${caption}`, columnsAtFirst)
  const withValues = new Set(groups.flatMap(({ courses }) => courses.flatMap((course) => [...course.byMoment.keys()])))
  const all = moments.filter((moment) => withValues.has(moment))
  const columns = all.slice(0, drawn)
  // A test whose newest value lies beyond the columns drawn would look as if it had never been done.
  const inColumns = new Set(columns)
  const newest = groups.some(({ courses }) =>
    courses.some(({ results: [first] }) => first !== undefined && !inColumns.has(momentOf(first.at))),
  )
  return (
    <>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- who has only a keyboard scrolls it by the arrows */}
      <div className="grid-scroll" tabIndex={0} role="group" aria-label={`${caption}, newest first; scrolls sideways`}>
        <table className="table grid">
          <caption className="aside">{caption}, newest first</caption>
          <thead>
            <tr>
              <th scope="col" className="grid-name">
                Test
              </th>
              <th scope="col" className="grid-range">
                Range, unit
              </th>
              <th scope="col" className="grid-course">
                Course
              </th>
              {newest && (
                <th scope="col" className="number">
                  Newest
                </th>
              )}
              {columns.map((moment) => (
                <th scope="col" key={moment} className="number">
                  <Moment moment={moment} />
                </th>
              ))}
              <th className="grid-rest" aria-hidden="true" />
            </tr>
          </thead>
          {groups.map(({ name, courses }) => (
            <tbody key={name}>
              {groups.length > 1 && (
                <tr className="grid-group">
                  <th scope="rowgroup" colSpan={3}>
                    {name}
                  </th>
                  <td colSpan={columns.length + (newest ? 2 : 1)} aria-hidden="true" />
                </tr>
              )}
              {courses.map((course) => (
                <Row
                  key={course.test}
                  course={course}
                  columns={columns}
                  newest={newest}
                  open={open}
                  opened={opened === course.test}
                />
              ))}
            </tbody>
          ))}
        </table>
      </div>
      {all.length > drawn && (
        <p className="older">
          {drawn} of {all.length} dates are shown.{' '}
          <Button onClick={() => setDrawn(drawn + columnsAtFirst)}>Show more dates</Button>
        </p>
      )}
    </>
  )
}

interface RowProps {
  readonly course: Course
  readonly columns: readonly string[]
  readonly newest: boolean
  readonly open: (course: Course) => void
  readonly opened: boolean
}

function Row({ course, columns, newest, open, opened }: RowProps) {
  const range = course.results.find((result) => result.range !== undefined)?.range
  const points = course.results.flatMap((result) =>
    result.value === undefined || result.at === '' ? [] : [{ at: instantOf(result.at), value: result.value }],
  )
  return (
    <tr aria-current={opened || undefined} data-open onClick={() => open(course)}>
      <th scope="row" className="grid-name">
        <button
          type="button"
          data-row
          className="grid-open"
          title={course.fullName}
          aria-expanded={opened}
          onClick={(event) => (event.stopPropagation(), open(course))}
        >
          {course.name}
        </button>
      </th>
      <td className="grid-range">
        {[range?.text, course.unit].filter((part) => part !== undefined && part !== '').join(' ')}
      </td>
      <td className="grid-course">
        <Sparkline points={points} range={range} />
      </td>
      {newest && (
        <td className="number">
          <Newest result={course.results[0]} />
        </td>
      )}
      {columns.map((moment) => (
        <td key={moment} className={course.unit === '' && points.length === 0 ? 'grid-words' : 'number'}>
          {joinValues(course.byMoment.get(moment))}
        </td>
      ))}
      <td className="grid-rest" aria-hidden="true" />
    </tr>
  )
}

function Newest({ result }: { result: Result | undefined }) {
  if (result === undefined) return null
  return (
    <>
      <Value result={result} />
      <div className="meta">{result.at === '' ? 'No date' : formatDate(result.at)}</div>
    </>
  )
}

function joinValues(results: readonly Result[] | undefined): ReactNode {
  return results?.map((result, place) => (
    <span key={result.id}>
      {place > 0 && ' / '}
      <Value result={result} />
    </span>
  ))
}

function Moment({ moment }: { moment: string }) {
  if (moment === '') return 'No date'
  if (!moment.includes('T')) return formatDate(moment)
  const at = new Date(moment)
  return (
    <>
      {formatDate(at.toISOString())}
      <br />
      <span className="grid-time">{formatTime(at)}</span>
    </>
  )
}
