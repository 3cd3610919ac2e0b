import { type Problem, readProblem } from '../../fhir/condition.ts'
import { instantOf } from '../../fhir/read.ts'
import { type Column, ListTable } from '../../ui/list-table.tsx'
import { Empty } from '../../ui/states.tsx'
import { formatDate } from '../../words/date.ts'
import { sentence } from '../../words/name.ts'
import { choices } from './choices.ts'
import { Records } from './records.tsx'

const columns: readonly Column<Problem>[] = [
  {
    key: 'name',
    head: 'Problem',
    cell: (problem) => <ProblemName problem={problem} />,
    sort: (problem) => problem.name,
  },
  {
    key: 'status',
    head: 'Status',
    cell: (problem) => sentence(problem.clinical),
    sort: (problem) => `${problem.active ? 0 : 1} ${problem.clinical}`,
  },
  {
    key: 'onset',
    head: 'Since',
    cell: (problem) => dated(problem.onset),
    sort: (problem) => instantOf(problem.onset),
    whole: true,
  },
  {
    key: 'ended',
    head: 'Until',
    cell: (problem) => dated(problem.ended),
    sort: (problem) => instantOf(problem.ended),
    minor: true,
    whole: true,
  },
  {
    key: 'severity',
    head: 'Severity',
    cell: (problem) => problem.severity,
    sort: (problem) => problem.severity,
    minor: true,
  },
  { key: 'kind', head: 'Recorded as', cell: (problem) => problem.kind, sort: (problem) => problem.kind, minor: true },
  {
    key: 'recorder',
    head: 'By',
    cell: (problem) => problem.recorder,
    sort: (problem) => problem.recorder,
    minor: true,
  },
]

export function ProblemsPage() {
  return (
    <Records choice={choices.problems} what="Problems">
      {(records, older) => (
        <ListTable
          caption="Problems"
          rows={records.flatMap((record) => readProblem(record) ?? [])}
          columns={columns}
          rowKey={(problem) => problem.id}
          words={(problem) => `${problem.name} ${problem.clinical} ${problem.kind} ${problem.note ?? ''}`}
          initialOrder={{ by: 'status', down: false }}
          tone={(problem) => (problem.active ? undefined : 'quiet')}
          empty={
            <Empty how="Problems come here from visits, imports and connected systems.">No problems recorded.</Empty>
          }
          foot={older}
        />
      )}
    </Records>
  )
}

function ProblemName({ problem }: { problem: Problem }) {
  return (
    <>
      <span className={problem.active ? 'strong' : undefined}>{problem.name}</span>
      {problem.doubt !== undefined && <span className="meta"> · {sentence(problem.doubt)}</span>}
      {problem.note !== undefined && <div className="meta">{problem.note}</div>}
    </>
  )
}

export function dated(when: string | undefined): string {
  return when === undefined ? '–' : formatDate(when)
}
