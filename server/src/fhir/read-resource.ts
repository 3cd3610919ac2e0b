import type { Resource, ResourceType } from '@chartkeep/model/fhir'
import type { Judge } from './judge/judge.ts'
import { requireType } from './resource-body.ts'

/** A body as a valid resource of the type that its address names. Throws what the judge does, and 'resource-mismatch'. */
export async function readResource(
  judge: Judge,
  body: Buffer,
  type: ResourceType,
  signal?: AbortSignal,
): Promise<Resource> {
  return requireType(type, await judge.body(body, signal))
}
