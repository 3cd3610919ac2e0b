import type { SurveyedFile } from './survey.ts'

/** Which records of a file are taken in this reading of it. */
export type Selection = 'all' | 'patients' | 'others'

export interface Step {
  readonly file: SurveyedFile
  readonly selection: Selection
}

/**
 * The readings, in phases: each begins when all of the one before is stored. The practice first, because charts refer
 * to it by its identifiers; then patients, with their charts where these follow them in the same file; then the rest.
 */
export function planSteps(files: readonly SurveyedFile[]): readonly (readonly Step[])[] {
  const practice: Step[] = []
  const patients: Step[] = []
  const rest: Step[] = []
  for (const file of files) {
    if (file.patients === 0) (file.charted === 0 ? practice : rest).push({ file, selection: 'all' })
    else if (file.patientsFirst) patients.push({ file, selection: 'all' })
    else {
      patients.push({ file, selection: 'patients' })
      rest.push({ file, selection: 'others' })
    }
  }
  return [practice, patients, rest].filter((phase) => phase.length > 0)
}
