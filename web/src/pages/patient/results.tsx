import './results.css'
import type { FhirRecord } from '@chartkeep/model/office'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { joined, recordsOf } from '../../api/queries.ts'
import { readMedication } from '../../fhir/medication.ts'
import { instantOf } from '../../fhir/read.ts'
import { type Course, tabulate } from '../../fhir/results-table.ts'
import { TrendDock } from '../../plots/trend-dock.tsx'
import { usePlace } from '../../session/place.ts'
import { Tick } from '../../ui/field.tsx'
import { Empty } from '../../ui/states.tsx'
import { counted } from '../../words/name.ts'
import { BackTo } from './back-to.tsx'
import { choices } from './choices.ts'
import { CourseGrid } from './course-grid.tsx'
import { Records, usePatientId, useRecords } from './records.tsx'

/** Laboratory results: a row for each test, the newest column first, and the course of any of them below. */
export function ResultsPage() {
  return (
    <Records choice={choices.results} what="Results" rows={14}>
      {(records, older, partial) => <Results records={records} older={older} partial={partial} />}
    </Records>
  )
}

interface ResultsProps {
  readonly records: readonly FhirRecord[]
  readonly older: React.ReactNode
  readonly partial: boolean
}

function Results({ records, older, partial }: ResultsProps) {
  const patient = usePatientId()
  // Reports only group the rows; while they are not there, or may not be read, the rows stand all the same.
  const { records: reports } = useRecords(patient, choices.reports)
  const table = useMemo(() => tabulate(records, reports), [records, reports])
  const [filter, setFilter] = usePlace(`results filter ${patient}`, '')
  const [outside, setOutside] = usePlace(`results outside ${patient}`, false)
  const [opened, setOpened] = usePlace<string | undefined>(`results opened ${patient}`, undefined)
  const [starts, setStarts] = usePlace('results starts', false)
  const marks = useMedicationStarts(patient, starts && opened !== undefined)
  const wanted = filter.trim().toLowerCase()
  const groups = table.groups
    .map(({ name, courses }) => ({
      name,
      courses: courses.filter(
        (course) =>
          (wanted === '' || `${name} ${course.name} ${course.loinc ?? ''}`.toLowerCase().includes(wanted)) &&
          (!outside || course.results.some((result) => result.flag !== undefined)),
      ),
    }))
    .filter(({ courses }) => courses.length > 0)
  const all = table.groups.flatMap(({ courses }) => courses)
  const shown = groups.flatMap(({ courses }) => courses)
  const course = all.find(({ test }) => test === opened)
  const toggle = ({ test }: Course) => setOpened(test === opened ? undefined : test)
  return (
    <section className="list" aria-label="Results">
      <div className="list-head">
        <h2>
          Results{' '}
          <span className="list-count">
            {shown.length === all.length
              ? counted(all.length, 'test')
              : `${shown.length} of ${counted(all.length, 'test')}`}
          </span>
        </h2>
        {partial && <BackTo records={records} />}
        <span className="list-gap" />
        <Tick
          label="Only tests that were ever outside"
          checked={outside}
          onChange={(event) => setOutside(event.target.checked)}
        />
        <input
          type="search"
          className="input list-filter"
          data-filter
          aria-label="Filter results"
          placeholder="Filter"
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return
            event.preventDefault()
            setFilter('')
            event.currentTarget.blur()
          }}
        />
      </div>
      {all.length === 0 ? (
        <Empty how="Laboratory results appear here when a connected laboratory or an import sends them.">
          No results recorded.
        </Empty>
      ) : shown.length === 0 ? (
        <Empty how="Clear the filter with Esc.">No test matches the filter.</Empty>
      ) : (
        <CourseGrid caption="Results" moments={table.moments} groups={groups} open={toggle} opened={opened} />
      )}
      {older}
      {course !== undefined && (
        <TrendDock
          title={course.name}
          courses={[course]}
          marks={marks}
          tools={
            <Tick label="Medication starts" checked={starts} onChange={(event) => setStarts(event.target.checked)} />
          }
          close={() => setOpened(undefined)}
        />
      )}
    </section>
  )
}

/** Read only when someone asks for the marks: each reading of medications is recorded. */
function useMedicationStarts(patient: string, wanted: boolean) {
  const query = useInfiniteQuery({ ...recordsOf(patient, choices.medications), enabled: wanted })
  if (!wanted) return []
  return joined(query.data?.pages ?? []).records.flatMap((record) => {
    const medication = readMedication(record)
    return medication?.started === undefined ? [] : [{ at: instantOf(medication.started), label: medication.name }]
  })
}
