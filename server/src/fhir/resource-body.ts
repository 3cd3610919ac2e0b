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
  return parsed.resource
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
