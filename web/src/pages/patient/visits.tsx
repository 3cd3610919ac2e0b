import { instantOf } from '../../fhir/read.ts'
import { readVisit, type Visit } from '../../fhir/visit.ts'
import { type Column, ListTable } from '../../ui/list-table.tsx'
import { Empty } from '../../ui/states.tsx'
import { formatDate } from '../../words/date.ts'
import { sentence } from '../../words/name.ts'
import { choices } from './choices.ts'
import { Records } from './records.tsx'

const columns: readonly Column<Visit>[] = [
  {
    key: 'start',
    head: 'Date',
    cell: (visit) => period(visit),
    sort: (visit) => instantOf(visit.start),
    width: '9rem',
    whole: true,
  },
  { key: 'what', head: 'Visit or procedure', cell: (visit) => <What visit={visit} />, sort: (visit) => visit.what },
  { key: 'reason', head: 'Reason', cell: (visit) => visit.reason, sort: (visit) => visit.reason },
  { key: 'setting', head: 'Setting', cell: (visit) => visit.setting, sort: (visit) => visit.setting, minor: true },
  { key: 'who', head: 'With', cell: (visit) => visit.who, sort: (visit) => visit.who },
  { key: 'where', head: 'Where', cell: (visit) => visit.where, sort: (visit) => visit.where, minor: true },
  {
    key: 'status',
    head: 'Status',
    cell: (visit) => sentence(visit.status),
    sort: (visit) => visit.status,
    minor: true,
  },
]

export function VisitsPage() {
  return (
    <Records choice={choices.visits} what="Visits">
      {(records, older) => (
        <ListTable
          caption="Visits and procedures"
          rows={records.flatMap((record) => readVisit(record) ?? [])}
          columns={columns}
          rowKey={(visit) => visit.id}
          words={(visit) =>
            `${visit.what} ${visit.reason ?? ''} ${visit.who ?? ''} ${visit.where ?? ''} ${visit.setting ?? ''}`
          }
          initialOrder={{ by: 'start', down: true }}
          empty={<Empty how="A visit appears here when the patient is seen.">No visits recorded.</Empty>}
          foot={older}
        />
      )}
    </Records>
  )
}

function What({ visit }: { visit: Visit }) {
  return (
    <>
      <span className={visit.kind === 'visit' ? 'strong' : undefined}>{visit.what}</span>
      {visit.kind === 'procedure' && <span className="meta"> · procedure</span>}
    </>
  )
}

function period(visit: Visit): string {
  if (visit.start === undefined) return '–'
  const from = formatDate(visit.start)
  const until = visit.end === undefined ? from : formatDate(visit.end)
  return from === until ? from : `${from} to ${until}`
}
