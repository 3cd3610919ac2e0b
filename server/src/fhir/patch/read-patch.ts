import { isObject, type Resource, type ResourceType } from '@chartkeep/model/fhir'
import { parseBody } from '#http'
import type { BundleEntry } from '../bundle.ts'
import type { Judge } from '../judge/judge.ts'
import { makeRelative, type OwnAddresses } from '../own-address.ts'
import { requireType, resourceOf } from '../resource-body.ts'
import { readEdits } from './fhirpath-patch.ts'
import { readJsonPatch } from './json-patch.ts'
import { type Apply, type Patch, patchInvalid } from './patch.ts'

const jsonPatch = /^\s*application\/json-patch\+json\s*(?:;|$)/i

/** A patch as its media type has it: JSON Patch, or else a FHIRPath Patch in a Parameters resource (R4 http, 3.1.0.9). */
export async function readPatch(judge: Judge, contentType: string, body: Buffer): Promise<Patch> {
  if (jsonPatch.test(contentType)) {
    const value = parseBody(body)
    return patchOf(judge, 'json', value, readJsonPatch(value))
  }
  const parameters = await judge.body(body)
  return patchOf(judge, 'fhirpath', parameters, readEdits(parameters))
}

/** A patch in a Bundle: Parameters, or a Binary with a JSON Patch (R4 http, 3.1.0.11.2). */
export async function readBundledPatch(judge: Judge, entry: BundleEntry): Promise<Patch> {
  const { resource } = entry
  if (!isObject(resource) || resource['resourceType'] !== 'Binary')
    return patchOf(judge, 'fhirpath', resource, readEdits(resourceOf(entry)))
  const { contentType, data } = resource
  if (typeof contentType !== 'string' || !jsonPatch.test(contentType) || typeof data !== 'string')
    throw patchInvalid('Binary', 'A Binary that patches has a JSON Patch as its content.')
  const value = parseBody(Buffer.from(data, 'base64'))
  return patchOf(judge, 'json', value, readJsonPatch(value))
}

function patchOf(judge: Judge, form: 'json' | 'fhirpath', body: unknown, apply: Apply): Patch {
  return (resource) => judge.patched({ form, body, apply }, resource)
}

/** What a patch makes of a record is judged as if it had been sent. Throws 'resource-invalid'. */
export function applying(
  { type, own }: { readonly type: ResourceType; readonly own: OwnAddresses },
  patch: Patch,
): (resource: Resource) => Promise<Resource> {
  return async (resource) => {
    const made = requireType(type, await patch(resource))
    makeRelative(made, own)
    return made
  }
}
