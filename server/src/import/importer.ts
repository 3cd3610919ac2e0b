import { crc32 } from 'node:zlib'
import type { Finding, Resource } from '@chartkeep/model/fhir'
import { namedPatients } from '#records'
import type { Candidate } from './candidate.ts'
import { type ChunkParts, storeChunk } from './chunk.ts'
import { type Entry, readEntry } from './entry.ts'
import { belongingOf } from './home.ts'
import { namesOf } from './identity.ts'
import { Lanes } from './lanes.ts'
import type { ReadPiece } from './piece.ts'
import type { Step } from './plan.ts'
import { readSource } from './read-file.ts'
import { describe } from './reasons.ts'
import type { RecordNumber } from './source-index.ts'
import type { OnBytes } from './source-bytes.ts'
import type { Survey, SurveyedFile } from './survey.ts'

/** What a record must be, by its definition; nothing found: it is. */
export type Validate = (resource: Resource) => readonly Finding[]

const chunkRecords = 250
const chunkBytes = 4 * 1024 * 1024
const chunksAtOnce = 3

/** The second reading: every record of the selected ones is judged, named, and goes to the store in chunks. */
export class Importer {
  readonly #parts: ChunkParts
  readonly #survey: Survey
  readonly #validate: Validate
  readonly #lanes = new Lanes(chunksAtOnce)
  /** Patients on their way into the store, and when they are there. */
  readonly #coming = new Map<RecordNumber, Promise<void>>()
  #chunk: Candidate[] = []
  #chunkSize = 0

  constructor(parts: ChunkParts, survey: Survey, validate: Validate) {
    this.#parts = parts
    this.#survey = survey
    this.#validate = validate
  }

  async take({ file, selection }: Step, onBytes: OnBytes): Promise<void> {
    const patientsOnly = selection === 'patients'
    for await (const { form, pieces } of readSource(file.path, onBytes)) {
      for (const piece of pieces) {
        const entry = 'bytes' in piece ? readEntry(piece.bytes, form) : piece.reason
        const isPatient = typeof entry !== 'string' && entry.resource.resourceType === 'Patient'
        // Of a file that is read twice, each piece counts once: what is no patient with the others.
        if (selection !== 'all' && isPatient !== patientsOnly) continue
        this.#parts.tally.read++
        if (typeof entry === 'string') this.#parts.tally.reject(file.path, piece.position, describe(entry))
        else if ('bytes' in piece) await this.#admit(file, piece, entry)
      }
    }
  }

  /** Resolves when everything taken so far is stored or declined. Throws when the store stays away. */
  async settle(): Promise<void> {
    await this.#flush()
    await this.#lanes.idle()
  }

  async #admit(file: SurveyedFile, { position, bytes }: ReadPiece, entry: Entry): Promise<void> {
    const { resource, ifNoneExist } = entry
    const findings = this.#validate(resource)
    if (findings.length > 0) return this.#reject(file, position, describe('invalid', findings))
    const record = this.#recordOf(entry, bytes)
    if (record === undefined) return this.#reject(file, position, describe('identity-repeated'))
    if (!this.#survey.index.isFirst(record, file.number, position)) {
      if (this.#survey.index.printOf(record) !== crc32(bytes))
        return this.#reject(file, position, describe('identity-repeated'))
      if (await this.#isStored(record)) return this.#repeat()
    }
    const texts = resource.resourceType === 'Patient' ? [] : namedPatients(resource)
    const belonging = texts.length === 0 ? 'practice' : belongingOf(texts, this.#survey)
    if (belonging === 'missing') return this.#reject(file, position, describe('patient-missing'))
    this.#chunk.push({
      path: file.path,
      position,
      resource,
      record,
      belonging,
      size: bytes.length,
      ifNoneExist,
      dangling: 0,
    })
    this.#chunkSize += bytes.length
    if (this.#chunk.length >= chunkRecords || this.#chunkSize >= chunkBytes) await this.#flush()
  }

  /** Undefined when its name is another record's. */
  #recordOf({ fullUrl, resource }: Entry, bytes: Buffer): RecordNumber | undefined {
    const { index, keyOf } = this.#survey
    const record = index.find(keyOf(namesOf({ fullUrl, resource, bytes })[0]))
    return record !== undefined && index.typeOf(record) === resource.resourceType ? record : undefined
  }

  /** Of a record seen before: what became of it may still be under way. */
  async #isStored(record: RecordNumber): Promise<boolean> {
    const { index } = this.#survey
    if (!index.isSettled(record)) await this.settle()
    return index.isSettled(record)
  }

  #reject(file: SurveyedFile, position: number, reason: string): void {
    this.#parts.tally.reject(file.path, position, reason)
  }

  #repeat(): void {
    this.#parts.tally.imported++
    this.#parts.tally.alreadyThere++
  }

  async #flush(): Promise<void> {
    const chunk = this.#chunk
    if (chunk.length === 0) return
    this.#chunk = []
    this.#chunkSize = 0
    const needed = chunk.flatMap(({ belonging }) =>
      typeof belonging === 'string' || belonging.record === undefined ? [] : (this.#coming.get(belonging.record) ?? []),
    )
    const { done } = await this.#lanes.begin(async () => {
      await Promise.all(new Set(needed))
      await storeChunk(chunk, this.#parts)
    })
    for (const { resource, record } of chunk) {
      if (resource.resourceType !== 'Patient') continue
      this.#coming.set(record, done)
      void done.then(() => this.#coming.delete(record))
    }
  }
}
