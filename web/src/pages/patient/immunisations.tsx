import { byVaccine, type Dose, readDose } from '../../fhir/immunization.ts'
import { type Column, ListTable } from '../../ui/list-table.tsx'
import { Empty } from '../../ui/states.tsx'
import { formatDate } from '../../words/date.ts'
import { counted, sentence } from '../../words/name.ts'
import { choices } from './choices.ts'
import { Records } from './records.tsx'
import { instantOf } from '../../fhir/read.ts'

interface Series {
  readonly vaccine: string
  readonly doses: readonly Dose[]
}

const columns: readonly Column<Series>[] = [
  {
    key: 'vaccine',
    head: 'Vaccine',
    cell: (series) => <span className="strong">{series.vaccine}</span>,
    sort: (series) => series.vaccine,
    width: '32%',
  },
  {
    key: 'given',
    head: 'Doses',
    cell: (series) => given(series).length,
    sort: (series) => given(series).length,
    align: 'right',
    width: '5rem',
  },
  {
    key: 'last',
    head: 'Last',
    cell: (series) => lastDate(series),
    sort: (series) => instantOf(given(series).at(-1)?.when),
    width: '8rem',
    whole: true,
  },
  { key: 'doses', head: 'Each dose, oldest first', cell: (series) => <Doses doses={series.doses} /> },
]

export function ImmunisationsPage() {
  return (
    <Records choice={choices.immunisations} what="Immunisations">
      {(records, older) => (
        <ListTable
          caption="Immunisations"
          rows={byVaccine(records.flatMap((record) => readDose(record) ?? []))}
          columns={columns}
          rowKey={(series) => series.doses[0]?.id ?? series.vaccine}
          words={(series) =>
            `${series.vaccine} ${series.doses.map((dose) => `${dose.lot ?? ''} ${dose.maker ?? ''}`).join(' ')}`
          }
          initialOrder={{ by: 'vaccine', down: false }}
          empty={
            <Empty how="Doses given here, reported, or sent by a registry appear here.">
              No immunisations recorded.
            </Empty>
          }
          foot={older}
        />
      )}
    </Records>
  )
}

function given(series: Series): readonly Dose[] {
  return series.doses.filter((dose) => dose.given)
}

function lastDate(series: Series): string {
  const last = given(series).at(-1)
  return last?.when === undefined ? '–' : formatDate(last.when)
}

function Doses({ doses }: { doses: readonly Dose[] }) {
  return (
    <ul className="doses" aria-label={counted(doses.length, 'dose')}>
      {doses.map((dose) => (
        <li key={dose.id} title={doseWords(dose)} className={dose.given ? undefined : 'meta'}>
          {dose.when === undefined ? 'Date not known' : formatDate(dose.when)}
          {!dose.given && ` not given${dose.reason === undefined ? '' : `: ${dose.reason}`}`}
          {dose.given && dose.lot !== undefined && <span className="meta"> lot {dose.lot}</span>}
          {dose.reported && <span className="meta"> reported</span>}
        </li>
      ))}
    </ul>
  )
}

function doseWords(dose: Dose): string {
  return [
    dose.number === undefined ? undefined : `Dose ${dose.number}`,
    dose.amount,
    dose.site,
    dose.maker,
    dose.lot === undefined ? undefined : `lot ${dose.lot}`,
    dose.expires === undefined ? undefined : `expires ${formatDate(dose.expires)}`,
    dose.performer,
    dose.note,
  ]
    .flatMap((part) => (part === undefined ? [] : [sentence(part)]))
    .join(' · ')
}
