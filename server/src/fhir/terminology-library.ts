import type { Resource } from '@chartkeep/model/fhir'
import {
  type CodeSystem,
  gather,
  type Library,
  needsOf,
  readCodeSystem,
  readValueSet,
  shipped,
  splitCanonical,
  TerminologyFault,
  type ValueSet,
} from '@chartkeep/model/terminology'
import { type Id, Refusal } from '#base'
import { parseStored, type Records } from '#records'
import type { Judge } from './judge/judge.ts'
import { ask, type Asking } from './offered.ts'
import { requireType } from './resource-body.ts'

/**
 * What is shipped and, where that is not enough, the practice's own definitions. They are looked up in the store each time:
 * policy is asked and the look recorded, and no server of several answers with an older one.
 */
export interface Definitions {
  readonly records: Records
  readonly asking: Asking
}

/**
 * A library with all that a value set needs, as far as it is to be had, and with the code systems that are asked for
 * besides. Throws TerminologyFault.
 */
export async function libraryFor(
  definitions: Definitions,
  set: ValueSet,
  besides: readonly string[] = [],
): Promise<Library> {
  const { valueSets, codeSystems } = needsOf(set)
  const wanted = { valueSets, codeSystems: [...codeSystems, ...besides] }
  return gather(shipped, wanted, async (type, canonical) => storedDefinition(definitions, type, canonical))
}

/** A value set by its canonical: the one that is shipped, else the practice's own. Throws 'value-set-unknown'. */
export async function valueSetAt(definitions: Definitions, canonical: string): Promise<ValueSet> {
  const { url, version } = splitCanonical(canonical)
  const found = shipped.valueSet(url, version) ?? (await storedValueSet(definitions, canonical))
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
export async function sentValueSet(judge: Judge, value: unknown): Promise<ValueSet> {
  return readValueSet(requireType('ValueSet', await judge.resource(value)))
}

export async function sentCodeSystem(judge: Judge, value: unknown): Promise<CodeSystem> {
  const system = readCodeSystem(requireType('CodeSystem', await judge.resource(value)))
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

async function storedDefinition(
  { records, asking }: Definitions,
  type: 'ValueSet' | 'CodeSystem',
  canonical: string,
): Promise<Resource | undefined> {
  const stored = await records.definition(ask(asking, 'search', type), canonical, asking.request)
  return stored === undefined ? undefined : parseStored(stored.json)
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
