import { sha256 } from '#base'

/*
 * The Merkle tree of RFC 6962, 2.1 (the same in RFC 9162, 2.1): SHA-256, 0x00 before a leaf, 0x01 before a node.
 * A tree of n leaves is known by the roots of its complete subtrees: one for each bit of n that is set.
 */

export const hashLength = 32

export function hashLeaf(content: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafe(1 + content.length)
  framed[0] = 0
  framed.set(content, 1)
  return sha256(framed)
}

const node = Buffer.alloc(1 + 2 * hashLength)

export function hashNode(left: Uint8Array, right: Uint8Array): Buffer {
  node[0] = 1
  node.set(left, 1)
  node.set(right, 1 + hashLength)
  return sha256(node)
}

/** The tree's right edge: enough to append to it and to know its root, in at most 53 hashes. */
export class Frontier {
  #size: number
  #peaks: Buffer[]

  private constructor(size: number, peaks: Buffer[]) {
    this.#size = size
    this.#peaks = peaks
  }

  static empty(): Frontier {
    return new Frontier(0, [])
  }

  /** As `bytes` gave it; undefined when it cannot be the frontier of a tree of that size. */
  static parse(size: number, bytes: Uint8Array): Frontier | undefined {
    if (!Number.isSafeInteger(size) || size < 0 || bytes.length !== countBits(size) * hashLength) return undefined
    const peaks: Buffer[] = []
    for (let at = 0; at < bytes.length; at += hashLength) peaks.push(Buffer.from(bytes.subarray(at, at + hashLength)))
    return new Frontier(size, peaks)
  }

  get size(): number {
    return this.#size
  }

  append(leafHash: Buffer): void {
    let top = leafHash
    for (let rest = this.#size; rest % 2 === 1; rest = (rest - 1) / 2) {
      const left = this.#peaks.pop()
      if (left === undefined) throw new Error('the frontier lost a peak')
      top = hashNode(left, top)
    }
    this.#peaks.push(top)
    this.#size++
  }

  root(): Buffer {
    let root = this.#peaks.at(-1)
    if (root === undefined) return sha256(Buffer.alloc(0))
    for (const peak of this.#peaks.slice(0, -1).toReversed()) root = hashNode(peak, root)
    return root
  }

  bytes(): Buffer {
    return Buffer.concat(this.#peaks)
  }

  copy(): Frontier {
    return new Frontier(this.#size, [...this.#peaks])
  }
}

function countBits(size: number): number {
  let bits = 0
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) bits += rest % 2
  return bits
}
