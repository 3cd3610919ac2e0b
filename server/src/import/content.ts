import { parseJson, type Resource } from '@chartkeep/model/fhir'
import { type Id, Refusal } from '#base'
import { homePatient } from '#records'
import type { Admitted } from './item.ts'

export function resourceOf({ content }: Pick<Admitted, 'content'>): Resource {
  if ('resource' in content) return content.resource
  // oxlint-disable-next-line no-unsafe-type-assertion -- written by our other thread from a resource that it had judged
  return (content.exact ? parseJson(Buffer.from(content.json)) : JSON.parse(content.json)) as Resource
}

/** The patient with whom the store would keep it; undefined: the practice; 'nobody': a patient who is only described. */
export function patientIn(resource: Resource): Id<'patient'> | undefined | 'nobody' {
  try {
    return homePatient(resource)
  } catch (error) {
    if (error instanceof Refusal) return 'nobody'
    throw error
  }
}
