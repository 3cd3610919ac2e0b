import './palette.css'
import { Modal } from '@mantine/core'
import { useNavigate, useParams } from '@tanstack/react-router'
import { type ReactNode, useEffect, useId, useState } from 'react'
import { PatientLine, patientWords } from '../patients/patient-line.tsx'
import { usePatientSearch } from '../patients/use-patient-search.ts'
import { tabsFor } from '../pages/patient/tabs.ts'
import { paths } from '../paths.ts'
import { mayRead, useDesk, useSession } from '../session/context.tsx'
import { Icon } from '../ui/icon.tsx'
import { useStore } from '../ui/store.ts'
import { roleName } from '../words/name.ts'
import { keyWords } from './keys.ts'
import { lockKeys } from './lock-keys.ts'
import { openPatients } from './open-patients.ts'
import { pagesOf } from './pages.ts'

interface Choice {
  readonly key: string
  readonly words: string
  readonly shown: ReactNode
  readonly keys?: string
  readonly run: () => void
}

/** Ctrl K: any patient, page or action by a few letters; arrows choose, Enter goes. */
export function Palette({ close, showKeys }: { close: () => void; showKeys: () => void }) {
  const [typed, setTyped] = useState('')
  const [place, setPlace] = useState(0)
  const [entered, setEntered] = useState(false)
  const id = useId()
  const session = useSession()
  // Not asked for roles that see no patient: each question would be a refusal in the ledger.
  const patientsToo = mayRead(session, 'Patient')
  const found = usePatientSearch(typed, 8, patientsToo)
  const actions = matching(useActions(showKeys), typed)
  const navigate = useNavigate()
  const patients: readonly Choice[] = found.hits.map((patient) => ({
    key: patient.id,
    words: patientWords(patient),
    shown: <PatientLine patient={patient} />,
    run: () => void navigate({ to: paths.chart, params: { patient: patient.id } }),
  }))
  const choices = [...patients, ...actions]
  const chosen = Math.min(place, choices.length - 1)
  const carryOut = (choice: Choice | undefined) => {
    if (choice === undefined) return
    close()
    choice.run()
  }
  // Enter waits for the answer to what was typed: the first of an older answer may be someone else.
  const early = found.wanted && !found.settled && found.failure === null
  const enter = () => (early ? setEntered(true) : carryOut(choices[chosen]))
  useEffect(() => {
    if (entered && !early) carryOut(choices[chosen])
  })
  return (
    <Modal
      opened
      onClose={close}
      size={760}
      yOffset={80}
      withCloseButton={false}
      title={undefined}
      attributes={{ content: { 'aria-label': 'Find a patient, page or action' } }}
    >
      <div className="palette">
        <div className="palette-field">
          <Icon name="search" />
          <input
            role="combobox"
            aria-label="Find a patient, page or action"
            aria-expanded="true"
            aria-controls={`${id}-choices`}
            aria-activedescendant={choices.length === 0 ? undefined : `${id}-${chosen}`}
            aria-autocomplete="list"
            autoComplete="off"
            spellCheck={false}
            data-autofocus
            // At once, not when the dialog has settled: people type on right after Ctrl K.
            autoFocus
            placeholder={patientsToo ? 'Name, birth date, MRN, page or action' : 'Page or action'}
            value={typed}
            onChange={(event) => {
              setTyped(event.target.value)
              setPlace(0)
              setEntered(false)
            }}
            onKeyDown={(event) => {
              if (event.key === 'ArrowDown') setPlace(Math.min(chosen + 1, choices.length - 1))
              else if (event.key === 'ArrowUp') setPlace(Math.max(chosen - 1, 0))
              else if (event.key === 'Enter') enter()
              else return
              event.preventDefault()
            }}
          />
          <kbd>Esc</kbd>
        </div>
        <div className="palette-choices" role="listbox" id={`${id}-choices`} aria-label="Found">
          <Group label="Patients" choices={patients} from={0} id={id} chosen={chosen} run={carryOut} point={setPlace} />
          <Group
            label="Pages and actions"
            choices={actions}
            from={patients.length}
            id={id}
            chosen={chosen}
            run={carryOut}
            point={setPlace}
          />
        </div>
        <p className="palette-note" role="status">
          {found.failure !== null
            ? 'Patients could not be searched.'
            : found.wanted && found.settled && patients.length === 0
              ? 'No patient matches.'
              : found.more
                ? 'More match. Add a birth date or another part of the name.'
                : ''}
        </p>
      </div>
    </Modal>
  )
}

