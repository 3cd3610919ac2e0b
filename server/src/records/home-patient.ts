import { patientsOf, type Resource } from '@chartkeep/model/fhir'
import { type Id, parseId, Refusal } from '#base'

/** Types that R4 leaves out of the compartment although they are about one patient: kept with that patient here. */
const alsoAbout = ['patient', 'subject', 'for', 'securityContext'] as const

/**
 * The patient with whom a record is kept: under whose key, in whose bucket. The first that the CompartmentDefinition
 * names; for the few types outside it (Task, Device, Binary…) the patient they point to. Undefined: the practice's.
 * Throws 'reference-unresolved' for a patient who is only described (a search, another server), not named here.
 */
export function homePatient(resource: Resource): Id<'patient'> | undefined {
  if (resource.resourceType === 'Patient') return undefined
  const named = namedPatients(resource)
  for (const text of named) {
    const patient = localPatient(text)
    if (patient !== undefined) return patient
  }
  // A urn that led nowhere in its bundle may be anyone's; anything else here is a patient that we do not have.
  if (named.some((text) => /Patient[/?]/.test(text))) throw new Refusal('reference-unresolved')
  return undefined
}

/** The texts that may say whose record it is, the likeliest first: what `homePatient` goes by, in any form. */
export function namedPatients(resource: Resource): string[] {
  return [...patientsOf(resource), ...alsoAbout.map((element) => referenceIn(resource[element]))].filter(
    (text) => text !== undefined,
  )
}

function localPatient(reference: string): Id<'patient'> | undefined {
  const id = /^Patient\/([^/]+)(?:\/_history\/.*)?$/.exec(reference)?.[1]
  return id === undefined ? undefined : parseId<'patient'>(id)
}

function referenceIn(value: unknown): string | undefined {
  const reference = typeof value === 'object' && value !== null && 'reference' in value ? value.reference : undefined
  return typeof reference === 'string' ? reference : undefined
}
