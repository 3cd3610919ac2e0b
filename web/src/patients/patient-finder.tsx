import './patient-finder.css'
import type { PatientHit } from '@chartkeep/model/office'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { recents } from '../api/queries.ts'
import { paths } from '../paths.ts'
import { usePlace } from '../session/place.ts'
import { Icon } from '../ui/icon.tsx'
import { Empty, FailurePanel, Skeleton } from '../ui/states.tsx'
import { counted } from '../words/name.ts'
import { PatientLine } from './patient-line.tsx'
import { usePatientSearch } from './use-patient-search.ts'

/** Finds a patient as you type, or among those opened last; a row leads to `to`. */
export function PatientFinder({
  to = paths.chart,
}: {
  to?: typeof paths.chart | typeof paths.claims | typeof paths.history
}) {
  const [typed, setTyped] = usePlace(`finder ${to}`, '')
  const found = usePatientSearch(typed)
  const [entered, setEntered] = useState(false)
  useEffect(() => {
    if (entered && found.settled) document.querySelector<HTMLElement>('.finder [data-row]')?.click()
  }, [entered, found.settled])
  return (
    <div className="finder">
      <div className="finder-field">
        <Icon name="search" />
        <input
          type="search"
          className="input"
          data-filter
          autoFocus
          aria-label="Find a patient"
          placeholder="Name in any order, birth date, MRN"
          autoComplete="off"
          spellCheck={false}
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value)
            setEntered(false)
          }}
          onKeyDown={(event) => {
            const first = document.querySelector<HTMLElement>('.finder [data-row]')
            if (event.key === 'ArrowDown') first?.focus({ focusVisible: true })
            // It waits for the answer to these letters: the first row of an older answer may be someone else.
            else if (event.key === 'Enter') setEntered(true)
            else if (event.key === 'Escape') setTyped('')
            else return
            event.preventDefault()
          }}
        />
      </div>
      {found.wanted ? <Found found={found} to={to} /> : <Recent to={to} />}
    </div>
  )
}

type To = typeof paths.chart | typeof paths.claims | typeof paths.history

function Found({ found, to }: { found: ReturnType<typeof usePatientSearch>; to: To }) {
  if (found.failure !== null) return <FailurePanel error={found.failure} what="The search" retry={found.retry} />
  return (
    <>
      <p className="finder-count" role="status">
        {found.settled
          ? `${found.more ? 'The first ' : ''}${counted(found.hits.length, 'patient')}${found.more ? '. Add a birth date or another part of the name' : ''}`
          : ''}
      </p>
      {found.settled && found.hits.length === 0 ? (
        <Empty how="Try fewer letters, another spelling, the birth date or the MRN.">No patient matches.</Empty>
      ) : (
        <PatientLinks patients={found.hits} to={to} older={!found.settled} />
      )}
    </>
  )
}

function Recent({ to }: { to: To }) {
  const { data, error, isPending, refetch } = useQuery(recents)
  if (isPending) return <Skeleton label="Loading recent patients" />
  if (data === undefined) return <FailurePanel error={error} what="Recent patients" retry={() => void refetch()} />
  if (data.patients.length === 0)
    return <Empty how="Type two letters of a name, a birth date or an MRN.">You have not opened a chart yet.</Empty>
  return (
    <>
      <h2 className="finder-count">Opened last</h2>
      <PatientLinks patients={data.patients} to={to} older={false} />
    </>
  )
}

function PatientLinks({ patients, to, older }: { patients: readonly PatientHit[]; to: To; older: boolean }) {
  return (
    <ul className="finder-list" aria-label="Patients" data-older={older || undefined}>
      {patients.map((patient) => (
        <li key={patient.id}>
          <Link to={to} params={{ patient: patient.id }} className="finder-row" data-row>
            <PatientLine patient={patient} />
          </Link>
        </li>
      ))}
    </ul>
  )
}
