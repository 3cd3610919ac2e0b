import type { Faults } from './faults.ts'
import { hasSeen, nothingSeen, parseSeen, type Seen } from './seen.ts'
import type { ComparedLeaf } from './verify-entries.ts'

// No pass is so long: where one seems to be, its checkpoint is gone.
const mostOfPass = 262_144

/** The leaves since the last checkpoint, as long as it is known where a pass begins. */
export class PassLeaves {
  #leaves: ComparedLeaf[] | undefined = []

  add(leaf: ComparedLeaf): void {
    if (this.#leaves?.length === mostOfPass) this.lose()
    this.#leaves?.push(leaf)
  }

  /** Leaves or checkpoints are missing, so nobody can say any more where a pass begins. */
  lose(): void {
    this.#leaves = undefined
  }

  /** Those of the pass that a checkpoint ends; undefined from when they were lost. */
  take(): readonly ComparedLeaf[] | undefined {
    const leaves = this.#leaves
    if (leaves !== undefined) this.#leaves = []
    return leaves
  }
}

/**
 * Looks at the leaves pass by pass: from one checkpoint to the next, they are ordered by transaction and id, and belong to
 * transactions that the pass before had not seen and this one has. An entry's transaction is in no hash; this is what
 * shows that it was changed.
 */
export class PassesWalk {
  readonly #faults: Faults
  #seen: Seen | undefined = nothingSeen

  constructor(faults: Faults) {
    this.#faults = faults
  }

  /** The pass of these leaves ends with a checkpoint. */
  end(all: readonly ComparedLeaf[], text: string): void {
    const leaves = all.filter((leaf) => leaf.xid !== undefined)
    const [before, after] = [this.#seen, parseSeen(text)]
    const index = all[0]?.index ?? 0
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
