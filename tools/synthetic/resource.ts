/** FHIR R4 as plain JSON. Elements are written in the order of their definitions, as most servers write them. */
export type Json = string | number | boolean | readonly Json[] | { readonly [element: string]: Json }
export type Element = { readonly [element: string]: Json }
export type Resource = { readonly resourceType: string } & Element

/** A resource before it has an id: others refer to it by `fullUrl` (`urn:uuid:…`), as in a transaction Bundle. */
export interface Entry {
  readonly fullUrl: string
  readonly resource: Resource
}

/** Something that other resources refer to. */
export interface Target {
  readonly ref: string
  readonly display: string
}

/** Code and display; the system is known where it is used. */
export type Code = readonly [code: string, display: string]

export const snomedSystem = 'http://snomed.info/sct'
export const loincSystem = 'http://loinc.org'
export const icd10System = 'http://hl7.org/fhir/sid/icd-10-cm'
export const rxnormSystem = 'http://www.nlm.nih.gov/research/umls/rxnorm'
export const cvxSystem = 'http://hl7.org/fhir/sid/cvx'
const ucumSystem = 'http://unitsofmeasure.org'

const terminology = 'http://terminology.hl7.org/CodeSystem/'
const usCore = 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-'

export function coding(system: string, [code, display]: Code): Element {
  return { system, code, display }
}

export function snomed(code: Code): Element {
  return { coding: [coding(snomedSystem, code)], text: code[1] }
}

export function loinc(code: Code): Element {
  return { coding: [coding(loincSystem, code)], text: code[1] }
}

/** A concept of an HL7 code system: `concept('condition-clinical', 'active', 'Active')`. */
export function concept(system: string, code: string, display?: string): Element {
  return { coding: [{ system: terminology + system, code, ...(display === undefined ? {} : { display }) }] }
}

/** `meta` that names a US Core profile: `profile('patient')`. */
export function profile(...names: readonly string[]): Element {
  return { profile: names.map((name) => usCore + name) }
}

export function extension(name: string, parts: Element): Element {
  return { url: usCore + name, ...parts }
}

export function quantity(value: number, unit: string, code = unit): Element {
  return { value, unit, system: ucumSystem, code }
}

/** A reference with the words that stand for it. */
export function to(target: Target): Element {
  return { reference: target.ref, display: target.display }
}

/** `when(x, { a: 1 })` → the element when the condition holds, nothing otherwise. For spreading. */
export function when(condition: boolean, element: Element): Element {
  return condition ? element : {}
}

export function round(value: number, decimals: number): number {
  const scale = 10 ** decimals
  return Math.round(value * scale) / scale
}
