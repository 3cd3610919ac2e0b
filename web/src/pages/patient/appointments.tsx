import { readAppointment, type Booked } from '../../fhir/appointment.ts'
import { instantOf } from '../../fhir/read.ts'
import { type Column, ListTable } from '../../ui/list-table.tsx'
import { Empty } from '../../ui/states.tsx'
import { formatDateTime } from '../../words/date.ts'
import { choices } from './choices.ts'
import { Records } from './records.tsx'
import { statusName } from '../today/status.ts'

const columns: readonly Column<Booked>[] = [
  {
    key: 'start',
    head: 'When',
    cell: (booked) => (booked.start === undefined ? '–' : formatDateTime(booked.start)),
    sort: (booked) => instantOf(booked.start),
    width: '12rem',
  },
  { key: 'type', head: 'Type', cell: (booked) => booked.type, sort: (booked) => booked.type },
  { key: 'reason', head: 'Reason', cell: (booked) => booked.reason, sort: (booked) => booked.reason },
  { key: 'who', head: 'With', cell: (booked) => booked.who.join(', '), sort: (booked) => booked.who.join(', ') },
  { key: 'status', head: 'Status', cell: (booked) => statusName(booked.status), sort: (booked) => booked.status },
]

export function Appointments() {
  return (
    <Records choice={choices.appointments} what="Appointments" rows={3}>
      {(records, older) => (
        <ListTable
          caption="Appointments"
          rows={records.flatMap((record) => readAppointment(record) ?? [])}
          columns={columns}
          rowKey={(booked) => booked.id}
          words={(booked) => `${booked.type ?? ''} ${booked.reason ?? ''} ${booked.who.join(' ')} ${booked.status}`}
          initialOrder={{ by: 'start', down: true }}
          empty={<Empty how="Appointments are made on the schedule.">No appointments recorded.</Empty>}
          foot={older}
        />
      )}
    </Records>
  )
}
