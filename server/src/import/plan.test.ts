import { expect, test } from 'vitest'
import { planSteps } from './plan.ts'

const file = (path: string, patients: number, charted: number, patientsFirst = true) => ({
  path,
  number: 0,
  patients,
  charted,
  patientsFirst,
})

test('the practice comes before patients, and patients before what is theirs', () => {
  const files = [file('observations', 0, 9), file('bundle', 1, 20), file('practitioners', 0, 0), file('patients', 5, 0)]
  const phases = planSteps(files).map((phase) => phase.map((step) => `${step.file.path} ${step.selection}`))
  expect(phases).toEqual([['practitioners all'], ['bundle all', 'patients all'], ['observations all']])
})

test('a file in which records come before their patient is read twice', () => {
  const phases = planSteps([file('mixed', 2, 9, false)]).map((phase) => phase.map((step) => step.selection))
  expect(phases).toEqual([['patients'], ['others']])
})
