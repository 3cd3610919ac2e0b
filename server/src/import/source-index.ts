import { codeOfType, type ResourceType, typeOfCode } from '@chartkeep/model/fhir'
import { type Bucket, bucketOf, type Id } from '#base'
import { Column } from './column.ts'
import { idOf, type SourceKey } from './identity.ts'
import { type Key, KeyTable } from './key-table.ts'

/** A record of the source by its number in the index. */
export type RecordNumber = number

/** Where a name leads; 'several': to more than one record, so that nothing may be led by it. */
export type Lookup = RecordNumber | 'several' | undefined

/** One copy of a record: an entry or a line of the source. */
export interface Copy {
  readonly type: ResourceType
  readonly file: number
  readonly position: number
  /** Hash of its content, less its version and time: tells a repetition from a contradiction. */
  readonly print: number
  /** Its meta.lastUpdated in Unix ms; 0 without one, so that it is older than whatever says one. */
  readonly updated: number
  /** Number of the server that its fullUrl names; 0 without one. */
  readonly server: number
}

// In the column `contested`.
const byName = 1
const byServer = 2

/** Past these, a name stays one of several, whatever turns out to be the same. */
const mostClaims = 8

/** What a reading of the sources asks of an index. */
export type RecordIndex = Pick<SourceIndex, keyof SourceIndex>

/**
 * Every record of an import by its names: where its newest copy is in the source, and the shard it will be in here. Some
 * 50 bytes a name, in arrays of numbers: the garbage collector sees none of them.
 */
export class SourceIndex {
  readonly #names = new KeyTable()
  /** 0 for a further name, whose `position` is then the number of its record. */
  readonly #type = new Column(Uint8Array)
  /** 1 for a record's own name, also when it was merged into another. */
  readonly #isOwn = new Column(Uint8Array)
  /** For a record whose own name a copy of another record has, or one from another server. */
  readonly #contested = new Column(Uint8Array)
  /** 1 for a bucket, 2 for the number of a patient whose bucket it is; 0: not decided. */
  readonly #placing = new Column(Uint8Array)
  readonly #place = new Column(Uint32Array)
  readonly #file = new Column(Uint32Array)
  readonly #position = new Column(Int32Array)
  readonly #print = new Column(Float64Array)
  readonly #updated = new Column(Float64Array)
  readonly #server = new Column(Uint16Array)
  /** The records that a name leads to, where these are several. */
  readonly #claims = new Map<number, Set<RecordNumber>>()
  /** Records that have an id here already which is not made of their name. */
  readonly #pinned = new Map<RecordNumber, Id<string>>()

