import { codeOfType, type ResourceType, typeOfCode } from '@chartkeep/model/fhir'
import type { Bucket, Id } from '#base'
import { idOf, type SourceKey } from './identity.ts'

/** A record of the source by its number in the index. */
export type RecordNumber = number

export interface Surveyed {
  readonly type: ResourceType
  readonly file: number
  readonly position: number
  /** Checksum of its bytes: tells a repetition from a contradiction. */
  readonly print: number
}

const none = -1
const several = -2
const undecided = 0xffff

/**
 * Every record of an import by its names: where it is in the source, and the shard it will be in here. Some 30 bytes a
 * record, in arrays of numbers: a million records are 30 MB, and the garbage collector sees none of them.
 */
export class SourceIndex {
  #count = 0
  #capacity = 1024
  #high = new Uint32Array(this.#capacity)
  #low = new Uint32Array(this.#capacity)
  /** 0 for a further name, whose `position` is then the number of its record. */
  #type = new Uint8Array(this.#capacity)
  #bucket = new Uint16Array(this.#capacity)
  #file = new Uint32Array(this.#capacity)
  #position = new Int32Array(this.#capacity)
  #print = new Uint32Array(this.#capacity)
  #slots = new Int32Array(this.#capacity * 2).fill(none)

  /** The number of a new record; undefined when its name is taken. */
  add(key: SourceKey, { type, file, position, print }: Surveyed): RecordNumber | undefined {
    const number = this.#insert(key)
    if (number === undefined) return undefined
    this.#type[number] = codeOfType(type)
    this.#bucket[number] = undecided
    this.#file[number] = file
    this.#position[number] = position
    this.#print[number] = print
    return number
  }

  /** Another name of a record. A name that two records have leads to neither. */
  alias(key: SourceKey, record: RecordNumber): void {
    const slot = this.#slotOf(key)
    const known = this.#slots[slot] ?? none
    if (known === none) this.#position[this.#insert(key) ?? none] = record
    else if (this.#type[known] === 0 && this.#position[known] !== record) this.#position[known] = several
  }

  find(key: SourceKey): RecordNumber | undefined {
    const number = this.#slots[this.#slotOf(key)] ?? none
    if (number === none) return undefined
    if (this.#type[number] !== 0) return number
    const record = this.#position[number] ?? several
    return record === several ? undefined : record
  }

  typeOf(record: RecordNumber): ResourceType {
    return typeOfCode(this.#type[record] ?? 0)
  }

  printOf(record: RecordNumber): number {
    return this.#print[record] ?? 0
  }

  /** Whether this is the place where the record's name was first seen. */
  isFirst(record: RecordNumber, file: number, position: number): boolean {
    return this.#file[record] === file && this.#position[record] === position
  }

  fileOf(record: RecordNumber): number {
    return this.#file[record] ?? 0
  }

  positionOf(record: RecordNumber): number {
    return this.#position[record] ?? 0
  }

  place(record: RecordNumber, bucket: Bucket): void {
    this.#bucket[record] = bucket
  }

  /** The shard, when it was known before writing began. */
  bucketOf(record: RecordNumber): Bucket | undefined {
    const bucket = this.#bucket[record] ?? undecided
    return bucket === undecided ? undefined : bucket
  }

  /** What its id is made of, but for the shard. */
  keyOf(record: RecordNumber): Pick<SourceKey, 'high' | 'low'> {
    return { high: this.#high[record] ?? 0, low: this.#low[record] ?? 0 }
  }

  idOf<Kind extends string>(record: RecordNumber, bucket: Bucket): Id<Kind> {
    return idOf<Kind>(this.keyOf(record), bucket)
  }

  #insert(key: SourceKey): RecordNumber | undefined {
    if (this.#slots[this.#slotOf(key)] !== none) return undefined
    if (this.#count === this.#capacity) this.#grow()
    const number = this.#count++
    this.#high[number] = key.high
    this.#low[number] = key.low
    this.#slots[this.#slotOf(key)] = number
    return number
  }

  /** Linear probing, never more than half full. Keys are HMACs: nobody outside can make them collide. */
  #slotOf(key: Pick<SourceKey, 'high' | 'low'>): number {
    const mask = this.#slots.length - 1
    let slot = key.low & mask
    for (;;) {
      const number = this.#slots[slot] ?? none
      if (number === none || (this.#low[number] === key.low && this.#high[number] === key.high)) return slot
      slot = (slot + 1) & mask
    }
  }

  #grow(): void {
    this.#capacity *= 2
    this.#high = enlarge(this.#high, Uint32Array, this.#capacity)
    this.#low = enlarge(this.#low, Uint32Array, this.#capacity)
    this.#type = enlarge(this.#type, Uint8Array, this.#capacity)
    this.#bucket = enlarge(this.#bucket, Uint16Array, this.#capacity)
    this.#file = enlarge(this.#file, Uint32Array, this.#capacity)
    this.#position = enlarge(this.#position, Int32Array, this.#capacity)
    this.#print = enlarge(this.#print, Uint32Array, this.#capacity)
    this.#slots = new Int32Array(this.#capacity * 2).fill(none)
    for (let number = 0; number < this.#count; number++) {
      this.#slots[this.#slotOf({ high: this.#high[number] ?? 0, low: this.#low[number] ?? 0 })] = number
    }
  }
}

type Numbers = Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Int32Array<ArrayBuffer>

function enlarge<Kind extends Numbers>(numbers: Kind, make: new (length: number) => Kind, capacity: number): Kind {
  const larger = new make(capacity)
  larger.set(numbers)
  return larger
}
