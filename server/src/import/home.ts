import { type ReferenceText, readReference } from '@chartkeep/model/fhir'
import type { Bucket, Id } from '#base'
import { identifierName, idOf, type SourceKey, urnOf } from './identity.ts'
import type { Servers } from './servers.ts'
import type { Lookup, RecordIndex, RecordNumber } from './source-index.ts'

/** The names of an import's records, looked up as references spell them. */
export interface Names {
  readonly index: RecordIndex
  readonly servers: Servers
  keyOf(name: string): SourceKey
}

/** A patient named by a record: in this import, with its number, or by an id that only the store may have. */
export interface Home {
  readonly id: Id<'patient'>
  readonly bucket: Bucket
  readonly record: RecordNumber | undefined
}

/** Whose record it is: a patient's, the practice's, or not to be told from what is known here. */
export type Belonging = Home | 'practice' | 'unclear' | 'missing' | 'ambiguous'

/**
 * The first patient that the texts (of namedPatients) lead to. 'unclear': a search that this import does not answer;
 * 'missing': a patient of another server, or a urn that leads nowhere and no other text leads to a patient; 'ambiguous':
 * the name of more than one patient.
 *
 * @param server that exported the record, for relative references
 */
export function belongingOf(texts: readonly string[], names: Names, server: number): Belonging {
  let astray: 'missing' | undefined
  for (const text of texts) {
    const read = readReference(text)
    const found = findReferenced(names, text, read, server)
    if (typeof found === 'number' && names.index.typeOf(found) === 'Patient') return patientOf(names.index, found)
    const isPatient = read.kind !== 'contained' && (read.kind === 'address' || read.type === 'Patient')
    if (!isPatient) continue
    if (found === 'several') return 'ambiguous'
    if (read.kind === 'condition') return 'unclear'
    if (read.kind === 'record' && found === undefined) return presumedHome(names, `Patient/${read.id}`)
    if (found === undefined || found === 'elsewhere') astray = 'missing'
  }
  return astray ?? 'practice'
}

/** Where a reference leads; 'elsewhere': to another server's record, whatever has the same type and id here. */
export function findReferenced(names: Names, text: string, read: ReferenceText, server: number): Lookup | 'elsewhere' {
  const { index, keyOf, servers } = names
  switch (read.kind) {
    case 'record': {
      const at = read.base === '' ? server : servers.numberOf(read.base)
      if (at === undefined) return 'elsewhere'
      const found = findRecord(names, read.type, read.id, at)
      if (typeof found !== 'number') return found
      const exporter = index.serverOf(found)
      return at === 0 || exporter === 0 || at === exporter ? found : 'elsewhere'
    }
    case 'condition': {
      const name = identifierName(read.type, read.query)
      return name === undefined ? undefined : index.find(keyOf(name))
    }
    case 'address':
      return index.find(keyOf(text))
    case 'contained':
      return undefined
  }
}

/** `Type/id` is the name of a record, or its id part of the urn that is. */
function findRecord({ index, keyOf }: Names, type: string, id: string, server: number): Lookup {
  const found = index.find(keyOf(`${type}/${id}`), server)
  if (found !== undefined) return found
  const byUrn = index.find(keyOf(urnOf(id)))
  return typeof byUrn === 'number' && index.typeOf(byUrn) !== type ? undefined : byUrn
}

function presumedHome(names: Names, name: string): Home {
  const key = names.keyOf(name)
  return { id: idOf<'patient'>(key, key.bucket), bucket: key.bucket, record: undefined }
}

function patientOf(index: RecordIndex, record: RecordNumber): Home {
  const bucket = index.bucketOf(record)
  if (bucket === undefined) throw new Error('a patient has a shard from the start')
  return { id: index.idOf<'patient'>(record, bucket), bucket, record }
}
