import { namedPatients, type Resource } from '@chartkeep/model/fhir'
import { type Id, parseId, Refusal } from '#base'

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

function localPatient(reference: string): Id<'patient'> | undefined {
  const id = /^Patient\/([^/]+)(?:\/_history\/.*)?$/.exec(reference)?.[1]
  return id === undefined ? undefined : parseId<'patient'>(id)
}
