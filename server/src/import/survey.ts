// The first reading of an import: nothing is written, but afterwards every record's name, shard and place are known, so
// that the second reading can map each reference when it meets it and write patients before what is theirs.
import { crc32 } from 'node:zlib'
import { hasPatientCompartment, isObject, namedPatients, readReference, type Resource } from '@chartkeep/model/fhir'
import { glanceAt } from './entry.ts'
import { belongingOf, type Home, type Names } from './home.ts'
import { nameByIdentifier, namesOf, type SourceKey } from './identity.ts'
import type { Reading } from './item.ts'
import { type Form, readSource } from './read-file.ts'
import { SourceIndex } from './source-index.ts'

export interface SurveyedFile {
  readonly path: string
  readonly number: number
  readonly patients: number
  /** Records of patients. */
  readonly charted: number
  /** Every record comes after the patient it is about, so one reading in order will do. */
  readonly patientsFirst: boolean
}

export interface Survey extends Names {
  readonly files: readonly SurveyedFile[]
}

/** Yields as it goes, how many bytes it has passed. */
export async function* survey(
  paths: readonly string[],
  keyOf: (name: string) => SourceKey,
): AsyncGenerator<Reading, Survey> {
  const names = { index: new SourceIndex(), bases: new Set<string>(), keyOf }
  const files: SurveyedFile[] = []
  let passed = 0
  for (const [number, path] of paths.entries()) {
    const file = new FileSurvey(names, number)
    for await (const { form, pieces } of readSource(path, (count) => (passed += count))) {
      for (const piece of pieces) if ('bytes' in piece) file.note(piece.position, piece.bytes, form)
      if (passed < noticeBytes) continue
      yield { kind: 'surveyed', bytes: passed }
      passed = 0
    }
    files.push({ path, number, ...file.finish() })
  }
  yield { kind: 'surveyed', bytes: passed }
  return { ...names, files }
}

const noticeBytes = 256 * 1024

/** A record whose shard is its patient's, who may come later in the file. */
interface Waiting {
  readonly record: number
  readonly position: number
  readonly ownBucket: number
  readonly texts: string
}

class FileSurvey {
  readonly #names: Names & { readonly bases: Set<string> }
  readonly #file: number
  readonly #waiting: Waiting[] = []
  #patients = 0

  constructor(names: Names & { readonly bases: Set<string> }, file: number) {
    this.#names = names
    this.#file = file
  }

  note(position: number, bytes: Buffer, form: Form): void {
    const entry = glanceAt(bytes, form)
    if (entry === undefined) return
    const { resource, fullUrl } = entry
    const { index, keyOf } = this.#names
    const [name, ...others] = namesOf({ fullUrl, resource, bytes })
    const key = keyOf(name)
    const type = resource.resourceType
    const record = index.add(key, { type, file: this.#file, position, print: crc32(bytes) })
    if (record === undefined) return // a repetition: judged when it is read again
    for (const other of others) index.alias(keyOf(other), record)
    if (fullUrl !== undefined) this.#noteBase(fullUrl)
    if (type === 'Patient' || !hasPatientCompartment(type)) this.#noteIdentifiers(resource, record)
    const texts = type === 'Patient' ? [] : namedPatients(resource)
    if (type === 'Patient') this.#patients++
    if (texts.length === 0) index.place(record, key.bucket)
    else this.#waiting.push({ record, position, ownBucket: key.bucket, texts: texts.join('\n') })
  }

  /** Gives the waiting their shards. */
  finish(): Pick<SurveyedFile, 'patients' | 'charted' | 'patientsFirst'> {
    const { index } = this.#names
    const known = new Map<string, Home | string>()
    let charted = 0
    let patientsFirst = true
    for (const { record, position, ownBucket, texts } of this.#waiting) {
      let home = known.get(texts)
      if (home === undefined) known.set(texts, (home = belongingOf(texts.split('\n'), this.#names)))
      if (typeof home !== 'string') {
        charted++
        index.place(record, home.bucket)
        // A patient not met so far may be in a file that comes later.
        if (home.record === undefined || !this.#isBefore(home.record, position)) patientsFirst = false
      } else if (home === 'practice') index.place(record, ownBucket)
      else charted++
    }
    return { patients: this.#patients, charted, patientsFirst }
  }

  #isBefore(patient: number, position: number): boolean {
    const { index } = this.#names
    return index.fileOf(patient) === this.#file && index.positionOf(patient) < position
  }

  #noteBase(fullUrl: string): void {
    const read = readReference(fullUrl)
    if (read.kind === 'record' && read.base !== '') this.#names.bases.add(read.base)
  }

  #noteIdentifiers({ resourceType, identifier }: Resource, record: number): void {
    if (!Array.isArray(identifier)) return
    for (const one of identifier) {
      if (!isObject(one) || typeof one['system'] !== 'string' || typeof one['value'] !== 'string') continue
      this.#names.index.alias(
        this.#names.keyOf(nameByIdentifier(resourceType, `${one['system']}|${one['value']}`)),
        record,
      )
    }
  }
}
