import { readInt64, writeInt64 } from '#base'
import { Damaged, hmacSha256, type LedgerKeys, open, seal } from '#keys'
import type { StateRow } from './states.ts'

/** A row of ledger.state with all of its columns. */
export type TenantState = Omit<StateRow, 'mac'> & { readonly tenant: number; readonly mac: Uint8Array }

/** The row of a checkpoint, and what was signed. */
export interface CheckpointPlace {
  readonly size: number | string
  readonly note: string
}

const modulus = 2n ** 256n
const countLength = 8
const sumLength = 32

/**
 * How many states there are, and the sum of a keyed hash of each, in whichever order. Each checkpoint keeps the sum over the
 * states that its entries record: a state that is missing in ledger.state, or is another, changes the sum of the table.
 * Keyed and sealed, so that nobody without the keyring can find states whose hashes cancel out.
 */
export class StateSum {
  #count: number
  #sum: bigint

  constructor(count = 0, sum = 0n) {
    this.#count = count
    this.#sum = sum
  }

  get count(): number {
    return this.#count
  }

  add(state: TenantState, key: LedgerKeys['tag']): void {
    this.#count++
    const hash = hmacSha256(key, Buffer.from(`state ${lineOf(state)}`))
    this.#sum = (this.#sum + BigInt(`0x${hash.toString('hex')}`)) % modulus
  }

  equals(other: StateSum): boolean {
    return this.#count === other.#count && this.#sum === other.#sum
  }

  copy(): StateSum {
    return new StateSum(this.#count, this.#sum)
  }

  /** It opens in no other place. */
  seal(key: LedgerKeys['seal'], place: CheckpointPlace): Buffer {
    const plain = Buffer.alloc(countLength + sumLength)
    writeInt64(this.#count, plain, 0)
    plain.write(this.#sum.toString(16).padStart(2 * sumLength, '0'), countLength, 'hex')
    return seal(key, plain, contextOf(place))
  }

  /** Undefined for what was not sealed here for this checkpoint. */
  static open(key: LedgerKeys['seal'], row: CheckpointPlace & { readonly states: Buffer }): StateSum | undefined {
    try {
      const plain = open(key, row.states, contextOf(row))
      return new StateSum(readInt64(plain, 0), BigInt(`0x${plain.toString('hex', countLength)}`))
    } catch (error) {
      if (error instanceof Damaged) return undefined
      throw error
    }
  }
}

/** One text for one state. */
export function lineOf({ subject, version, kind, ended, mac, entry, tenant }: TenantState): string {
  return [entry, tenant, kind, subject, version, ended, Buffer.from(mac).toString('hex')].join(' ')
}

const contextOf = ({ size, note }: CheckpointPlace): Buffer => Buffer.from(`chartkeep/1/states|${size}|${note}`)
