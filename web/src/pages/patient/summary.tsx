import './summary.css'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { RecordChoice } from '../../api/patients.ts'
import { readAllergy } from '../../fhir/allergy.ts'
import { readProblem } from '../../fhir/condition.ts'
import { readDocument } from '../../fhir/document.ts'
import { byVaccine, readDose } from '../../fhir/immunization.ts'
import { readMedication } from '../../fhir/medication.ts'
import { instantOf } from '../../fhir/read.ts'
import { type Course, tabulate } from '../../fhir/results-table.ts'
import { readVisit } from '../../fhir/visit.ts'
import { vitalRows } from '../../fhir/vitals.ts'
import { Sparkline } from '../../plots/sparkline.tsx'
import { Value } from '../../plots/value.tsx'
import { Icon } from '../../ui/icon.tsx'
import { formatDate } from '../../words/date.ts'
import { formatCount } from '../../words/name.ts'
import { reactionWords } from './allergies.tsx'
import { choices } from './choices.ts'
import { Records, usePatientId } from './records.tsx'
import type { Tab } from './tabs.ts'
import { paths } from '../../paths.ts'
import type { FhirRecord } from '@chartkeep/model/office'

const most = 8

/** The state of the patient on one page: what is active, what was last measured, what is outside. */
export function SummaryPage() {
  return (
    <div className="summary">
      <div>
        <Section
          title="Problems"
          to={paths.problems}
          choice={choices.problems}
          lines={problemLines}
          none="No active problems recorded."
        />
        <Section
          title="Medications"
          to={paths.medications}
          choice={choices.medications}
          lines={medicationLines}
          none="No current medications recorded."
        />
        <Section
          title="Visits"
          to={paths.visits}
          choice={choices.visits}
          lines={visitLines}
          none="No visits recorded."
        />
      </div>
      <div>
        <Section title="Allergies" to={paths.allergies} choice={choices.allergies} lines={allergyLines} none="" />
        <Section
          title="Vitals"
          to={paths.vitals}
          choice={choices.vitals}
          lines={(records) => courseLines(vitalRows(records).courses)}
          none="No vital signs recorded."
        />
        <Section
          title="Results outside their range"
          to={paths.results}
          choice={choices.results}
          lines={outsideLines}
          none={(empty) => (empty ? 'No results recorded.' : 'The newest results are inside their ranges.')}
        />
        <Section
          title="Immunisations"
          to={paths.immunisations}
          choice={choices.immunisations}
          lines={vaccineLines}
          none="No immunisations recorded."
        />
        <Section
          title="Notes"
          to={paths.notes}
          choice={choices.documents}
          lines={noteLines}
          none="No notes recorded."
        />
      </div>
    </div>
  )
}

interface Line {
  /** Says something about the list rather than being in it. */
  readonly about?: true
  readonly key: string
  readonly main: ReactNode
  readonly aside?: ReactNode
}

interface SectionProps {
  readonly title: string
  readonly to: Tab['to']
  readonly choice: RecordChoice
  readonly lines: (records: readonly FhirRecord[]) => readonly Line[]
  /** Said when there are no lines; the function is told whether there are no records either. */
  readonly none: string | ((empty: boolean) => string)
}

function Section({ title, to, choice, lines, none }: SectionProps) {
  const patient = usePatientId()
  return (
    <section className="section" aria-label={title}>
      <Records choice={choice} what={title} rows={4}>
        {(records, _, partial) => {
          const all = lines(records)
          const count = all.filter((line) => line.about !== true).length
          return (
            <>
              <h2>
                <Link to={to} params={{ patient }} search={true}>
                  {title}
                </Link>{' '}
                {count > 0 && <span className="list-count">{count}</span>}
              </h2>
              {all.length === 0 ? (
                <p className="meta">{typeof none === 'string' ? none : none(records.length === 0)}</p>
              ) : (
                <ul>
                  {all.slice(0, most).map((line) => (
                    <li key={line.key}>
                      <span>{line.main}</span>
                      <span className="section-aside">{line.aside}</span>
                    </li>
                  ))}
                </ul>
              )}
              {partial && <p className="meta">From the newest {formatCount(records.length)} records only.</p>}
              {all.length > most && (
                <Link to={to} params={{ patient }} search={true} className="section-more">
                  {all.length - most} more
                </Link>
              )}
            </>
          )
        }}
      </Records>
    </section>
  )
}

function problemLines(records: readonly FhirRecord[]): readonly Line[] {
  return records
    .flatMap((record) => readProblem(record) ?? [])
    .filter((problem) => problem.active)
    .map((problem) => ({
      key: problem.id,
      main: problem.name,
      aside: problem.onset === undefined ? '' : `since ${formatDate(problem.onset)}`,
    }))
}

