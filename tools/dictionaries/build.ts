import { synthesize } from '../synthetic/index.ts'
import { fixedRuns } from './fixed.ts'
import { countRuns, growDictionary, type Runs } from './grow.ts'
import { Storing } from './stored.ts'

export interface Dictionary {
  readonly id: number
  /** An R4 type, or 'default' for all that have none of their own. */
  readonly type: string
  /** Of its file: the number keeps the files in order. */
  readonly name: string
  readonly bytes: Buffer
}

/**
 * The types that have a dictionary of their own: number, type, most bytes. The number is stored with each record: a
 * number never moves to another type and never comes back.
 */
// oxfmt-ignore
export const plan: readonly (readonly [id: number, type: string, limit: number])[] = [
  [1, 'default', 16384],
  [2, 'Observation', 16384],
  [3, 'Claim', 16384],
  [4, 'DiagnosticReport', 16384],
  [5, 'MedicationRequest', 16384],
  [6, 'Encounter', 16384],
  [7, 'DocumentReference', 16384],
  [8, 'ExplanationOfBenefit', 16384],
  [9, 'Procedure', 16384],
  [10, 'Immunization', 16384],
  [11, 'Condition', 16384],
  [12, 'CareTeam', 8192],
  [13, 'CarePlan', 16384],
  [14, 'Practitioner', 8192],
  [15, 'PractitionerRole', 8192],
  [16, 'Organization', 8192],
  [17, 'Location', 8192],
  [18, 'Patient', 16384],
  [19, 'AllergyIntolerance', 16384],
  [20, 'ImagingStudy', 8192],
  [21, 'ServiceRequest', 16384],
  [22, 'Appointment', 8192],
  [23, 'Slot', 4096],
  [24, 'Schedule', 4096],
  [25, 'Goal', 8192],
  [26, 'Coverage', 8192],
  [27, 'RelatedPerson', 8192],
]

/** Every dictionary of the plan, grown from records of invented patients. */
export function buildDictionaries(): Dictionary[] {
  const byType = new Map<string, Runs>()
  const everything: Runs = new Map()
  const storing = new Storing()
  const practice = synthesize({ seed: 'dictionaries', patients: 120, today: '2026-11-22' })
  const learn = (entries: Parameters<Storing['store']>[0]): void => {
    for (const { type, resource } of storing.store(entries)) {
      const runs = byType.get(type) ?? new Map<string, number>()
      byType.set(type, runs)
      const fixed = fixedRuns(resource)
      countRuns(runs, fixed, 1)
      countRuns(everything, fixed, 1)
    }
  }
  learn(practice.entries)
  for (const patient of practice.patients()) learn(patient.entries)
  return plan.map(([id, type, limit]) => {
    const runs = type === 'default' ? everything : (byType.get(type) ?? everything)
    return { id, type, name: `${String(id).padStart(3, '0')}-${type}.dict`, bytes: growDictionary(runs, limit) }
  })
}
