import type { DaySchedule, Role, ScheduledVisit } from '@chartkeep/model/office'
import { Link } from '@tanstack/react-router'
import { now } from '../../clock.ts'
import { paths } from '../../paths.ts'
import { Born } from '../../patients/patient-line.tsx'
import { usePlace } from '../../session/place.ts'
import { SelectField } from '../../ui/field.tsx'
import { type Column, ListTable } from '../../ui/list-table.tsx'
import { Empty } from '../../ui/states.tsx'
import { formatTime } from '../../words/date.ts'
import { roleName, sexLetter, sexWord } from '../../words/name.ts'
import { isOpen, lateWords, statusName, stepOrder } from './status.ts'
import { StatusSteps } from './status-steps.tsx'

/** Waiting longer than this stands out. */
const lateMinutes = 15

export function Board({ day, role, today }: { day: DaySchedule; role: Role; today: boolean }) {
  const [practitioner, setPractitioner] = usePlace('board practitioner', '')
  const [status, setStatus] = usePlace('board status', '')
  const { appointments } = day
  const practitioners = [...new Set(appointments.map((visit) => visit.practitioner))].toSorted()
  const shown = appointments.filter(
    (visit) =>
      (practitioner === '' || visit.practitioner === practitioner) &&
      (status === '' || (status === 'open' ? isOpen(visit.status) : visit.status === status)),
  )
  const reasonShown = appointments.some((visit) => visit.reason !== undefined)
  return (
    <ListTable
      caption="Schedule"
      lead={<Totals appointments={appointments} />}
      rows={shown}
      columns={columnsFor(day.date, reasonShown, today)}
      rowKey={(visit) => visit.id}
      words={(visit) =>
        `${visit.patient.name} ${visit.patient.preferredName ?? ''} ${visit.patient.mrn ?? ''} ${visit.practitioner} ${visit.room ?? ''} ${visit.type ?? ''} ${visit.reason ?? ''} ${statusName(visit.status)}`
      }
      initialOrder={{ by: 'time', down: false }}
      tone={(visit) => (isOpen(visit.status) ? undefined : 'quiet')}
      tools={
        <>
          <SelectField
            label="Practitioner"
            quietLabel
            value={practitioner}
            onChange={(event) => setPractitioner(event.target.value)}
          >
            <option value="">All practitioners</option>
            {practitioners.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </SelectField>
          <SelectField label="Status" quietLabel value={status} onChange={(event) => setStatus(event.target.value)}>
            <option value="">All statuses</option>
            <option value="open">Still open</option>
            {[...stepOrder, 'noshow', 'cancelled'].map((one) => (
              <option key={one} value={one}>
                {statusName(one)}
              </option>
            ))}
          </SelectField>
        </>
      }
      empty={
        appointments.length === 0 ? (
          <Empty how="Choose another day with ← and →.">No appointments on this day.</Empty>
        ) : (
          <Empty how="Choose all practitioners and all statuses.">No appointment fits this choice.</Empty>
        )
      }
      foot={
        !reasonShown &&
        appointments.length > 0 && (
          <p className="today-note">
            Reasons for visits are not shown to {roleName(role).toLowerCase()}: who comes and when is enough for the
            schedule.
          </p>
        )
      }
    />
  )
}

function Totals({ appointments }: { appointments: readonly ScheduledVisit[] }) {
  const counts = Map.groupBy(appointments, (visit) => visit.status)
  return (
    <ul className="totals" aria-label="Totals of the day">
      {[...new Set<string>([...stepOrder, ...counts.keys()])]
        .filter((status) => counts.has(status))
        .map((status) => (
          <li key={status}>
            <span className="strong">{counts.get(status)?.length ?? 0}</span> {statusName(status).toLowerCase()}
          </li>
        ))}
    </ul>
  )
}

function columnsFor(date: string, reasonShown: boolean, today: boolean): readonly Column<ScheduledVisit>[] {
  const reason: readonly Column<ScheduledVisit>[] = reasonShown
    ? [{ key: 'reason', head: 'Reason', cell: (visit) => visit.reason, sort: (visit) => visit.reason, clip: '9.5rem' }]
    : []
  return [
    {
      key: 'time',
      head: 'Time',
      cell: (visit) => <Time visit={visit} />,
      sort: (visit) => visit.start,
      width: '4.5rem',
    },
    { key: 'patient', head: 'Patient', cell: (visit) => <Who visit={visit} />, sort: (visit) => visit.patient.name },
    { key: 'type', head: 'Visit', cell: (visit) => visit.type, sort: (visit) => visit.type, minor: true, clip: '8rem' },
    ...reason,
    {
      key: 'practitioner',
      head: 'With',
      cell: (visit) => visit.practitioner,
      sort: (visit) => visit.practitioner,
      clip: '12.5rem',
    },
    { key: 'room', head: 'Room', cell: (visit) => visit.room, sort: (visit) => visit.room, minor: true, clip: '7rem' },
    {
      key: 'status',
      head: 'Status',
      cell: (visit) => <Status visit={visit} today={today} />,
      sort: (visit) => rank(visit.status),
      width: '7rem',
    },
    {
      key: 'step',
      head: 'Change status',
      quietHead: true,
      cell: (visit) => <StatusSteps visit={visit} date={date} />,
      width: '8.5rem',
    },
  ]
}

function Time({ visit }: { visit: ScheduledVisit }) {
  return (
    <span className="visit-time">
      <span className="strong">{formatTime(new Date(visit.start))}</span>{' '}
      <span className="meta">to {formatTime(new Date(visit.end))}</span>
    </span>
  )
}

function Who({ visit: { patient } }: { visit: ScheduledVisit }) {
  return (
    <span className="visit-who">
      <Link to={paths.chart} params={{ patient: patient.id }} className="strong">
        {patient.name}
        {patient.preferredName !== undefined && ` “${patient.preferredName}”`}
      </Link>
      <span className="meta">
        <Born patient={patient} /> · <abbr title={sexWord(patient.sex)}>{sexLetter(patient.sex)}</abbr> ·{' '}
        {patient.mrn === undefined ? 'No MRN' : `MRN ${patient.mrn}`}
      </span>
    </span>
  )
}

function Status({ visit, today }: { visit: ScheduledVisit; today: boolean }) {
  const late = today ? minutesLate(visit) : 0
  return (
    <span className="visit-status" data-status={visit.status}>
      {statusName(visit.status)}
      {late >= lateMinutes && <span className="visit-late"> {lateWords(late)}</span>}
    </span>
  )
}

function minutesLate(visit: ScheduledVisit): number {
  if (visit.status !== 'booked' && visit.status !== 'arrived') return 0
  return Math.floor((now() - new Date(visit.start).getTime()) / 60_000)
}

function rank(status: string): number {
  const place = stepOrder.findIndex((step) => step === status)
  return place === -1 ? stepOrder.length : place
}
