import { type Resource } from '@chartkeep/model/fhir'
import { splitCanonical } from '@chartkeep/model/terminology'
import type { Grant } from '#policy'
import type { SearchStores } from './search/engine.ts'
import { search } from './search/search.ts'
import { parseStored, type Stored } from './visible.ts'

// More versions of one definition than this are not told apart.
const mostVersions = 100

/**
 * A stored definition (ValueSet, CodeSystem …) by its canonical, found and recorded like any search. Of several with one
 * address: one in use before a draft, then the highest version, then the latest change.
 */
export async function definition(
  stores: SearchStores,
  grant: Grant<'search'>,
  canonical: string,
  request: string,
): Promise<Stored | undefined> {
  const { url, version } = splitCanonical(canonical)
  const parameters: (readonly [string, string])[] = [['url', escaped(url)]]
  if (version !== undefined) parameters.push(['version', escaped(version)])
  const asked = { type: grant.question.type, parameters, strict: true, count: mostVersions }
  const { records } = await search(stores, grant, asked, request)
  const [best] = records.map((stored) => ({ stored, resource: parseStored(stored.json) })).toSorted(byPreference)
  return best?.stored
}

/** In a search a comma is an "or". */
function escaped(text: string): string {
  return text.replaceAll(/[\\,$|]/g, String.raw`\$&`)
}

interface Found {
  readonly stored: Stored
  readonly resource: Resource
}

const preference = ['active', 'draft', 'unknown', 'retired']

function byPreference(a: Found, b: Found): number {
  const rank = ({ resource }: Found): number => preference.indexOf(String(resource['status']))
  const version = ({ resource }: Found): string => (typeof resource['version'] === 'string' ? resource['version'] : '')
  return (
    rank(a) - rank(b) ||
    version(b).localeCompare(version(a), 'en', { numeric: true }) ||
    b.stored.updated - a.stored.updated
  )
}
