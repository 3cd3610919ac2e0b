import type { AccessEntry, PatientHit } from '@chartkeep/model/office'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { paths } from '../paths.ts'
import { type Column, ListTable } from '../ui/list-table.tsx'
import { Empty } from '../ui/states.tsx'
import { formatMoment } from '../words/date.ts'
import { roleText } from '../words/name.ts'
import { actionWords, purposeWords, whatWords } from './words.ts'

export type Entry = AccessEntry & { readonly patient?: PatientHit }

const who: Column<Entry> = {
  key: 'who',
  head: 'Who',
  cell: (entry) => (
    <>
      <span className="strong">{entry.who}</span>
      <div className="meta">{roleText(entry.role)}</div>
    </>
  ),
  sort: (entry) => entry.who,
  whole: true,
}

const patient: Column<Entry> = {
  key: 'patient',
  head: 'Patient',
  cell: (entry) =>
    entry.patient === undefined ? (
      <span className="meta">–</span>
    ) : (
      <Link to={paths.history} params={{ patient: entry.patient.id }}>
        {entry.patient.name}
      </Link>
    ),
  sort: (entry) => entry.patient?.name,
}

const columns: readonly Column<Entry>[] = [
  {
    key: 'at',
    head: 'When',
    cell: (entry) => formatMoment(entry.at),
    sort: (entry) => entry.at,
    width: '10.5rem',
    whole: true,
  },
  { key: 'action', head: 'Did', cell: (entry) => <Outcome entry={entry} />, sort: (entry) => entry.action },
  { key: 'what', head: 'What', cell: (entry) => whatWords(entry.what), width: '26%', sort: (entry) => entry.what },
  {
    key: 'why',
    head: 'Why it was decided so',
    width: '32%',
    cell: (entry) => (
      <>
        {entry.why === '' ? 'Declined before a rule was asked' : entry.why}
        <div className="meta">
          {purposeWords(entry.purpose)}
          {entry.rule !== '' && (
            <>
              {' · '}
              <code>{entry.rule}</code>
            </>
          )}
        </div>
      </>
    ),
    sort: (entry) => entry.why,
  },
  { key: 'where', head: 'Where', cell: (entry) => entry.workstation, sort: (entry) => entry.workstation, minor: true },
]

/** Entries of the ledger in plain words: of one patient (who), or of one person (which patient). */
export function AccessTable({
  entries,
  of,
  foot,
  tools,
}: {
  entries: readonly Entry[]
  of: 'patient' | 'person'
  foot: ReactNode
  tools?: ReactNode
}) {
  const [at, ...rest] = columns
  return (
    <ListTable
      caption={of === 'patient' ? 'Access history' : 'What this person opened'}
      rows={entries}
      columns={at === undefined ? columns : [at, of === 'patient' ? who : patient, ...rest]}
      rowKey={(entry) => entry.id}
      words={(entry) =>
        `${entry.who} ${roleText(entry.role)} ${actionWords(entry.action)} ${whatWords(entry.what)} ${entry.why} ${entry.workstation} ${entry.outcome} ${entry.rule} ${entry.patient?.name ?? ''}`
      }
      initialOrder={{ by: 'at', down: true }}
      tone={(entry) => (entry.outcome === 'done' ? undefined : 'harm')}
      tools={tools}
      empty={
        <Empty how="Each view, change and refusal appears here within a second.">Nobody has opened anything yet.</Empty>
      }
      foot={foot}
    />
  )
}

function Outcome({ entry }: { entry: Entry }) {
  if (entry.outcome === 'done') return actionWords(entry.action)
  return (
    <span className="harm">
      {entry.outcome === 'refused' ? 'Refused' : 'Failed'}: {actionWords(entry.action).toLowerCase()}
    </span>
  )
}
