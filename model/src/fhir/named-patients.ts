import { bundledPatients } from './chart-references.ts'
import { patientsOf } from './compartment.ts'
import { isObject, type Resource } from './resource.ts'

/** Types that R4 leaves out of the compartment although they are about one patient point to that patient here. */
const alsoAbout = ['patient', 'subject', 'for', 'securityContext'] as const

/**
 * The texts that may say whose record it is, the likeliest first: those of the CompartmentDefinition, and for the few
 * types outside it (Task, Device, Binary …) the patient they point to; of a
 * Bundle the only one that its resources are about. Any form a reference has; others than patients
 * may be among them.
 */
export function namedPatients(resource: Resource): string[] {
  if (resource.resourceType === 'Bundle') {
    const bundled = bundledPatients(resource)
    return bundled.length === 1 ? bundled.map((id) => `Patient/${id}`) : []
  }
  const named = patientsOf(resource)
  for (const element of alsoAbout) {
    const value = resource[element]
    for (const one of Array.isArray(value) ? value : [value])
      if (isObject(one) && typeof one['reference'] === 'string') named.push(one['reference'])
  }
  return named
}
