type Numbers =
  | Uint8Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>

const firstLength = 1024

/**
 * Numbers by row, in a typed array that grows by itself when a row past its end is set; a row that was never set is 0.
 * The array stays in here: nobody can hold it, or write to it, across the call that replaces it by a larger one.
 */
export class Column {
  readonly #make: new (length: number) => Numbers
  #values: Numbers

  /** @param make the array's kind, which bounds the numbers that fit */
  constructor(make: new (length: number) => Numbers) {
    this.#make = make
    this.#values = new make(firstLength)
  }

  get(row: number): number {
    return this.#values[row] ?? 0
  }

  set(row: number, value: number): void {
    if (row >= this.#values.length) this.#grow(row)
    this.#values[row] = value
  }

  #grow(row: number): void {
    const smaller = this.#values
    this.#values = new this.#make(Math.max(row + 1, smaller.length * 2))
    this.#values.set(smaller)
  }
}
