import type { KeyObject } from 'node:crypto'
import type { Tx } from '#db'
import type { Faults } from './faults.ts'
import { type Checkpoint, isSigned, parseCheckpoint, type TreeHead } from './note.ts'
import { seenColumn } from './seen.ts'
import type { Frontier } from './tree.ts'
import { atColumn, mostLeaves } from './tree-store.ts'

interface CheckpointRow {
  readonly size: number
  readonly at: number
  readonly seen: string
  readonly note: string
  readonly states: Buffer
  readonly frontier: Buffer | null
}

/** A checkpoint whose note says what its row says. */
export interface SignedRow {
  readonly row: CheckpointRow
  readonly note: Checkpoint
}

const pageLength = 1000
// Signatures are checked on threads, a third of a millisecond each, while the tree goes on.
const atOnce = 8

/** The signed heads, compared with the tree as it grows. */
export class CheckpointsWalk {
  readonly #tx: Tx
  readonly #publicKey: KeyObject
  readonly #faults: Faults
  readonly #checking = new Set<Promise<void>>()
  #page: CheckpointRow[] = []
  #after = 0
  #matched: (TreeHead & { readonly at: number }) | undefined
  #newest: CheckpointRow | undefined
  #broken = false

  constructor(tx: Tx, publicKey: KeyObject, faults: Faults) {
    this.#tx = tx
    this.#publicKey = publicKey
    this.#faults = faults
  }

  /** The newest checkpoint that the tree agreed with. */
  get matched(): (TreeHead & { readonly at: number }) | undefined {
    return this.#matched
  }

  get newest(): CheckpointRow | undefined {
    return this.#newest
  }

  /** Says that the leaves are not whole: from here on, roots cannot be compared, only signatures. */
  giveUpRoots(): void {
    this.#broken = true
  }

  /** The size of the next checkpoint, as far as it was read. */
  get nextSize(): number {
    return this.#page[0]?.size ?? Infinity
  }

  /** Takes the next checkpoint, as it was signed; undefined when it is not what was signed, which is then named. */
  async take(): Promise<SignedRow | undefined> {
    const row = this.#page.shift()
    const note = row === undefined ? undefined : await this.#read(row)
    await this.#fill()
    return row === undefined || note === undefined ? undefined : { row, note }
  }

  /** Compares the tree with the checkpoint of its size. */
  judge({ row, note }: SignedRow, tree: Frontier): void {
    if (!this.#broken) this.#judge(row, note, tree)
  }

  /** The tree has this size now. Where leaves are missing it reaches no checkpoint, and only signatures are looked at. */
  async passTo(size: number): Promise<void> {
    for (let row = this.#page[0]; row !== undefined && row.size <= size; row = this.#page[0]) {
      this.#page.shift()
      await this.#read(row)
      await this.#fill()
    }
  }

  /** At the end: what is signed and not there any more, and what is there and was never signed. */
  async finish(size: number): Promise<void> {
    const signed = this.#newest?.size ?? 0
    if (signed < size) {
      this.#faults.add({
        leaf: signed,
        what: 'From this leaf on there is no checkpoint: leaves were added, or checkpoints removed.',
      })
    }
    while (this.#page.length > 0) {
      for (const row of this.#page.splice(0)) {
        if ((await this.#read(row)) === undefined) continue
        this.#faults.add({
          leaf: size,
          what: `The end was cut off: a signed checkpoint covers ${row.size} entries, and the tree has ${size}.`,
        })
      }
      await this.#fill()
    }
    await Promise.all(this.#checking)
  }

  /** Reads the next page when this one is used up. Once before the first comparison. */
  async begin(): Promise<this> {
    await this.#fill()
    return this
  }

  async #fill(): Promise<void> {
    if (this.#page.length > 0) return
    const { rows } = await this.#tx.query<{
      size: string
      at: string
      seen: string
      note: string
      states: Buffer
      frontier: Buffer | null
    }>({
      // What is longer than any was not written here, and need not fit in memory.
      text: `select size, ${atColumn}, ${seenColumn}, left(note, 10000) as note, substring(states for 200) as states,
          case when octet_length(frontier) > 2000 then '' else frontier end as frontier
        from ledger.checkpoint where size > $1::bigint and size <= ${mostLeaves} order by size limit $2`,
      values: [this.#after, pageLength],
    })
    this.#page = rows.map((row) => ({ ...row, size: Number(row.size), at: Number(row.at) }))
    this.#after = this.#page.at(-1)?.size ?? this.#after
  }

  #judge(row: CheckpointRow, note: Checkpoint, tree: Frontier): void {
    if (tree.root().equals(note.root)) {
      this.#matched = { size: row.size, root: note.root, at: row.at }
      if (row.frontier !== null && !row.frontier.equals(tree.bytes())) {
        this.#faults.add({ leaf: row.size, what: 'The frontier kept with a checkpoint was changed.' })
      }
      return
    }
    this.#broken = true // every later root contains this one
    const from = this.#matched?.size ?? 0
    const span = row.size - from === 1 ? `Leaf ${from} does` : `The leaves ${from} to ${row.size - 1} do`
    this.#faults.add({
      leaf: from,
      what: `${span} not give the signed root: leaves were exchanged or added, an entry was changed together with its leaf, or the checkpoint was replaced.`,
    })
  }

  async #read(row: CheckpointRow): Promise<Checkpoint | undefined> {
    this.#newest = row
    const note = parseCheckpoint(row.note)
    if (note === undefined || note.size !== row.size) {
      this.#faults.add({
        leaf: row.size,
        what: `The checkpoint for ${row.size} entries is not the note that was signed.`,
      })
      return undefined
    }
    if (this.#checking.size >= atOnce) await Promise.race(this.#checking)
    const checking = this.#check(note).finally(() => this.#checking.delete(checking))
    this.#checking.add(checking)
    return note
  }

  async #check(note: Checkpoint): Promise<void> {
    if (await isSigned(note, this.#publicKey)) return
    this.#faults.add({
      leaf: note.size,
      what: `The checkpoint for ${note.size} entries is not signed with this ledger’s key.`,
    })
  }
}
