import './results.css'
import type { FhirRecord } from '@chartkeep/model/office'
import { useMemo } from 'react'
import { vitalRows } from '../../fhir/vitals.ts'
import { TrendDock } from '../../plots/trend-dock.tsx'
import { usePlace } from '../../session/place.ts'
import { Empty } from '../../ui/states.tsx'
import { counted } from '../../words/name.ts'
import { BackTo } from './back-to.tsx'
import { choices } from './choices.ts'
import { CourseGrid } from './course-grid.tsx'
import { Records, usePatientId } from './records.tsx'

/** The flowsheet of vital signs, in the order in which they are taken. */
export function VitalsPage() {
  return (
    <Records choice={choices.vitals} what="Vitals" rows={10}>
      {(records, older, partial) => <Flowsheet records={records} older={older} partial={partial} />}
    </Records>
  )
}

interface FlowsheetProps {
  readonly records: readonly FhirRecord[]
  readonly older: React.ReactNode
  readonly partial: boolean
}

function Flowsheet({ records, older, partial }: FlowsheetProps) {
  const patient = usePatientId()
  const { moments, courses, partners } = useMemo(() => vitalRows(records), [records])
  const [opened, setOpened] = usePlace<string | undefined>(`vitals opened ${patient}`, undefined)
  const course = courses.find(({ test }) => test === opened)
  const together =
    course === undefined ? [] : courses.filter(({ test }) => test === course.test || test === partners.get(course.test))
  return (
    <section className="list" aria-label="Vitals">
      <div className="list-head">
        <h2>
          Vitals <span className="list-count">{counted(moments.length, 'time')}</span>
        </h2>
        {partial && <BackTo records={records} />}
      </div>
      {courses.length === 0 ? (
        <Empty how="Vital signs taken at a visit or sent by a device appear here.">No vital signs recorded.</Empty>
      ) : (
        <CourseGrid
          caption="Vitals"
          moments={moments}
          groups={[{ name: 'Vitals', courses }]}
          opened={opened}
          open={({ test }) => setOpened(test === opened ? undefined : test)}
        />
      )}
      {older}
      {together.length > 0 && (
        <TrendDock
          title={together.length > 1 ? 'Blood pressure' : (together[0]?.name ?? '')}
          courses={together}
          close={() => setOpened(undefined)}
        />
      )}
    </section>
  )
}
