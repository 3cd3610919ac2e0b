import type { ResourceType } from '@chartkeep/model/fhir'
import { type Bucket, bucketOf, type Id } from '#base'
import { idOf, type SourceKey } from '../identity.ts'
import type { Key } from '../key-table.ts'
import type { Copy, Lookup, RecordIndex, RecordNumber } from '../source-index.ts'

interface PlainRecord extends Copy {
  readonly key: Key
  place: { readonly bucket: Bucket } | { readonly patient: RecordNumber } | undefined
  pinned: Id<string> | undefined
  mergedInto: RecordNumber | undefined
  /** Copies of another record have its name, or copies from another server. */
  contested: boolean
  otherServer: boolean
}

/**
 * What SourceIndex does, by maps and objects that are written to be read: a verification must not lean on the tables that
 * it is to find fault with. Some 300 bytes a record.
 */
export class PlainIndex implements RecordIndex {
  readonly #records: PlainRecord[] = []
  readonly #own = new Map<string, RecordNumber>()
  /** Who has a name, as their own or as a further one. */
  readonly #named = new Map<string, RecordNumber | readonly RecordNumber[]>()

  add(key: SourceKey, copy: Copy): RecordNumber | undefined {
    const known = this.#own.get(textOf(key))
    if (known !== undefined) return this.addCopy(this.#currentOf(known), copy)
    const number = this.#records.length
    const { high, low } = key
    this.#records.push({
      ...{ ...copy, key: { high, low }, place: undefined, pinned: undefined, mergedInto: undefined },
      ...{ contested: false, otherServer: false },
    })
    this.#own.set(textOf(key), number)
    this.alias(key, number)
    return number
  }

  addCopy(number: RecordNumber, copy: Copy): RecordNumber | undefined {
    const record = this.#at(number)
    const same = record.print === copy.print
    const otherServer = record.server !== 0 && copy.server !== 0 && record.server !== copy.server
    if (record.type !== copy.type) record.contested = true
    else if (otherServer && !same) record.otherServer = true
    if (record.type !== copy.type || (otherServer && !same)) return undefined
    const server = otherServer ? 0 : record.server
    if (same || copy.updated < record.updated) {
      const updated = same ? Math.max(record.updated, copy.updated) : record.updated
      this.#records[number] = { ...record, server, updated }
      return undefined
    }
    this.#records[number] = { ...record, ...copy }
    return number
  }

  alias(key: SourceKey, number: RecordNumber): void {
    const name = textOf(key)
    const known = this.#named.get(name)
    if (known === undefined) this.#named.set(name, number)
    else if (![known].flat().includes(number)) this.#named.set(name, [known, number].flat())
  }

  contest(number: RecordNumber): void {
    this.#at(number).contested = true
  }

  isContested(number: RecordNumber): boolean {
    const { contested, otherServer } = this.#at(number)
    return contested || otherServer
  }

  merge(one: RecordNumber, into: RecordNumber): void {
    const [from, to] = [this.#at(one), this.#at(into)]
    const { file, position, print, updated, server } = from
    if ((updated - to.updated || file - to.file || position - to.position) > 0)
      this.#records[into] = { ...to, file, position, print, updated, server }
    from.mergedInto = into
  }

  find(key: SourceKey, server = 0): Lookup {
    const [first, ...others] = this.#ofName(key)
    if (first === undefined) return undefined
    if (others.length > 0) return 'several'
    const owner = this.#own.get(textOf(key))
    if (owner === undefined) return first
    const { contested, otherServer } = this.#at(owner)
    return contested || (otherServer && server === 0) ? 'several' : first
  }

  own(key: Key): RecordNumber | undefined {
    const number = this.#own.get(textOf(key))
    if (number !== undefined) return this.#currentOf(number)
    const [first, ...others] = this.#ofName(key)
    return others.length > 0 ? undefined : first
  }

  current(number: RecordNumber): RecordNumber {
    return this.#currentOf(number)
  }

  typeOf(number: RecordNumber): ResourceType {
    return this.#at(number).type
  }

  printOf(number: RecordNumber): number {
    return this.#at(number).print
  }

  serverOf(number: RecordNumber): number {
    return this.#at(number).server
  }

  isNewest(number: RecordNumber, file: number, position: number): boolean {
    return this.fileOf(number) === file && this.positionOf(number) === position
  }

  fileOf(number: RecordNumber): number {
    return this.#at(number).file
  }

  positionOf(number: RecordNumber): number {
    return this.#at(number).position
  }

  place(number: RecordNumber, bucket: Bucket): void {
    this.#at(number).place = { bucket }
  }

  placeWith(number: RecordNumber, patient: RecordNumber): void {
    this.#at(number).place = { patient }
  }

  bucketOf(number: RecordNumber): Bucket | undefined {
    const { pinned, place } = this.#at(number)
    if (pinned !== undefined) return bucketOf(pinned)
    if (place === undefined || 'bucket' in place) return place?.bucket
    return this.bucketOf(this.#currentOf(place.patient))
  }

  pin(number: RecordNumber, id: Id<string>): void {
    this.#at(number).pinned = id
  }

  pinnedTo(number: RecordNumber): Id<string> | undefined {
    return this.#at(number).pinned
  }

  keyOf(number: RecordNumber): Key {
    return this.#at(number).key
  }

  idOf<Kind extends string>(number: RecordNumber, bucket: Bucket): Id<Kind> {
    const { pinned, key } = this.#at(number)
    // oxlint-disable-next-line no-unsafe-type-assertion -- an id of the record, as its caller knows what that is
    return pinned === undefined ? idOf<Kind>(key, bucket) : (pinned as string as Id<Kind>)
  }

  /** The records that have the name. */
  #ofName(key: Key): ReadonlySet<RecordNumber> {
    const named = this.#named.get(textOf(key)) ?? []
    return new Set([named].flat().map((number) => this.#currentOf(number)))
  }

  #at(number: RecordNumber): PlainRecord {
    const record = this.#records[number]
    if (record === undefined) throw new Error('a record has a number from the index')
    return record
  }

  #currentOf(number: RecordNumber): RecordNumber {
    const { mergedInto } = this.#at(number)
    return mergedInto === undefined ? number : this.#currentOf(mergedInto)
  }
}

function textOf({ high, low }: Key): string {
  return `${high}/${low}`
}
