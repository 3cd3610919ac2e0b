import { drugs } from './drugs.ts'
import { findings } from './findings.ts'

const headings = [
  'Chief Complaint', 'History of Present Illness', 'Past Medical History', 'Past Surgical History', 'Family History',
  'Social History', 'Review of Systems', 'Allergies', 'Medications', 'Immunizations', 'Problems', 'Vital Signs',
  'Physical Examination', 'Laboratory Data', 'Assessment and Plan', 'Assessment', 'Plan', 'Follow-up',
] // oxfmt-ignore

/** Headings and turns of phrase that clinical notes of any house have; the text of a note is packed unencoded. */
export const notePhrases: readonly string[] = [
  ...headings.flatMap((heading) => [`\n\n# ${heading}\n`, `\n\n${heading}\n`, `\n\n## ${heading}\n`]),
  ' year-old non-hispanic white female.',
  ' year-old non-hispanic white male.',
  ' year-old hispanic white female.',
  ' year-old non-hispanic black male.',
  ' year-old non-hispanic asian female.',
  '-year-old woman here for ',
  '-year-old man here for ',
  'Patient has a history of ',
  'Patient is single. Patient is married.',
  'Patient has never smoked. Patient quit smoking. Patient is an active smoker.',
  'Patient denies chest pain, shortness of breath, nausea, vomiting, fever, chills.',
  'Patient currently has ',
  'Patient is presenting with ',
  'The patient was prescribed ',
  'The following procedures were conducted:',
  'No Known Allergies.',
  'No Active Medications.',
  'No complaints.',
  'temperature, pulse, respiratory rate, blood pressure, oxygen saturation, weight, height',
  'within normal limits',
  '- Headache\n- Cough\n- Fever\n- Fatigue\n- Sore throat\n',
  ' (disorder), ',
  ' (finding), ',
  ' MG Oral Tablet; ',
  ' MG Oral Capsule; ',
  ...findings.map(([, display]) => display.toLowerCase()),
  ...drugs.map(([, display]) => display.toLowerCase()),
]
