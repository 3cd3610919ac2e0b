import { isObject, JsonFault, parseJson, parseResource, type Resource, type ResourceType } from '@chartkeep/model/fhir'
import { Refusal, type RefusalCode } from '#base'

const jsonFaults = {
  malformed: 'body-malformed',
  'too-deep': 'body-too-deep',
  'duplicate-key': 'body-duplicate-key',
  'too-large': 'too-large',
} as const satisfies Record<string, RefusalCode>

/** The JSON value of a body, strictly read. Throws a Refusal that says what is wrong and repeats nothing of it. */
export function readJson(body: Buffer): unknown {
  try {
    return parseJson(body)
  } catch (error) {
    if (error instanceof JsonFault) throw new Refusal(jsonFaults[error.code], { cause: error })
    throw error
  }
}

/** A value as a resource that follows its R4 definition. Throws 'resource-invalid' with every finding. */
export function asResource(value: unknown): Resource {
  if (!isObject(value))
    throw new Refusal('resource-invalid', {
      findings: [{ expression: '$this', issue: 'structure', text: 'A resource is a JSON object.' }],
    })
  const parsed = parseResource(value)
  if ('findings' in parsed) throw new Refusal('resource-invalid', { findings: parsed.findings })
  return parsed.resource
}

export function readResource(body: Buffer, type: ResourceType): Resource {
  const resource = asResource(readJson(body))
  if (resource.resourceType !== type) throw new Refusal('resource-mismatch')
  return resource
}
