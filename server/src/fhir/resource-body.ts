import { isObject, parseResource, type Resource, type ResourceType } from '@chartkeep/model/fhir'
import { claimErrors } from '@chartkeep/model/profiles'
import { Refusal } from '#base'
import { parseBody } from '#http'

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

/** A value as a resource of the type that its address names. Throws 'resource-mismatch' for another one. */
export function asResourceOf(type: ResourceType, value: unknown): Resource {
  const resource = asResource(value)
  if (resource.resourceType !== type) throw new Refusal('resource-mismatch')
  return resource
}

export function readResource(body: Buffer, type: ResourceType): Resource {
  return asResourceOf(type, parseBody(body))
}
