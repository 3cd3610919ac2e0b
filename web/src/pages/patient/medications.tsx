import { type Medication, readMedication } from '../../fhir/medication.ts'
import { instantOf } from '../../fhir/read.ts'
import { usePlace } from '../../session/place.ts'
import { Tick } from '../../ui/field.tsx'
import { type Column, ListTable } from '../../ui/list-table.tsx'
import { Empty } from '../../ui/states.tsx'
import { sentence } from '../../words/name.ts'
import { choices } from './choices.ts'
import { dated } from './problems.tsx'
import { Records } from './records.tsx'

const columns: readonly Column<Medication>[] = [
  {
    key: 'name',
    head: 'Medicine',
    cell: (medication) => <MedicationName medication={medication} />,
    sort: (medication) => medication.name,
  },
  {
    key: 'dose',
    head: 'Dose and directions',
    cell: (medication) => medication.dose ?? <span className="meta">No directions recorded</span>,
  },
  {
    key: 'status',
    head: 'Status',
    cell: (medication) => sentence(medication.status),
    sort: (medication) => `${medication.current ? 0 : 1} ${medication.status}`,
  },
  {
    key: 'started',
    head: 'Ordered',
    cell: (medication) => dated(medication.started),
    sort: (medication) => instantOf(medication.started),
    whole: true,
  },
  {
    key: 'ended',
    head: 'Until',
    cell: (medication) => dated(medication.ended),
    sort: (medication) => instantOf(medication.ended),
    minor: true,
    whole: true,
  },
  {
    key: 'refills',
    head: 'Refills',
    cell: (medication) => medication.refills,
    sort: (medication) => medication.refills,
    align: 'right',
    minor: true,
  },
  {
    key: 'prescriber',
    head: 'By',
    cell: (medication) => medication.prescriber,
    sort: (medication) => medication.prescriber,
    minor: true,
  },
]

export function MedicationsPage() {
  const [past, setPast] = usePlace('medications past', false)
  return (
    <Records choice={choices.medications} what="Medications" among="medications, past ones too">
      {(records, older) => {
        const all = records.flatMap((record) => readMedication(record) ?? [])
        const current = all.filter((medication) => medication.current)
        return (
          <ListTable
            caption={past ? 'Medications, with past ones' : 'Current medications'}
            rows={past ? all : current}
            columns={columns}
            rowKey={(medication) => medication.id}
            words={(medication) =>
              `${medication.name} ${medication.dose ?? ''} ${medication.reason ?? ''} ${medication.status}`
            }
            initialOrder={{ by: 'status', down: false }}
            tone={(medication) => (medication.current ? undefined : 'quiet')}
            tools={
              <Tick
                label={`Past (${all.length - current.length})`}
                checked={past}
                onChange={(event) => setPast(event.target.checked)}
              />
            }
            empty={
              <Empty
                how={
                  all.length > 0
                    ? 'Tick Past to see what was stopped.'
                    : 'Orders and what the patient reports appear here.'
                }
              >
                No current medications recorded.
              </Empty>
            }
            foot={older}
          />
        )
      }}
    </Records>
  )
}

function MedicationName({ medication }: { medication: Medication }) {
  const extras = [
    medication.asNeeded ? 'as needed' : undefined,
    medication.source === 'ordered'
      ? undefined
      : medication.source === 'reported'
        ? 'reported by the patient'
        : 'planned',
    medication.reason,
    medication.note,
  ].filter((extra) => extra !== undefined)
  return (
    <>
      <span className={medication.current ? 'strong' : undefined}>{medication.name}</span>
      {extras.length > 0 && <div className="meta">{extras.join(' · ')}</div>}
    </>
  )
}
