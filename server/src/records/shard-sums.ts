import { createHmac, type KeyObject } from 'node:crypto'

/**
 * Two long lists compared with a number for each shard: a keyed hash of each line is added on one side and taken off on
 * the other. Keyed, so that nobody without the keyring can make lines whose sums cancel out.
 */
export class ShardSums {
  readonly #key: KeyObject
  readonly #sums = new Map<number, bigint>()

  constructor(key: KeyObject) {
    this.#key = key
  }

  /** @param sign 1 on one side, -1 on the other */
  add(bucket: number, line: string | Buffer, sign: 1 | -1): void {
    const digest = createHmac('sha256', this.#key).update(line).digest('hex')
    this.#sums.set(bucket, (this.#sums.get(bucket) ?? 0n) + BigInt(sign) * BigInt(`0x${digest}`))
  }

  /** The shards in which the lists differ. */
  uneven(): Set<number> {
    return new Set([...this.#sums].flatMap(([bucket, sum]) => (sum === 0n ? [] : [bucket])))
  }
}
