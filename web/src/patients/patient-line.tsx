import './patient-line.css'
import type { PatientHit } from '@chartkeep/model/office'
import { now } from '../clock.ts'
import { Icon } from '../ui/icon.tsx'
import { formatAge, formatDate } from '../words/date.ts'
import { sexLetter, sexWord } from '../words/name.ts'

/** Who this is, with enough to tell two people of one name apart. The same everywhere a patient is chosen. */
export function PatientLine({ patient }: { patient: PatientHit }) {
  return (
    <span className="patient-line">
      <span className="patient-name">
        {patient.name}
        {patient.preferredName !== undefined && <span className="patient-preferred"> “{patient.preferredName}”</span>}
      </span>
      <span>
        <Born patient={patient} />
      </span>
      <span>
        <abbr title={sexWord(patient.sex)}>{sexLetter(patient.sex)}</abbr>
      </span>
      <span>{patient.mrn === undefined ? 'No MRN' : `MRN ${patient.mrn}`}</span>
      <span className="patient-warn">
        {patient.deceased && 'Deceased'}
        {patient.duplicates.length > 0 && (
          <>
            <Icon name="warning" size={14} /> Possible duplicate
          </>
        )}
      </span>
    </span>
  )
}

/** `12 Mar 1961 (65 y)` */
export function Born({ patient }: { patient: Pick<PatientHit, 'birthDate' | 'deceased'> }) {
  if (patient.birthDate === undefined) return 'Birth date not known'
  const age = patient.deceased ? undefined : formatAge(patient.birthDate, now())
  return `${formatDate(patient.birthDate)}${age === undefined ? '' : ` (${age})`}`
}

/** One line of text for menus and announcements. */
export function patientWords(patient: PatientHit): string {
  return [
    patient.name,
    patient.birthDate === undefined ? '' : formatDate(patient.birthDate),
    patient.mrn === undefined ? '' : `MRN ${patient.mrn}`,
  ]
    .filter((part) => part !== '')
    .join(', ')
}
