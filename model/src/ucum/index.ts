// Conversion between units of UCUM, by the tables of @lhncbc/ucum-lhc.
import type { Units } from '../fhir/index.ts'

let loaded: Promise<Units> | undefined

/** The units, read when first asked for: 40 ms and 3 MB that most searches do not need. */
export function loadUnits(): Promise<Units> {
  loaded ??= import('./units.ts').then(({ ucumUnits }) => ucumUnits())
  return loaded
}
