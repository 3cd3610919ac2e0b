import type { Resource } from '@chartkeep/model/fhir'
import { maybeSamePerson, type Person, personOf } from './same-person.ts'
import type { RecordIndex, RecordNumber } from './source-index.ts'

/** Who the patients of an import are, so that two people under one identity do not become one. */
export class People {
  readonly #index: RecordIndex
  readonly #people = new Map<RecordNumber, Person>()

  constructor(index: RecordIndex) {
    this.#index = index
  }

  /** False for another person than the one who was noted: then the name leads to neither. */
  admit(known: RecordNumber | undefined, resource: Resource): boolean {
    const person = known === undefined ? undefined : this.#people.get(known)
    if (known === undefined || person === undefined || maybeSamePerson(person, personOf(resource))) return true
    this.#index.contest(known)
    return false
  }

  note(record: RecordNumber, resource: Resource): void {
    this.#people.set(record, personOf(resource))
  }
}
