import type { Allergy } from '../../fhir/allergy.ts'
import { readAllergy } from '../../fhir/allergy.ts'
import { instantOf } from '../../fhir/read.ts'
import { Icon } from '../../ui/icon.tsx'
import { type Column, ListTable } from '../../ui/list-table.tsx'
import { Empty } from '../../ui/states.tsx'
import { sentence } from '../../words/name.ts'
import { choices } from './choices.ts'
import { dated } from './problems.tsx'
import { Records } from './records.tsx'

const columns: readonly Column<Allergy>[] = [
  {
    key: 'substance',
    head: 'Substance',
    cell: (allergy) => <Substance allergy={allergy} />,
    sort: (allergy) => allergy.substance,
  },
  { key: 'reaction', head: 'Reaction', cell: (allergy) => reactionWords(allergy) },
  {
    key: 'risk',
    head: 'Risk',
    cell: (allergy) => risk(allergy),
    sort: (allergy) => `${allergy.active ? 0 : 1}${allergy.severe ? 0 : 1}${allergy.substance}`,
  },
  { key: 'kind', head: 'Kind', cell: (allergy) => kind(allergy), sort: (allergy) => kind(allergy), minor: true },
  { key: 'status', head: 'Status', cell: (allergy) => sentence(allergy.clinical), sort: (allergy) => allergy.clinical },
  {
    key: 'onset',
    head: 'Since',
    cell: (allergy) => dated(allergy.onset),
    sort: (allergy) => instantOf(allergy.onset),
    minor: true,
    whole: true,
  },
  {
    key: 'recorded',
    head: 'Recorded',
    cell: (allergy) => dated(allergy.recorded),
    sort: (allergy) => instantOf(allergy.recorded),
    whole: true,
  },
  {
    key: 'recorder',
    head: 'By',
    cell: (allergy) => allergy.recorder,
    sort: (allergy) => allergy.recorder,
    minor: true,
  },
]

export function AllergiesPage() {
  return (
    <Records choice={choices.allergies} what="Allergies">
      {(records, older) => {
        const all = records.flatMap((record) => readAllergy(record) ?? [])
        const real = all.filter((allergy) => !allergy.noneKnown)
        const none = all.find((allergy) => allergy.noneKnown && allergy.active)
        return (
          <ListTable
            caption="Allergies"
            rows={real}
            columns={columns}
            rowKey={(allergy) => allergy.id}
            words={(allergy) => `${allergy.substance} ${reactionWords(allergy)} ${allergy.clinical} ${kind(allergy)}`}
            initialOrder={{ by: 'risk', down: false }}
            tone={(allergy) => (allergy.active ? (allergy.severe ? 'harm' : undefined) : 'quiet')}
            empty={none === undefined ? <NotAsked /> : <NoneKnown allergy={none} />}
            foot={older}
          />
        )
      }}
    </Records>
  )
}

/** Nobody has asked: that is not the same as "none", and it must not look like it. */
function NotAsked() {
  return (
    <Empty how="Ask the patient, and record each allergy or “no known allergies”.">
      <span className="banner-unasked">
        <Icon name="warning" size={14} /> Not asked.
      </span>{' '}
      Nothing is recorded about allergies, neither an allergy nor that there is none.
    </Empty>
  )
}

function NoneKnown({ allergy }: { allergy: Allergy }) {
  const by = allergy.recorder === undefined ? '' : ` by ${allergy.recorder}`
  return (
    <Empty how={allergy.recorded === undefined ? undefined : `Recorded ${dated(allergy.recorded)}${by}.`}>
      {allergy.substance}: asked, and none known.
    </Empty>
  )
}

function Substance({ allergy }: { allergy: Allergy }) {
  return (
    <>
      <span className={allergy.active ? 'strong' : undefined}>{allergy.substance}</span>
      {allergy.doubt !== undefined && <span className="meta"> · {sentence(allergy.doubt)}</span>}
      {allergy.note !== undefined && <div className="meta">{allergy.note}</div>}
    </>
  )
}

export function reactionWords(allergy: Allergy): string {
  if (allergy.reactions.length === 0) return 'Reaction not recorded'
  return allergy.reactions
    .map((reaction) => (reaction.severity === undefined ? reaction.text : `${reaction.text} (${reaction.severity})`))
    .join('; ')
}

function risk(allergy: Allergy) {
  if (!allergy.severe) return allergy.criticality === 'low' ? 'Low' : '–'
  return (
    <span className="harm">
      <Icon name="warning" size={14} /> High
    </span>
  )
}

function kind(allergy: Allergy): string {
  return sentence([...allergy.categories, allergy.kind ?? ''].filter((part) => part !== '').join(', '))
}
