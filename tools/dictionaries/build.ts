import { synthesize } from '../synthetic/index.ts'
import { fixedRuns } from './fixed.ts'
import { type JsonObject, textOf } from './json.ts'
import { countRuns, growDictionary, type Runs } from './grow.ts'
import { shapes } from './shapes/index.ts'
import { Storing } from './stored.ts'
import { notePhrases } from './words/index.ts'

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
  [1, 'default', 12288],
  [2, 'Observation', 8192],
  [3, 'Claim', 8192],
  [4, 'DiagnosticReport', 12288],
  [5, 'MedicationRequest', 8192],
  [6, 'Encounter', 4096],
  [7, 'DocumentReference', 12288],
  [8, 'ExplanationOfBenefit', 4096],
  [9, 'Procedure', 8192],
  [10, 'Immunization', 4096],
  [11, 'Condition', 8192],
  [12, 'CareTeam', 8192],
  [13, 'CarePlan', 8192],
  [14, 'Practitioner', 8192],
  [15, 'PractitionerRole', 8192],
  [16, 'Organization', 8192],
  [17, 'Location', 8192],
  [18, 'Patient', 8192],
  [19, 'AllergyIntolerance', 4096],
  [20, 'ImagingStudy', 8192],
  [21, 'ServiceRequest', 8192],
  [22, 'Appointment', 4096],
  [23, 'Slot', 4096],
  [24, 'Schedule', 4096],
  [25, 'Goal', 8192],
  [26, 'Coverage', 8192],
  [27, 'RelatedPerson', 8192],
  [28, 'SupplyDelivery', 8192],
  [29, 'Provenance', 8192],
  [30, 'Medication', 8192],
  [31, 'MedicationAdministration', 8192],
  [32, 'Device', 8192],
]

/** The number leads, so that files and plan stand in the same order. */
export function fileName(id: number, type: string): string {
  return `${String(id).padStart(3, '0')}-${type}.dict`
}

/** Every dictionary of the plan. */
export function buildDictionaries(): Dictionary[] {
  const runs = collectRuns()
  return plan.map(([id, type, limit]) => {
    return {
      id,
      type,
      name: fileName(id, type),
      bytes: growDictionary(runs.get(type) ?? new Map<string, number>(), limit),
    }
  })
}

/**
 * What records of each type say alike: half the weight has how our own practice writes them, half how others do.
 * 'default' has what all types say.
 */
export function collectRuns(): ReadonlyMap<string, Runs> {
  const byType = new Map<string, Runs>()
  for (const source of [ownRecords(), [...shapes()]]) {
    const totals = new Map<string, number>()
    for (const { resource, weight } of source) {
      for (const type of [textOf(resource['resourceType']), 'default'])
        totals.set(type, (totals.get(type) ?? 0) + weight)
    }
    for (const { resource, weight } of source) {
      const texts = fixedRuns(resource)
      for (const type of [textOf(resource['resourceType']), 'default']) {
        const runs = byType.get(type) ?? new Map<string, number>()
        byType.set(type, runs)
        countRuns(runs, texts, weight / (totals.get(type) ?? 1))
      }
    }
  }
  for (const type of ['DocumentReference', 'DiagnosticReport', 'default'])
    countRuns(byType.get(type) ?? new Map<string, number>(), notePhrases, notePhraseShare)
  return byType
}

// Each phrase stands in about one note of a hundred.
const notePhraseShare = 0.01

function ownRecords(): { readonly resource: JsonObject; readonly weight: number }[] {
  const storing = new Storing()
  const practice = synthesize({ seed: 'dictionaries', patients: 120, today: '2026-11-22' })
  const stored = storing.store(practice.entries)
  for (const { entries } of practice.patients()) stored.push(...storing.store(entries))
  return stored.map(({ resource }) => ({ resource, weight: 1 }))
}
