/** The document types offered for notes: LOINC code → its name (US Core clinical note types). */
export const noteTypes: Readonly<Record<string, string>> = {
  '11506-3': 'Progress note',
  '11488-4': 'Consultation note',
  '18842-5': 'Discharge summary',
  '28570-0': 'Procedure note',
  '34117-2': 'History and physical note',
  '34746-8': 'Nurse note',
  '81222-2': 'Telephone encounter note',
}
