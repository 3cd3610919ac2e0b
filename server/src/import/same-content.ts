import { formatJson, parseJson, type Resource } from '@chartkeep/model/fhir'
import type { Stored } from '#records'

/** Whether the version that is here says what the resource does, to the digit; its id, version and time are ours. */
export function sameContent({ deleted, json }: Pick<Stored, 'deleted' | 'json'>, resource: Resource): boolean {
  if (deleted) return false
  // oxlint-disable-next-line no-unsafe-type-assertion -- what is stored was made of a resource
  return contentOf(parseJson(json, { bytes: json.length }) as Resource) === contentOf(resource)
}

function contentOf(resource: Resource): string {
  const { resourceType, id: _, meta, ...elements } = resource
  const { versionId: __, lastUpdated: ___, ...marks } = meta ?? {}
  const kept = Object.keys(marks).length === 0 ? {} : { meta: marks }
  return formatJson({ resourceType, ...kept, ...elements }, resource)
}