  /**
   * Notes a copy. Returns its record's number when it is the newest copy so far: by meta.lastUpdated, then by order of
   * reading. Undefined: it repeats the newest one or is older, or its name is that of a record of another type or server.
   */
  add(key: SourceKey, copy: Copy): RecordNumber | undefined {
    const known = this.#names.find(key)
    if (known === undefined) return this.#put(this.#names.insert(key), copy)
    if (this.#type.get(known) !== 0) return this.#meet(known, copy)
    // So far it was another name of another record.
    this.#claim(known, this.#recordAt(known))
    return this.#put(known, copy)
  }

  /** A further copy of a record that is known under another name. Returns as `add` does. */
  addCopy(record: RecordNumber, copy: Copy): RecordNumber | undefined {
    return this.#meet(record, copy)
  }

  /** Another name of a record. A name that two records have leads to neither. */
  alias(key: SourceKey, record: RecordNumber): void {
    const known = this.#names.find(key)
    if (known === undefined) {
      const name = this.#names.insert(key)
      this.#position.set(name, record)
    } else if (this.#recordAt(known) !== record) this.#claim(known, record)
  }

  /** A copy of another record has its name, which from now on leads to neither. */
  contest(record: RecordNumber): void {
    this.#contested.set(record, byName)
  }

  isContested(record: RecordNumber): boolean {
    return this.#contested.get(record) !== 0
  }

  /** Two records turn out to be one: what led to the one leads to the other, which takes the newer copy. */
  merge(one: RecordNumber, into: RecordNumber): void {
    if (this.#isNewer(one, into)) {
      for (const column of [this.#file, this.#position, this.#print, this.#updated, this.#server])
        column.set(into, column.get(one))
    }
    this.#type.set(one, 0)
    this.#position.set(one, into)
  }

  /** @param server whose record is meant; 0 when that is not said */
  find(key: SourceKey, server = 0): Lookup {
    const known = this.#names.find(key)
    if (known === undefined) return undefined
    const contested = this.#contested.get(known)
    if (contested === byName || (contested === byServer && server === 0)) return 'several'
    return this.#ofAll(known) ?? 'several'
  }

  /** The record that the name is the own name of, whoever else claims it; otherwise the only one that has it. */
  own(key: Key): RecordNumber | undefined {
    const known = this.#names.find(key)
    if (known === undefined) return undefined
    return this.#isOwn.get(known) === 1 ? this.#recordAt(known) : this.#ofAll(known)
  }

  /** The record that it was merged into, itself when it was not. */
  current(record: RecordNumber): RecordNumber {
    return this.#recordAt(record)
  }

  typeOf(record: RecordNumber): ResourceType {
    return typeOfCode(this.#type.get(record))
  }

  printOf(record: RecordNumber): number {
    return this.#print.get(record)
  }

  serverOf(record: RecordNumber): number {
    return this.#server.get(record)
  }

  /** Whether the record's newest copy is here. */
  isNewest(record: RecordNumber, file: number, position: number): boolean {
    return this.#file.get(record) === file && this.#position.get(record) === position
  }

  fileOf(record: RecordNumber): number {
    return this.#file.get(record)
  }

  positionOf(record: RecordNumber): number {
    return this.#position.get(record)
  }

  place(record: RecordNumber, bucket: Bucket): void {
    this.#placing.set(record, 1)
    this.#place.set(record, bucket)
  }

  /** Into the shard of this patient, whichever that will be. */
  placeWith(record: RecordNumber, patient: RecordNumber): void {
    this.#placing.set(record, 2)
    this.#place.set(record, patient)
  }

  /** The shard, when it was known before writing began. */
  bucketOf(record: RecordNumber): Bucket | undefined {
    const pinned = this.#pinned.get(record)
    if (pinned !== undefined) return bucketOf(pinned)
    const place = this.#place.get(record)
    switch (this.#placing.get(record)) {
      case 1:
        return place
      case 2:
        return this.bucketOf(this.#recordAt(place))
      default:
        return undefined
    }
  }

  /** The record is one that is here already, under this id. */
  pin(record: RecordNumber, id: Id<string>): void {
    this.#pinned.set(record, id)
  }

  pinnedTo(record: RecordNumber): Id<string> | undefined {
    return this.#pinned.get(record)
  }

  /** What its id is made of, but for the shard. */
  keyOf(record: RecordNumber): Key {
    return this.#names.keyOf(record)
  }

  idOf<Kind extends string>(record: RecordNumber, bucket: Bucket): Id<Kind> {
    const pinned = this.#pinned.get(record)
    // oxlint-disable-next-line no-unsafe-type-assertion -- an id of the record, as its caller knows what that is
    return pinned === undefined ? idOf<Kind>(this.keyOf(record), bucket) : (pinned as string as Id<Kind>)
  }

  #put(record: RecordNumber, { type, file, position, print, updated, server }: Copy): RecordNumber {
    this.#type.set(record, codeOfType(type))
    this.#isOwn.set(record, 1)
    this.#file.set(record, file)
    this.#position.set(record, position)
    this.#print.set(record, print)
    this.#updated.set(record, updated)
    this.#server.set(record, server)
    return record
  }

  #meet(record: RecordNumber, copy: Copy): RecordNumber | undefined {
    const same = this.#print.get(record) === copy.print
    const server = this.#server.get(record)
    const elsewhere = server !== 0 && copy.server !== 0 && server !== copy.server
    const otherType = this.typeOf(record) !== copy.type
    if (otherType || (elsewhere && !same)) {
      if (this.#contested.get(record) !== byName) this.#contested.set(record, otherType ? byName : byServer)
      return undefined
    }
    // What two servers have alike is the same to both.
    if (elsewhere) this.#server.set(record, 0)
    if (same) this.#updated.set(record, Math.max(copy.updated, this.#updated.get(record)))
    if (same || copy.updated < this.#updated.get(record)) return undefined
    return this.#put(record, copy)
  }

  #isNewer(one: RecordNumber, other: RecordNumber): boolean {
    const time = this.#updated.get(one) - this.#updated.get(other)
    const file = this.#file.get(one) - this.#file.get(other)
    return (time || file || this.#position.get(one) - this.#position.get(other)) > 0
  }

  /** The record that an entry of the table is, or is a name of. */
  #recordAt(number: number): RecordNumber {
    let at = number
    while (this.#type.get(at) === 0) at = this.#position.get(at)
    return at
  }

  #claim(name: number, record: RecordNumber): void {
    const claims = this.#claims.get(name)
    if (claims === undefined) this.#claims.set(name, new Set([record]))
    else if (claims.size < mostClaims) claims.add(record)
  }

  /** The one record that a name leads to; undefined when they are several. */
  #ofAll(name: number): RecordNumber | undefined {
    const record = this.#recordAt(name)
    const claims = this.#claims.get(name)
    if (claims === undefined) return record
    if (claims.size >= mostClaims) return undefined
    return [...claims].every((other) => this.#recordAt(other) === record) ? record : undefined
  }
}
