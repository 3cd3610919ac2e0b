import type { Resource } from '@chartkeep/model/fhir'
import {
  type CodeSystem,
  joinLibraries,
  type Library,
  missingFor,
  type Needs,
  readCodeSystem,
  readValueSet,
  shipped,
  splitCanonical,
  TerminologyFault,
  type ValueSet,
} from '@chartkeep/model/terminology'
import { type Id, Refusal } from '#base'
import { parseStored, type Records, type Stored } from '#records'
import { ask, type Asking } from './offered.ts'
import { asResourceOf } from './resource-body.ts'

/**
 * What is shipped and, where that is not enough, the practice's own definitions. They are looked up in the store each time:
 * policy is asked and the look recorded, and no server of several answers with an older one.
 */
export interface Definitions {
  readonly records: Records
  readonly asking: Asking
}

// Each is a search. What is nested deeper is refused, not left out.
const mostLookUps = 64

/**
 * A library with all that a value set needs, as far as it is to be had, and with the code systems that are asked for
 * besides. Throws 'expansion-too-costly'.
 */
export async function libraryFor(
  definitions: Definitions,
  root: ValueSet,
  besides: readonly string[] = [],
): Promise<Library> {
  const systems = new Map<string, CodeSystem>()
  const sets = new Map<string, ValueSet>()
  const found: Library = {
    codeSystem: (url, version) => ofVersion(systems.get(canonicalOf(url, version)), version),
    valueSet: (url, version) => ofVersion(sets.get(canonicalOf(url, version)), version),
  }
  const library = joinLibraries(shipped, found)
  const isMissing = (canonical: string): boolean => {
    const { url, version } = splitCanonical(canonical)
    return library.codeSystem(url, version) === undefined
  }
  const asked = new Set<string>()
  const unseen = (canonicals: readonly string[]): string[] => canonicals.filter((one) => !asked.has(one))
  const seen = new Set<ValueSet>()
  let needs: readonly Needs[] = [{ valueSets: [], codeSystems: besides.filter(isMissing) }, missingFor(root, library)]
  for (let level: readonly ValueSet[] = [root]; level.length > 0;) {
    for (const set of level) seen.add(set)
    const wantedSets = new Set(unseen(needs.flatMap((one) => one.valueSets)))
    const wantedSystems = new Set(unseen(needs.flatMap((one) => one.codeSystems)))
    for (const one of [...wantedSets, ...wantedSystems]) asked.add(one)
    if (asked.size > mostLookUps) throw new Refusal('expansion-too-costly')
    await Promise.all([
      ...[...wantedSets].map(async (one) => keep(sets, one, await storedValueSet(definitions, one))),
      ...[...wantedSystems].map(async (one) => keep(systems, one, await storedCodeSystem(definitions, one))),
    ])
    level = level
      .flatMap(({ include, exclude }) => [...include, ...exclude].flatMap(({ valueSets }) => valueSets))
      .flatMap((canonical) => findIn(library, canonical) ?? [])
      .filter((set) => !seen.has(set))
    needs = level.map((set) => missingFor(set, library))
  }
  return library
}

function keep<T>(known: Map<string, T>, canonical: string, one: T | undefined): void {
  if (one !== undefined) known.set(canonical, one)
}

function findIn(library: Library, canonical: string): ValueSet | undefined {
  const { url, version } = splitCanonical(canonical)
  return library.valueSet(url, version)
}

function ofVersion<T extends { readonly version: string | undefined }>(
  one: T | undefined,
  version: string | undefined,
): T | undefined {
  return version === undefined || one?.version === version ? one : undefined
}

function canonicalOf(url: string, version: string | undefined): string {
  return version === undefined ? url : `${url}|${version}`
}

/** A value set by its canonical: the one that is shipped, else the practice's own. Throws 'value-set-unknown'. */
export async function valueSetAt(definitions: Definitions, canonical: string): Promise<ValueSet> {
  const found = findIn(shipped, canonical) ?? (await storedValueSet(definitions, canonical))
  if (found === undefined) throw new Refusal('value-set-unknown')
  return found
}

