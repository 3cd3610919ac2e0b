import { patientPaths } from './generated/compartment.ts'
import { readReference } from './reference-text.ts'
import { isObject, type Resource } from './resource.ts'

const compiled = new Map<string, readonly (readonly string[])[]>()

/**
 * The patients in whose compartment a record is (R4 CompartmentDefinition "patient"), as its references name them:
 * `Patient/x` (also with a base address, never with a version), `Patient?…` and `urn:…`. Each once.
 *
 * The first is the home compartment: the patient whom the record is about, before those who only took part in it. A
 * Patient is first in its own (`Patient/<id>`, when it has an id), then in those it links to. The others are in the
 * list because the record belongs to their compartments as well: who may see those may see it.
 *
 * A urn does not tell its type, so one is returned wherever a Patient could stand; who resolves it drops the others.
 * None is returned for a type outside the compartment (Task, Device, GuidanceResponse … in R4), for a contained
 * patient, or for one named by an identifier alone.
 */
export function patientsOf(resource: Resource): string[] {
  const found: string[] = []
  if (resource.resourceType === 'Patient' && resource.id !== undefined) found.push(`Patient/${resource.id}`)
  for (const path of pathsOf(resource.resourceType)) collect(resource, path, 0, found)
  return found
}

/** Whether R4 puts records of this type in the compartment of a patient at all. */
export function hasPatientCompartment(type: string): boolean {
  return Object.hasOwn(patientPaths, type)
}

function pathsOf(type: string): readonly (readonly string[])[] {
  const known = compiled.get(type)
  if (known !== undefined) return known
  const text = Object.hasOwn(patientPaths, type) ? patientPaths[type] : undefined
  const paths = text === undefined ? [] : text.split(' ').map((path) => path.split('.'))
  compiled.set(type, paths)
  return paths
}

function collect(value: unknown, path: readonly string[], at: number, found: string[]): void {
  if (Array.isArray(value)) {
    for (const one of value) collect(one, path, at, found)
  } else if (isObject(value)) {
    const name = path[at]
    if (name === undefined) addPatient(value['reference'], found)
    else collect(value[name], path, at + 1, found)
  }
}

function addPatient(reference: unknown, found: string[]): void {
  if (typeof reference !== 'string') return
  const text = patientText(reference)
  if (text !== undefined && !found.includes(text)) found.push(text)
}

function patientText(reference: string): string | undefined {
  if (reference.startsWith('urn:')) return reference
  const read = readReference(reference)
  if (read.kind === 'record' && read.type === 'Patient') return `${read.base}Patient/${read.id}`
  return read.kind === 'condition' && read.type === 'Patient' ? reference : undefined
}
