// Conversion between units of UCUM, by the tables of @lhncbc/ucum-lhc.
import type { Units } from '../fhir/index.ts'

let loaded: Promise<Units> | undefined

let checking: Promise<(code: string) => boolean> | undefined

/** Whether a code is a unit of UCUM, as a function; read as the units are. */
export function loadUnitCheck(): Promise<(code: string) => boolean> {
  checking ??= import('./units.ts').then(({ unitCheck }) => unitCheck())
  return checking
}

/** The units, read when first asked for: 40 ms and 3 MB that most searches do not need. */
export function loadUnits(): Promise<Units> {
  loaded ??= import('./units.ts').then(({ ucumUnits }) => ucumUnits())
  return loaded
}
