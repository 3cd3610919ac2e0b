import { createStore } from '../ui/store.ts'

/** A chart that is open at this workstation. Only in memory; the screen shows at most a few, because mix-ups come from many. */
export interface OpenPatient {
  readonly id: string
  readonly name: string
}

export const mostOpen = 4

export const openPatients = createStore<readonly OpenPatient[]>([])

/** Newest first; a chart that is opened again keeps its place. */
export function noteOpen(patient: OpenPatient): void {
  openPatients.set(withOpen(openPatients.get(), patient))
}

export function withOpen(open: readonly OpenPatient[], patient: OpenPatient): readonly OpenPatient[] {
  const known = open.some(({ id }) => id === patient.id)
  return known ? open.map((one) => (one.id === patient.id ? patient : one)) : [patient, ...open].slice(0, mostOpen)
}

export function closePatient(id: string): void {
  openPatients.set(openPatients.get().filter((patient) => patient.id !== id))
}
