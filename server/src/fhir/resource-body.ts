import { isObject, parseResource, type Resource, type ResourceType } from '@chartkeep/model/fhir'
import { claimErrors } from '@chartkeep/model/profiles'
import { Refusal } from '#base'
import type { BundleEntry } from './bundle.ts'

/** A value as a resource that follows R4 and the profiles that it claims, as far as they are held. Throws 'resource-invalid' with every finding. */
export function asResource(value: unknown): Resource {
  if (!isObject(value))
    throw new Refusal('resource-invalid', {
      findings: [{ expression: '$this', issue: 'structure', text: 'A resource is a JSON object.' }],
    })
  const parsed = parseResource(value)
  if ('findings' in parsed) throw new Refusal('resource-invalid', { findings: parsed.findings })
  const findings = claimErrors(parsed.resource)
  if (findings.length > 0) throw new Refusal('resource-invalid', { findings })
  requireKept(parsed.resource)
  return parsed.resource
}

const keptBundles: readonly unknown[] = ['document', 'collection', 'message']

/** A Bundle that says what is to be done is carried out, one that answers was made for its reader: neither is a record. */
function requireKept({ resourceType, type }: Resource): void {
  if (resourceType !== 'Bundle' || keptBundles.includes(type)) return
  const text = `Only a ${keptBundles.join(', ')} is kept. What is to be carried out is sent to the base address.`
  throw new Refusal('resource-invalid', { findings: [{ expression: 'Bundle.type', issue: 'value', text }] })
}

/** The resource of an entry of a Bundle. Throws 'resource-invalid'. */
export function resourceOf({ resource, judged }: Pick<BundleEntry, 'resource' | 'judged'>): Resource {
  if (judged === undefined) return asResource(resource)
  if (judged !== 'valid') throw judged
  // oxlint-disable-next-line no-unsafe-type-assertion -- validated with the whole Bundle
  return resource as Resource
}

/** Throws 'resource-mismatch' for a resource of another type than its address names. */
export function requireType(type: ResourceType, resource: Resource): Resource {
  if (resource.resourceType !== type) throw new Refusal('resource-mismatch')
  return resource
}
