/** One thing that is wrong with the ledger, in words for the person who has to find out why. */
export interface LedgerFault {
  /** Id of the entry. */
  readonly entry?: string
  /** Index of the leaf in the tree, from 0. */
  readonly leaf?: number
  readonly what: string
}

/** The first faults in full, the rest counted: a table that is gone has as many faults as it had rows. */
export class Faults {
  readonly list: LedgerFault[] = []
  readonly #most: number
  #total = 0

  constructor(most: number) {
    this.#most = most
  }

  get total(): number {
    return this.#total
  }

  add(fault: LedgerFault): void {
    this.#total++
    if (this.list.length < this.#most) this.list.push(fault)
  }
}
