import type { PatientHit } from '@chartkeep/model/office'
import type { FoundPatient } from '#records'
import { present } from './elements.ts'

const sexes = ['male', 'female', 'other', 'unknown'] as const

/** A patient as a line in a list. */
export function hitOf({ face, likely }: FoundPatient): PatientHit {
  const { id, name, preferredName, birthDate, mrn, deceased } = face
  const sex = sexes.find((known) => known === face.sex)
  return { id, name, deceased, duplicates: likely, ...present({ preferredName, birthDate, sex, mrn }) }
}
