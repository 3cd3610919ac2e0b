/** The kinds of note that are written here, as LOINC document types. */
export const noteKinds = [
  { loinc: '11506-3', name: 'Progress note' },
  { loinc: '34117-2', name: 'History and physical note' },
  { loinc: '11488-4', name: 'Consultation note' },
  { loinc: '34109-9', name: 'Note' },
  { loinc: '34748-4', name: 'Telephone encounter note' },
  { loinc: '28570-0', name: 'Procedure note' },
  { loinc: '18842-5', name: 'Discharge summary' },
] as const

export const usualKind = noteKinds[0]

export function kindName(loinc: string | undefined): string | undefined {
  return noteKinds.find((kind) => kind.loinc === loinc)?.name
}
