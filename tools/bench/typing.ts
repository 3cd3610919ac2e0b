import { faceOf, PatientIndex } from '../../server/src/records/index.ts'
import type { Resource } from '../../model/src/fhir/index.ts'
import { synthesize } from '../synthetic/index.ts'

const patients = 10_000

export interface Typing {
  /** Milliseconds of the slowest in twenty searches. */
  readonly p95: number
  readonly patients: number
}

/** While names, birth dates and numbers are typed, letter by letter. */
export function measureTyping(): Typing {
  const index = new PatientIndex()
  const typed: string[] = []
  let made = 0
  for (const { patient } of synthesize({ seed: 'typing', patients, today: '2026-11-20' }).patients()) {
    const id = `00000000-0000-8000-8000-${String(made++).padStart(12, '0')}`
    const face = faceOf({ ...patient.resource, id } as Resource)
    index.put(face)
    if (made % 50 === 0) typed.push(face.name.replace(',', ''), `${face.given} ${face.birthDate ?? ''}`, face.mrn ?? '')
  }
  const times: number[] = []
  for (const text of typed) {
    for (let length = 1; length <= text.length; length++) {
      const start = performance.now()
      for (const face of index.find(text.slice(0, length), 20).faces) index.likely(face)
      times.push(performance.now() - start)
    }
  }
  times.sort((a, b) => a - b)
  return { p95: times[Math.floor(times.length * 0.95)] ?? 0, patients }
}
