import { type Code, coding, type Element, type Resource, snomedSystem } from '../../synthetic/resource.ts'

/** A shape and how often records have it, relative to the others of its type. */
export interface Shape {
  readonly weight: number
  readonly resource: Resource
}

// Where a value would be. Dates begin like those of this century; the rest is cut out by its element.
export const someone = 'x'
export const time = '2020-01-01T00:00:00+01:00'
export const period = { start: time, end: time }
export const core = 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-'
export const base = 'http://hl7.org/fhir/StructureDefinition/'

export const ref = (type: string): Element => ({ reference: `${type}/x` })
export const named = (type: string): Element => ({ reference: `${type}/x`, display: someone })
export const text = (system: string, code: Code): Element => ({ coding: [coding(system, code)], text: code[1] })
export const snomed = (code: Code): Element => text(snomedSystem, code)
export const meta = (...profile: readonly string[]): Element => ({
  profile,
  versionId: '1',
  lastUpdated: '2026-11-22T09:00:00.000Z',
})
export const stamp = { versionId: '1', lastUpdated: '2026-11-22T09:00:00.000Z' }
export const active = (system: string, code: string): Element => ({
  coding: [{ system: `http://terminology.hl7.org/CodeSystem/${system}`, code }],
})
