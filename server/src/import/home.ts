import { readReference } from '@chartkeep/model/fhir'
import type { Bucket, Id } from '#base'
import { identifierName, idOf, type SourceKey, urnOf } from './identity.ts'
import type { RecordNumber, SourceIndex } from './source-index.ts'

/** The names of an import's records, looked up as references spell them. */
export interface Names {
  readonly index: SourceIndex
  /** Base addresses that entries of this import are from: what they point to is in it. */
  readonly bases: ReadonlySet<string>
  keyOf(name: string): SourceKey
}

/** A patient named by a record: in this import, with its number, or by an id that only the store may have. */
export interface Home {
  readonly id: Id<'patient'>
  readonly bucket: Bucket
  readonly record: RecordNumber | undefined
}

/** Whose record it is: a patient's, the practice's, or not to be told from what is known here. */
export type Belonging = Home | 'practice' | 'unclear' | 'missing'

/**
 * The first patient that the texts (of namedPatients) lead to. 'unclear': a search that this import does not answer;
 * 'missing': a patient of another server, or a urn that leads nowhere and no other text leads to a patient.
 */
export function belongingOf(texts: readonly string[], names: Names): Belonging {
  let astray: 'missing' | undefined
  for (const text of texts) {
    const read = readReference(text)
    if (read.kind === 'record' && read.type === 'Patient') {
      if (read.base === '' || names.bases.has(read.base))
        return homeOf(names, `Patient/${read.id}`, findRecord(names, 'Patient', read.id))
      astray = 'missing'
    } else if (read.kind === 'condition' && read.type === 'Patient') {
      const name = identifierName('Patient', read.query)
      const record = name === undefined ? undefined : names.index.find(names.keyOf(name))
      return record === undefined ? 'unclear' : patientOf(names.index, record)
    } else if (read.kind === 'address') {
      const record = names.index.find(names.keyOf(text))
      if (record === undefined) astray = 'missing'
      else if (names.index.typeOf(record) === 'Patient') return patientOf(names.index, record)
    }
  }
  return astray ?? 'practice'
}

/** `Type/id` is the name of a record, or its id part of the urn that is. */
export function findRecord({ index, keyOf }: Names, type: string, id: string): RecordNumber | undefined {
  const record = index.find(keyOf(`${type}/${id}`))
  if (record !== undefined) return record
  const byUrn = index.find(keyOf(urnOf(id)))
  return byUrn !== undefined && index.typeOf(byUrn) === type ? byUrn : undefined
}

function homeOf(names: Names, name: string, record: RecordNumber | undefined): Home {
  if (record !== undefined) return patientOf(names.index, record)
  const key = names.keyOf(name)
  return { id: idOf<'patient'>(key, key.bucket), bucket: key.bucket, record: undefined }
}

function patientOf(index: SourceIndex, record: RecordNumber): Home {
  const bucket = index.bucketOf(record)
  if (bucket === undefined) throw new Error('a patient has a shard from the start')
  return { id: index.idOf<'patient'>(record, bucket), bucket, record }
}