function medicationLines(records: readonly FhirRecord[]): readonly Line[] {
  const current = records.flatMap((record) => readMedication(record) ?? []).filter((medication) => medication.current)
  return current.map((medication) => ({
    key: medication.id,
    main: (
      <>
        {medication.name}
        {medication.dose !== undefined && <span className="meta"> · {medication.dose}</span>}
      </>
    ),
    aside: medication.started === undefined ? '' : formatDate(medication.started),
  }))
}

function allergyLines(records: readonly FhirRecord[]): readonly Line[] {
  const active = records.flatMap((record) => readAllergy(record) ?? []).filter((allergy) => allergy.active)
  const real = active.filter((allergy) => !allergy.noneKnown)
  if (real.length === 0) {
    const none = active.find((allergy) => allergy.noneKnown)
    return [
      none === undefined
        ? { key: 'not-asked', about: true, main: <NotAsked /> }
        : {
            key: none.id,
            about: true,
            main: 'None known',
            aside: none.recorded === undefined ? '' : formatDate(none.recorded),
          },
    ]
  }
  return real
    .toSorted((a, b) => Number(b.severe) - Number(a.severe))
    .map((allergy) => ({
      key: allergy.id,
      main: (
        <>
          <span className={allergy.severe ? 'harm' : undefined}>
            {allergy.severe && <Icon name="warning" size={14} />} {allergy.substance}
          </span>
          <span className="meta"> · {reactionWords(allergy)}</span>
        </>
      ),
    }))
}

function NotAsked() {
  return (
    <span className="banner-unasked">
      <Icon name="warning" size={14} /> <span>Not asked</span>
    </span>
  )
}

/** The newest value of each row, with its course. */
function courseLines(courses: readonly Course[]): readonly Line[] {
  return courses.flatMap((course) => {
    const [newest] = course.results
    if (newest === undefined) return []
    const points = course.results.flatMap((result) =>
      result.value === undefined || result.at === '' ? [] : [{ at: instantOf(result.at), value: result.value }],
    )
    return [
      {
        key: course.test,
        main: (
          <span className="section-course">
            <span>{course.name}</span>
            <span>
              <Value result={newest} /> <span className="meta">{course.unit}</span>
            </span>
            <Sparkline points={points} range={newest.range} />
          </span>
        ),
        aside: newest.at === '' ? '' : formatDate(newest.at),
      },
    ]
  })
}

function outsideLines(records: readonly FhirRecord[]): readonly Line[] {
  const courses = tabulate(records, []).groups.flatMap((group) => group.courses)
  return courseLines(
    courses
      .filter((course) => course.results[0]?.flag !== undefined)
      .toSorted((a, b) => instantOf(b.results[0]?.at) - instantOf(a.results[0]?.at)),
  )
}

function vaccineLines(records: readonly FhirRecord[]): readonly Line[] {
  return byVaccine(records.flatMap((record) => readDose(record) ?? []).filter((dose) => dose.given))
    .map((series) => ({ series, last: series.doses.at(-1)?.when }))
    .toSorted((a, b) => instantOf(b.last) - instantOf(a.last))
    .map(({ series, last }) => ({
      key: series.vaccine,
      main: series.vaccine,
      aside: last === undefined ? '' : formatDate(last),
    }))
}

function visitLines(records: readonly FhirRecord[]): readonly Line[] {
  return records
    .flatMap((record) => readVisit(record) ?? [])
    .filter((visit) => visit.kind === 'visit')
    .toSorted((a, b) => instantOf(b.start) - instantOf(a.start))
    .map((visit) => ({
      key: visit.id,
      main: (
        <>
          {visit.what}
          {visit.reason !== undefined && <span className="meta"> · {visit.reason}</span>}
        </>
      ),
      aside: visit.start === undefined ? '' : formatDate(visit.start),
    }))
}

function noteLines(records: readonly FhirRecord[]): readonly Line[] {
  return records
    .flatMap((record) => readDocument(record) ?? [])
    .filter((document) => document.written)
    .toSorted((a, b) => instantOf(b.date) - instantOf(a.date))
    .map((document) => ({
      key: document.id,
      main: (
        <>
          <NoteLink note={document.id}>{document.title}</NoteLink>
          {document.author !== undefined && <span className="meta"> · {document.author}</span>}
        </>
      ),
      aside: document.date === undefined ? '' : formatDate(document.date),
    }))
}

function NoteLink({ note, children }: { note: string; children: ReactNode }) {
  return (
    <Link to={paths.note} params={{ patient: usePatientId(), note }} search={true}>
      {children}
    </Link>
  )
}
