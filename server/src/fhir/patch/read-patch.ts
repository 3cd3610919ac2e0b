import type { Resource, ResourceType } from '@chartkeep/model/fhir'
import { isObject } from '@chartkeep/model/fhir'
import { parseBody } from '#http'
import { makeRelative, type OwnAddresses } from '../own-address.ts'
import { asResourceOf } from '../resource-body.ts'
import { readFhirpathPatch } from './fhirpath-patch.ts'
import { readJsonPatch } from './json-patch.ts'
import { type Patch, patchInvalid } from './patch.ts'

const jsonPatch = /^\s*application\/json-patch\+json\s*(?:;|$)/i

/** A patch as its media type has it: JSON Patch, or else a FHIRPath Patch in a Parameters resource (R4 http, 3.1.0.9). */
export async function readPatch(contentType: string, body: Buffer): Promise<Patch> {
  const value = parseBody(body)
  return jsonPatch.test(contentType) ? readJsonPatch(value) : readFhirpathPatch(value)
}

/** A patch in a Bundle: Parameters, or a Binary with a JSON Patch (R4 http, 3.1.0.11.2). */
export async function readBundledPatch(resource: unknown): Promise<Patch> {
  if (!isObject(resource) || resource['resourceType'] !== 'Binary') return readFhirpathPatch(resource)
  const { contentType, data } = resource
  if (typeof contentType !== 'string' || !jsonPatch.test(contentType) || typeof data !== 'string')
    throw patchInvalid('Binary', 'A Binary that patches has a JSON Patch as its content.')
  return readJsonPatch(parseBody(Buffer.from(data, 'base64')))
}

/** What a patch makes of a record is judged as if it had been sent. Throws 'resource-invalid'. */
export function applying(
  { type, own }: { readonly type: ResourceType; readonly own: OwnAddresses },
  patch: Patch,
): (resource: Resource) => Resource {
  return (resource) => {
    const made = asResourceOf(type, patch(resource))
    makeRelative(made, own)
    return made
  }
}
