import type { ResourceType } from '@chartkeep/model/fhir'
import type { Id } from '#base'
import type { Names } from './home.ts'
import { identifierName } from './identity.ts'
import { type Condition, nameOfCondition } from './request.ts'
import type { RecordNumber } from './source-index.ts'

/** One condition that entries of an import were written on, for the store to say what matches it. */
export interface Conditional {
  readonly record: RecordNumber
  readonly type: ResourceType
  readonly query: string
  /** The id that the record has unless another matches; undefined while its patient is not known. */
  readonly id: Id<string> | undefined
}

/** What matches: one record's id, more than one, or undefined for none. */
export type Match = Id<string> | 'several' | undefined

/**
 * The conditions of an import's entries. Entries on one condition are copies of one record, and so is an entry without
 * one that has the identifier: the second would find what the first has made.
 */
export class Conditions {
  readonly #names: Names
  readonly #noted: Noted[] = []
  readonly #severally = new Set<RecordNumber>()

  constructor(names: Names) {
    this.#names = names
  }

  /** The record that an earlier entry was about on the same condition. */
  find(type: ResourceType, { query }: Condition): RecordNumber | undefined {
    const found = this.#names.index.find(this.#names.keyOf(nameOfCondition(type, query)))
    return found === 'several' ? undefined : found
  }

  note(record: RecordNumber, type: ResourceType, { query }: Condition): void {
    this.#names.index.alias(this.#names.keyOf(nameOfCondition(type, query)), record)
    this.#noted.push({ record, type, query })
  }

  /** After the last file: a record without a condition may have an identifier that a condition names. */
  finish(): void {
    const { index, keyOf } = this.#names
    for (const { record, type, query } of this.#noted) {
      const name = identifierName(type, query)
      const now = index.current(record)
      if (name === undefined) continue
      const found = index.find(keyOf(name))
      if (found === undefined) index.alias(keyOf(name), now)
      else if (found === 'several') this.#severally.add(now)
      else if (found !== now && index.typeOf(found) === type) index.merge(now, found)
    }
  }

  /** What the store is to be asked, each record by its first condition. */
  questions(): Conditional[] {
    const { index } = this.#names
    const questions = new Map<RecordNumber, Conditional>()
    for (const { record, type, query } of this.#noted) {
      const now = index.current(record)
      if (questions.has(now)) continue
      const bucket = index.bucketOf(now)
      questions.set(now, { record: now, type, query, id: bucket === undefined ? undefined : index.idOf(now, bucket) })
    }
    return [...questions.values()]
  }

  /** Takes the answers, one for each question. */
  settle(questions: readonly Conditional[], matches: readonly Match[]): void {
    for (const [at, { record }] of questions.entries()) {
      const match = matches[at]
      if (match === 'several') this.#severally.add(record)
      else if (match !== undefined) this.#names.index.pin(record, match)
    }
  }

  /** More than one record meets the record's condition. */
  isSeveral(record: RecordNumber): boolean {
    return this.#severally.has(record)
  }
}

interface Noted {
  readonly record: RecordNumber
  readonly type: ResourceType
  readonly query: string
}