interface GroupProps {
  readonly label: string
  readonly choices: readonly Choice[]
  readonly from: number
  readonly id: string
  readonly chosen: number
  readonly run: (choice: Choice) => void
  readonly point: (place: number) => void
}

function Group({ label, choices, from, id, chosen, run, point }: GroupProps) {
  if (choices.length === 0) return null
  return (
    <div role="group" aria-label={label}>
      <div className="palette-label" aria-hidden="true">
        {label}
      </div>
      {choices.map((choice, index) => {
        const place = from + index
        return (
          // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the combobox above has the keyboard
          <div
            key={choice.key}
            id={`${id}-${place}`}
            role="option"
            tabIndex={-1}
            aria-selected={place === chosen}
            className="palette-choice"
            ref={place === chosen ? reveal : undefined}
            onMouseMove={() => place !== chosen && point(place)}
            // mousedown, so that the field keeps the focus.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => run(choice)}
          >
            <span className="palette-words">{choice.shown}</span>
            {choice.keys !== undefined && <kbd aria-hidden="true">{choice.keys}</kbd>}
          </div>
        )
      })}
    </div>
  )
}

function reveal(element: HTMLElement | null): void {
  element?.scrollIntoView({ block: 'nearest' })
}

function useActions(showKeys: () => void): readonly Choice[] {
  const session = useSession()
  const desk = useDesk()
  const navigate = useNavigate()
  const open = useStore(openPatients)
  const { patient: here } = useParams({ strict: false })
  const tabs: readonly Choice[] =
    here === undefined
      ? []
      : tabsFor(session).map((tab) => ({
          key: tab.to,
          words: `${tab.label} of this chart`,
          shown: `${tab.label} of this chart`,
          keys: keyWords(`g ${tab.key}`),
          run: () => void navigate({ to: tab.to, params: { patient: here } }),
        }))
  const note: readonly Choice[] =
    here === undefined
      ? []
      : [
          {
            key: 'note',
            words: 'Write a note in this chart',
            shown: 'Write a note in this chart',
            keys: 'n',
            run: () => void navigate({ to: paths.notes, params: { patient: here }, search: { panel: 'note' } }),
          },
        ]
  return [
    ...open
      .filter(({ id }) => id !== here)
      .map((patient) => ({
        key: `open ${patient.id}`,
        words: `Open chart: ${patient.name}`,
        shown: `Open chart: ${patient.name}`,
        run: () => void navigate({ to: paths.chart, params: { patient: patient.id } }),
      })),
    ...note,
    ...tabs,
    ...pagesOf(session).map((page) => ({
      key: page.to,
      words: page.label,
      shown: page.label,
      keys: keyWords(`g ${page.key}`),
      run: () => void navigate({ to: page.to }),
    })),
    ...session.roles
      .filter((role) => role !== session.role)
      .map((role) => ({
        key: role,
        words: `Work as ${roleName(role)}`,
        shown: `Work as ${roleName(role).toLowerCase()}`,
        run: () => void desk.takeRole(role),
      })),
    { key: 'keys', words: 'Show the keys', shown: 'Show the keys', keys: '?', run: showKeys },
    { key: 'lock', words: 'Lock', shown: 'Lock', keys: keyWords(lockKeys.keys), run: () => void desk.lock() },
    { key: 'sign-out', words: 'Sign out', shown: 'Sign out', run: () => void desk.signOut() },
  ]
}

function matching(choices: readonly Choice[], typed: string): readonly Choice[] {
  const parts = typed.trim().toLowerCase().split(/\s+/)
  return choices.filter(({ words }) => parts.every((part) => words.toLowerCase().includes(part)))
}
