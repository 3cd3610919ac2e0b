import type { KeyObject } from 'node:crypto'
import type { Tx } from '#db'
import { leafOf, tagOf } from './entry.ts'
import type { Faults } from './faults.ts'
import { beginning, type Place, readBetween, readEntries, type StoredEntry } from './stored.ts'
import { hashLength } from './tree.ts'
import type { LeafRun } from './tree-store.ts'

interface Examined {
  readonly entry: StoredEntry
  readonly hash: Buffer
  /** Its tag is under this installation's key, so this is how it was written. */
  readonly genuine: boolean
}

/** Entries of one stretch of the table, by id; `index` is their order there. */
type Stretch = ReadonlyMap<string, Examined & { readonly index: number }>

// So many entries without a leaf are named within one page; the rest of them are only mentioned.
const room = 256

/**
 * Walks the entries beside the leaves: each leaf has its entry, unchanged and in its order, and no entry stands between
 * them without a leaf.
 */
export class EntriesWalk {
  readonly #tx: Tx
  readonly #key: KeyObject
  readonly #faults: Faults
  #place: Place = beginning

  constructor(tx: Tx, key: KeyObject, faults: Faults) {
    this.#tx = tx
    this.#key = key
    this.#faults = faults
  }

  /** Up to where the table was compared. */
  get place(): Place {
    return this.#place
  }

  /**
   * Compares a page of leaves with its stretch of the table, and gives the hashes to compute the tree with.
   * @param whole no leaves are missing before or in this page
   */
  async compare(runs: readonly LeafRun[], whole: boolean): Promise<Buffer[]> {
    const last = runs.at(-1)
    const upTo = { xid: last?.xid ?? this.#place.xid, id: last?.ids.at(-1) ?? this.#place.id }
    const count = runs.reduce((sum, run) => sum + run.ids.length, 0)
    const stretch = await this.#readStretch(runs, upTo, count + room)
    const elsewhere = await this.#findElsewhere(runs, stretch)
    const hashes: Buffer[] = []
    let reached = -1
    for (const run of runs) {
      this.#compareEnd(run, stretch.get(run.ids.at(-1) ?? '') ?? elsewhere.get(run.ids.at(-1) ?? ''))
      for (const [offset, id] of run.ids.entries()) {
        const leaf = { id, leaf: run.first + offset, hash: run.hashes[offset] ?? Buffer.alloc(hashLength) }
        const here = stretch.get(id)
        hashes.push(this.#compareLeaf(leaf, here ?? elsewhere.get(id)))
        if (here === undefined && elsewhere.has(id))
          this.#add(leaf, 'The entry was moved: its transaction is not the one it was recorded in.')
        if (here === undefined) continue
        if (here.index < reached)
          this.#add(leaf, 'The leaves are not in the order of the entries: some were exchanged.')
        reached = Math.max(reached, here.index)
      }
    }
    const end = this.#endOf(upTo, stretch, elsewhere, reached)
    this.#nameLeafless(runs, stretch, end.xid === upTo.xid ? Infinity : reached, whole)
    if (stretch.size === count + room)
      this.#faults.add({
        entry: upTo.id,
        what: 'More entries stand before this one without a leaf than are named here.',
      })
    this.#place = end
    return hashes
  }

  async #readStretch(runs: readonly LeafRun[], upTo: Place, limit: number): Promise<Stretch> {
    const read = async (end: Place): Promise<Stretch> => {
      const entries = await readBetween(this.#tx, this.#place, end, limit)
      return new Map(entries.map((entry, index) => [entry.id, { ...this.#examine(entry), index }]))
    }
    const stretch = await read(upTo)
    if (stretch.has(upTo.id)) return stretch
    // The last entry is not where the leaves say. If that leaves out others too, it is the leaves that were changed.
    const [end] = await readEntries(this.#tx, [upTo.id])
    if (end === undefined) return stretch
    const other = await read(end)
    const found = (within: Stretch): number =>
      runs.reduce((sum, { ids }) => sum + ids.filter((id) => within.has(id)).length, 0)
    return found(other) > found(stretch) + 1 ? other : stretch
  }

  #examine(entry: StoredEntry): Examined {
    const hash = leafOf(entry)
    return { entry, hash, genuine: tagOf(hash, this.#key).equals(entry.tag) }
  }

  async #findElsewhere(runs: readonly LeafRun[], stretch: Stretch): Promise<Map<string, Examined>> {
    const missing = runs.flatMap(({ ids }) => ids.filter((id) => !stretch.has(id)))
    const entries = missing.length === 0 ? [] : await readEntries(this.#tx, missing)
    return new Map(entries.map((entry) => [entry.id, this.#examine(entry)]))
  }

  #add(leaf: { readonly id: string; readonly leaf: number }, what: string): void {
    this.#faults.add({ entry: leaf.id, leaf: leaf.leaf, what })
  }

  #compareEnd(run: LeafRun, end: Examined | undefined): void {
    if (end === undefined || end.entry.xid === run.xid) return
    this.#faults.add({
      entry: end.entry.id,
      leaf: run.first,
      what: 'The leaves from this one on name another transaction than their last entry does.',
    })
  }

  /** The hash that the tree is to be computed with: the entry's own when its tag shows that it is the true one. */
  #compareLeaf(
    leaf: { readonly id: string; readonly leaf: number; readonly hash: Buffer },
    found: Examined | undefined,
  ): Buffer {
    if (found === undefined) {
      this.#add(leaf, 'The entry was deleted: its leaf is in the tree.')
      return leaf.hash
    }
    if (found.hash.equals(leaf.hash)) {
      if (!found.genuine)
        this.#add(leaf, 'The entry was not written by this installation: its tag is not under its key.')
      return leaf.hash
    }
    this.#add(
      leaf,
      found.genuine
        ? 'The leaf was changed: it is not the hash of its entry.'
        : 'The entry was changed: it does not give the hash in the tree.',
    )
    return found.genuine ? found.hash : leaf.hash
  }

  /** Where the next page begins: where the leaves say, unless it is they that were changed. */
  #endOf(upTo: Place, stretch: Stretch, elsewhere: ReadonlyMap<string, Examined>, reached: number): Place {
    const here = stretch.get(upTo.id)
    if (here !== undefined) return here.index === reached ? { xid: here.entry.xid, id: upTo.id } : upTo
    const moved = elsewhere.get(upTo.id)
    return moved !== undefined && elsewhere.size > 1 ? { xid: moved.entry.xid, id: upTo.id } : upTo
  }

  #nameLeafless(runs: readonly LeafRun[], stretch: Stretch, upTo: number, whole: boolean): void {
    const leaves = new Set(runs.flatMap(({ ids }) => ids))
    for (const [id, { index, genuine }] of stretch) {
      if (leaves.has(id) || index > upTo) continue
      if (!whole) this.#faults.add({ entry: id, what: 'The entry has no leaf any more.' })
      else if (genuine)
        this.#faults.add({
          entry: id,
          what: 'The entry was put in later: the tree has leaves before and after it, and none for it.',
        })
      else
        this.#faults.add({
          entry: id,
          what: 'The entry was put in later, and not by this installation: it has no leaf, and its tag is not under its key.',
        })
    }
  }
}
