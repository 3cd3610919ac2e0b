import { type Resource, type ResourceType, rewriteReferences } from '@chartkeep/model/fhir'
import { bucketOf, type Id, newId } from '#base'
import type { Records, Write } from '#records'
import { synthesize } from '../../tools/synthetic/index.ts'
import { grant, importer, newRequest } from './fixtures.ts'

/** Invented people, straight into the store; `types` leaves out what a test has no use for. Answers each chart's resources. */
export async function storePeople(
  records: Records,
  { seed, patients, types }: { seed: string; patients: number; types: readonly ResourceType[] },
): Promise<Resource[][]> {
  const practice = synthesize({ seed, patients, today: '2026-11-20' })
  const links = new Map<string, string>()
  const store = async (entries: readonly { fullUrl: string; resource: object }[], bucket?: number) => {
    const kept = entries.map(({ fullUrl, resource }) => ({ fullUrl, resource: structuredClone(resource) as Resource }))
    const ids = kept.map(({ fullUrl, resource }) => {
      const id: Id<string> = newId(Date.now(), bucket)
      links.set(fullUrl, `${resource.resourceType}/${id}`)
      return id
    })
    const writes = kept.flatMap(({ resource }, index): Write[] => {
      rewriteReferences(resource, (reference) => links.get(reference))
      const type = resource.resourceType
      if (bucket !== undefined && !types.includes(type)) return []
      return [{ kind: 'create', grant: grant('create', type, importer), resource, id: ids[index] ?? newId(0) }]
    })
    const [first, ...rest] = writes
    if (first !== undefined) await records.write([first, ...rest], newRequest())
    return writes.flatMap((write) => (write.kind === 'create' ? [{ ...write.resource, id: write.id ?? '' }] : []))
  }
  await store(practice.entries)
  const charts: Resource[][] = []
  for (const { entries } of practice.patients()) charts.push(await store(entries, bucketOf(newId(Date.now()))))
  return charts
}
