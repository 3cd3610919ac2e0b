import { type Bill, type CoverageLine, formatMoney, readBill, readCoverage } from '../../fhir/billing.ts'
import { instantOf } from '../../fhir/read.ts'
import { type Column, ListTable } from '../../ui/list-table.tsx'
import { Empty } from '../../ui/states.tsx'
import { sentence } from '../../words/name.ts'
import { choices } from './choices.ts'
import { dated } from './problems.tsx'
import { Records } from './records.tsx'

const columns: readonly Column<Bill>[] = [
  {
    key: 'created',
    head: 'Created',
    cell: (bill) => dated(bill.created),
    sort: (bill) => instantOf(bill.created),
    width: '8rem',
    whole: true,
  },
  { key: 'kind', head: 'Kind', cell: (bill) => kind(bill), sort: (bill) => kind(bill) },
  {
    key: 'service',
    head: 'Service',
    cell: (bill) => dated(bill.serviceStart),
    sort: (bill) => instantOf(bill.serviceStart),
    whole: true,
  },
  { key: 'lines', head: 'Charges', cell: (bill) => <Lines bill={bill} /> },
  { key: 'insurer', head: 'Payer', cell: (bill) => bill.insurer, sort: (bill) => bill.insurer },
  { key: 'provider', head: 'Provider', cell: (bill) => bill.provider, sort: (bill) => bill.provider, minor: true },
  { key: 'status', head: 'Status', cell: (bill) => sentence(bill.status), sort: (bill) => bill.status },
  {
    key: 'paid',
    head: 'Paid',
    cell: (bill) => bill.paid && formatMoney(bill.paid),
    sort: (bill) => bill.paid?.value,
    align: 'right',
    minor: true,
  },
  {
    key: 'total',
    head: 'Total',
    cell: (bill) => (bill.total === undefined ? '–' : formatMoney(bill.total)),
    sort: (bill) => bill.total?.value,
    align: 'right',
  },
]

const coverageColumns: readonly Column<CoverageLine>[] = [
  {
    key: 'payer',
    head: 'Payer',
    cell: (line) => <span className="strong">{line.payer}</span>,
    sort: (line) => line.payer,
  },
  { key: 'plan', head: 'Plan', cell: (line) => line.plan, sort: (line) => line.plan },
  { key: 'member', head: 'Member', cell: (line) => line.member, sort: (line) => line.member },
  {
    key: 'relationship',
    head: 'Relationship',
    cell: (line) => line.relationship,
    sort: (line) => line.relationship,
    minor: true,
  },
  { key: 'start', head: 'From', cell: (line) => dated(line.start), sort: (line) => instantOf(line.start), whole: true },
  { key: 'end', head: 'Until', cell: (line) => dated(line.end), sort: (line) => instantOf(line.end), whole: true },
  { key: 'status', head: 'Status', cell: (line) => sentence(line.status), sort: (line) => line.status },
]

export function ClaimsPage() {
  return (
    <>
      <Coverages />
      <Records choice={choices.claims} what="Claims">
        {(records, older) => (
          <ListTable
            caption="Claims"
            rows={records.flatMap((record) => readBill(record) ?? [])}
            columns={columns}
            rowKey={(bill) => bill.id}
            words={(bill) =>
              `${kind(bill)} ${bill.status} ${bill.insurer ?? ''} ${bill.provider ?? ''} ${bill.lines.map((line) => line.what).join(' ')}`
            }
            initialOrder={{ by: 'created', down: true }}
            empty={<Empty how="A claim appears here when charges of a visit are sent.">No claims recorded.</Empty>}
            foot={older}
          />
        )}
      </Records>
    </>
  )
}

export function Coverages() {
  return (
    <Records choice={choices.coverage} what="Coverage" rows={2}>
      {(records) => (
        <ListTable
          caption="Coverage"
          rows={records.flatMap((record) => readCoverage(record) ?? [])}
          columns={coverageColumns}
          rowKey={(line) => line.id}
          words={(line) => `${line.payer} ${line.plan ?? ''} ${line.member ?? ''}`}
          initialOrder={{ by: 'start', down: true }}
          empty={<Empty how="The front desk records the insurance card at check-in.">No coverage recorded.</Empty>}
        />
      )}
    </Records>
  )
}

function Lines({ bill }: { bill: Bill }) {
  const [first] = bill.lines
  if (first === undefined) return '–'
  if (bill.lines.length === 1) return first.what
  return (
    <details>
      <summary>
        {first.what} and {bill.lines.length - 1} more
      </summary>
      <ol className="lines">
        {bill.lines.map((line) => (
          <li key={line.place}>
            <span>{line.what}</span>
            <span className="number">{line.net === undefined ? '' : formatMoney(line.net)}</span>
          </li>
        ))}
      </ol>
    </details>
  )
}

function kind(bill: Bill): string {
  const name = bill.kind === 'Benefit' ? 'Explanation of benefit' : bill.kind
  return bill.type === undefined ? name : `${name}, ${sentence(bill.type).toLowerCase()}`
}
