import type { Role } from '@chartkeep/model/office'

/** The kinds of note that are written here, as LOINC document types; the server knows the same. */
export const noteKinds = [
  { loinc: '11506-3', name: 'Progress note' },
  { loinc: '34117-2', name: 'History and physical note' },
  { loinc: '11488-4', name: 'Consultation note' },
  { loinc: '34746-8', name: 'Nurse note' },
  { loinc: '81222-2', name: 'Telephone encounter note' },
  { loinc: '28570-0', name: 'Procedure note' },
  { loinc: '18842-5', name: 'Discharge summary' },
] as const

/** What a role writes most often. */
export function usualKind(role: Role): (typeof noteKinds)[number] {
  return role === 'nurse' ? noteKinds[3] : noteKinds[0]
}

export function kindName(loinc: string | undefined): string | undefined {
  return noteKinds.find((kind) => kind.loinc === loinc)?.name
}
