import type { Faults } from './faults.ts'
import { hasSeen, nothingSeen, parseSeen, type Seen } from './seen.ts'
import type { ComparedLeaf } from './verify-entries.ts'

// No pass is so long: where one seems to be, its checkpoint is gone.
export const mostOfPass = 262_144

/**
 * Looks at the leaves pass by pass: from one checkpoint to the next, they are ordered by transaction and id, and belong to
 * transactions that the pass before had not seen and this one has. An entry's transaction is in no hash; this is what
 * shows that it was changed.
 */
export class PassesWalk {
  readonly #faults: Faults
  #leaves: ComparedLeaf[] = []
  #seen: Seen | undefined = nothingSeen
  #lost = false

  constructor(faults: Faults) {
    this.#faults = faults
  }

  add(leaf: ComparedLeaf): void {
    if (this.#leaves.length === mostOfPass) this.lose()
    if (!this.#lost) this.#leaves.push(leaf)
  }

  /** Leaves or checkpoints are missing, so nobody can say any more where a pass begins. */
  lose(): void {
    this.#leaves = []
    this.#lost = true
  }

  /** The pass ends with a checkpoint. */
  end(text: string): void {
    if (this.#lost) return
    const leaves = this.#leaves.filter((leaf) => leaf.xid !== undefined)
    const [before, after] = [this.#seen, parseSeen(text)]
    const index = this.#leaves[0]?.index ?? 0
    this.#leaves = []
    this.#seen = after
    if (after === undefined) {
      this.#faults.add({
        leaf: index,
        what: 'What the checkpoint after this leaf says about transactions cannot be read.',
      })
      return
    }
    const strange = leaves.filter(
      ({ xid = '' }) => !hasSeen(after, xid) || (before !== undefined && hasSeen(before, xid)),
    )
    if (strange.length > 1 && strange.length === leaves.length) {
      this.#faults.add({
        leaf: index,
        what: 'What the checkpoints around this leaf say about transactions was changed: its entries belong to others.',
      })
      return
    }
    for (const { id, index: leaf } of strange) {
      this.#faults.add({
        entry: id,
        leaf,
        what: 'The entry was moved: its transaction is not the one it was recorded in.',
      })
    }
    if (strange.length === 0) this.#judgeOrder(leaves)
  }

  #judgeOrder(leaves: readonly ComparedLeaf[]): void {
    for (const [at, { id, index, xid = '' }] of leaves.entries()) {
      const before = leaves[at - 1]
      if (before?.xid === undefined) continue
      const [a, b] = [BigInt(before.xid), BigInt(xid)]
      if (a > b || (a === b && before.id > id)) {
        this.#faults.add({
          entry: id,
          leaf: index,
          what: 'The leaves are not in the order of the entries: some were exchanged, or an entry was moved.',
        })
        return // one exchange disorders many
      }
    }
  }
}
