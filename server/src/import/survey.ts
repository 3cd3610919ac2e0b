// The first reading of an import: nothing is written, but afterwards every record's name, shard and place are known, so
// that the second reading can map each reference when it meets it and write patients before what is theirs.
import { hasPatientCompartment, isObject, namedPatients } from '@chartkeep/model/fhir'
import { Conditions } from './conditions.ts'
import { type Entry, glanceAt } from './entry.ts'
import { belongingOf, type Home, type Names } from './home.ts'
import { identifierName, nameByIdentifier, namesOf, printOf, type SourceKey, updatedOf } from './identity.ts'
import type { Reading } from './item.ts'
import { People } from './people.ts'
import { type Form, readSource } from './read-file.ts'
import { Servers } from './servers.ts'
import type { Copy, RecordIndex, RecordNumber } from './source-index.ts'

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
  readonly conditions: Conditions
}

/** What tells one source's names from another's. */
export interface Naming {
  readonly keyOf: (name: string) => SourceKey
  /** Bases of the source's own addresses. */
  readonly bases: readonly string[]
  /** An empty one. */
  readonly index: RecordIndex
}

/** Yields as it goes, how many bytes it has passed. */
export async function* survey(
  paths: readonly string[],
  { keyOf, bases, index }: Naming,
): AsyncGenerator<Reading, Survey> {
  const names = { index, servers: new Servers(bases), keyOf }
  const conditions = new Conditions(names)
  const people = new People(names.index)
  const files: SurveyedFile[] = []
  let passed = 0
  for (const [number, path] of paths.entries()) {
    const file = new FileSurvey(names, { conditions, people }, number)
    for await (const { form, pieces } of readSource(path, (count) => (passed += count))) {
      for (const piece of pieces) if ('bytes' in piece) file.note(piece.position, piece.bytes, form)
      if (passed < noticeBytes) continue
      yield { kind: 'surveyed', bytes: passed }
      passed = 0
    }
    files.push({ path, number, ...file.finish() })
  }
  yield { kind: 'surveyed', bytes: passed }
  conditions.finish()
  return { ...names, files, conditions }
}

const noticeBytes = 256 * 1024

/** A record whose shard is its patient's, who may come later in the file. */
interface Waiting {
  readonly record: RecordNumber
  readonly position: number
  readonly server: number
  readonly ownBucket: number
  readonly texts: string
}

class FileSurvey {
  readonly #names: Names
  readonly #conditions: Conditions
  readonly #people: People
  readonly #file: number
  readonly #waiting: Waiting[] = []
  #patients = 0

  constructor(
    names: Names,
    { conditions, people }: { readonly conditions: Conditions; readonly people: People },
    file: number,
  ) {
    this.#names = names
    this.#conditions = conditions
    this.#people = people
    this.#file = file
  }

  note(position: number, bytes: Buffer, form: Form): void {
    const entry = glanceAt(bytes, form)
    if (entry === undefined) return
    const { resource, fullUrl, id, condition } = entry
    const { index, keyOf, servers } = this.#names
    const server = servers.note(fullUrl)
    const type = resource.resourceType
    const copy = { type, file: this.#file, position, print: printOf(resource), updated: updatedOf(resource), server }
    const [name, ...others] = namesOf({ fullUrl, resource, id, bytes })
    const known = condition === undefined ? undefined : this.#conditions.find(type, condition)
    if (type === 'Patient' && !this.#people.admit(known ?? index.own(keyOf(name)), resource)) return
    const record = known === undefined ? index.add(keyOf(name), copy) : this.#again(known, copy, entry)
    if (type === 'Patient' && record !== undefined) this.#people.note(record, resource)
    const named = known ?? index.own(keyOf(name))
    if (named === undefined) return
    for (const other of known === undefined ? others : [name, ...others]) index.alias(keyOf(other), named)
    if (condition !== undefined && known === undefined) this.#conditions.note(named, type, condition)
    // A repetition, or an older copy: judged when it is read again.
    if (record === undefined) return
    if (type === 'Patient' || !hasPatientCompartment(type)) this.#noteIdentifiers(entry, record)
    const texts = type === 'Patient' ? [] : namedPatients(resource)
    const ownBucket = keyOf(name).bucket
    if (type === 'Patient') this.#patients++
    if (texts.length === 0) index.place(record, ownBucket)
    else this.#waiting.push({ record, position, server, ownBucket, texts: texts.join('\n') })
  }

  /** An entry on a condition that another entry had before: on a create, that one stands. */
  #again(record: RecordNumber, copy: Copy, { condition }: Entry): RecordNumber | undefined {
    return condition?.kind === 'create' ? undefined : this.#names.index.addCopy(record, copy)
  }

  /** Gives the waiting their shards. */
  finish(): Pick<SurveyedFile, 'patients' | 'charted' | 'patientsFirst'> {
    const { index } = this.#names
    const known = new Map<string, Home | string>()
    let charted = 0
    let patientsFirst = true
    for (const { record, position, server, ownBucket, texts } of this.#waiting) {
      const question = `${server}\n${texts}`
      let home = known.get(question)
      if (home === undefined) known.set(question, (home = belongingOf(texts.split('\n'), this.#names, server)))
      if (typeof home !== 'string') {
        charted++
        if (home.record === undefined) index.place(record, home.bucket)
        else index.placeWith(record, home.record)
        // A patient not met so far may be in a file that comes later.
        if (home.record === undefined || !this.#isBefore(home.record, position)) patientsFirst = false
      } else if (home === 'practice') index.place(record, ownBucket)
      else charted++
    }
    return { patients: this.#patients, charted, patientsFirst }
  }

  #isBefore(patient: RecordNumber, position: number): boolean {
    const { index } = this.#names
    return index.fileOf(patient) === this.#file && index.positionOf(patient) < position
  }

  /** But for the one that its own condition asks for: whether another record has it, is seen when all are known. */
  #noteIdentifiers({ resource: { resourceType, identifier }, condition }: Entry, record: RecordNumber): void {
    if (!Array.isArray(identifier)) return
    const { index, keyOf } = this.#names
    const wanted = condition === undefined ? undefined : identifierName(resourceType, condition.query)
    for (const one of identifier) {
      if (!isObject(one) || typeof one['system'] !== 'string' || typeof one['value'] !== 'string') continue
      const name = nameByIdentifier(resourceType, `${one['system']}|${one['value']}`)
      if (name !== wanted) index.alias(keyOf(name), record)
    }
  }
}