/** The same for a code system; undefined when there is none. */
export async function codeSystemAt(definitions: Definitions, canonical: string): Promise<CodeSystem | undefined> {
  const { url, version } = splitCanonical(canonical)
  return shipped.codeSystem(url, version) ?? storedCodeSystem(definitions, canonical)
}

/** A record of the practice's by its id. Throws as `records.read` does. */
export async function valueSetOf({ records, asking }: Definitions, id: Id<string>): Promise<ValueSet> {
  return readValueSet(parseStored((await records.read(ask(asking, 'read', 'ValueSet'), id, asking.request)).json))
}

export async function codeSystemOf({ records, asking }: Definitions, id: Id<string>): Promise<CodeSystem> {
  const stored = await records.read(ask(asking, 'read', 'CodeSystem'), id, asking.request)
  const system = readCodeSystem(parseStored(stored.json))
  if (system === undefined) throw new Refusal('code-system-unknown')
  return system
}

/** One that was sent with the question. Throws 'resource-invalid'. */
export function sentValueSet(value: unknown): ValueSet {
  return readValueSet(asResourceOf('ValueSet', value))
}

export function sentCodeSystem(value: unknown): CodeSystem {
  const system = readCodeSystem(asResourceOf('CodeSystem', value))
  if (system === undefined) throw new Refusal('code-system-unknown')
  return system
}

async function storedValueSet(definitions: Definitions, canonical: string): Promise<ValueSet | undefined> {
  const resource = await storedDefinition(definitions, 'ValueSet', canonical)
  return resource === undefined ? undefined : readValueSet(resource)
}

async function storedCodeSystem(definitions: Definitions, canonical: string): Promise<CodeSystem | undefined> {
  const resource = await storedDefinition(definitions, 'CodeSystem', canonical)
  return resource === undefined ? undefined : readCodeSystem(resource)
}

/** Among several of one address: one in use rather than a draft, then the highest version, then the latest change. */
async function storedDefinition(
  { records, asking }: Definitions,
  type: 'ValueSet' | 'CodeSystem',
  canonical: string,
): Promise<Resource | undefined> {
  const { url, version } = splitCanonical(canonical)
  // Escaped: in a search a comma is an "or".
  const escaped = (text: string): string => text.replaceAll(/[\\,$|]/g, String.raw`\$&`)
  const parameters: (readonly [string, string])[] = [['url', escaped(url)]]
  if (version !== undefined) parameters.push(['version', escaped(version)])
  const search = { type, parameters, strict: true, count: 100 }
  const found = await records.search(ask(asking, 'search', type), search, asking.request)
  return found.records.map(opened).toSorted(byPreference)[0]?.resource
}

interface Opened {
  readonly resource: Resource
  readonly updated: number
}

function opened({ json, updated }: Stored): Opened {
  return { resource: parseStored(json), updated }
}

const preference = ['active', 'draft', 'unknown', 'retired']

function byPreference(a: Opened, b: Opened): number {
  const [first, second] = [a, b].map(({ resource }) => preference.indexOf(String(resource['status'])))
  const byStatus = (first ?? 0) - (second ?? 0)
  if (byStatus !== 0) return byStatus
  const versionOf = ({ resource }: Opened): string =>
    typeof resource['version'] === 'string' ? resource['version'] : ''
  const byVersion = versionOf(b).localeCompare(versionOf(a), 'en', { numeric: true })
  return byVersion === 0 ? b.updated - a.updated : byVersion
}

/** Carries out what may fail for reasons that lie in a definition, and says so in the interface's words. */
export async function refusingFaults<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof TerminologyFault)) throw error
    throw new Refusal(error.code === 'too-costly' ? 'expansion-too-costly' : 'value-set-unusable')
  }
}
