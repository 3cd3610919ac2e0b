import type { Tx } from '#db'
import { parseEntries, type Subject, subjectsOf } from './access.ts'
import { participantsOf } from './batch.ts'
import type { Faults } from './faults.ts'
import { entriesColumn } from './stored.ts'
import type { ComparedLeaf } from './verify-entries.ts'

interface Row extends Subject {
  newest: string
  oldest: string
  pass: string
  tenant: number
  entries: Buffer | null
}

const rowsAtOnce = 256

/**
 * Looks at access history pass by pass: the entries of each stand in the history of whoever did them and of every patient
 * they name, and of nobody else.
 */
export class AccessWalk {
  readonly #tx: Tx
  readonly #faults: Faults
  #rows: Row[] = []

  constructor(tx: Tx, faults: Faults) {
    this.#tx = tx
    this.#faults = faults
  }

  /** Once in a transaction. */
  async begin(): Promise<this> {
    await this.#tx.query({
      text: `declare accesses no scroll cursor for
        select subject, actor, newest, oldest, pass, tenant, ${entriesColumn} as entries from ledger.access
        order by pass, subject, actor, newest`,
    })
    await this.#fill()
    return this
  }

  /** The pass of these leaves ends with the checkpoint of this size. */
  async end(leaves: readonly ComparedLeaf[], pass: number): Promise<void> {
    // Of an entry that was changed or is gone nobody knows whom it named; it has been told of.
    const unknown = new Set(leaves.filter(({ entry }) => entry === undefined).map(({ id }) => id))
    const expected = new Map(expectedOf(leaves).map((each) => [keyOf(each), each.entry]))
    let other = String(pass)
    for await (const row of this.#takeUpTo(pass)) {
      if (row.pass !== other && row.pass !== String(pass))
        this.#faults.add({
          what: `The checkpoint for ${row.pass} entries was removed, or the pass that access history names was changed.`,
          ...(Number(row.pass) >= 0 ? { leaf: Number(row.pass) } : {}),
        })
      other = row.pass
      this.#judge(row, expected, unknown)
    }
    for (const entry of new Set(expected.values()))
      this.#faults.add({ entry, what: 'The entry is missing from the access history of somebody it names.' })
  }

  /** After the last pass nothing may be left, if all of them were looked at. */
  async finish(whole: boolean): Promise<void> {
    if (whole) for await (const row of this.#takeUpTo(Infinity)) this.#judge(row, new Map(), new Set())
  }

  #judge(row: Row, expected: Map<string, string>, unknown: ReadonlySet<string>): void {
    const entries = parseEntries(row)
    if (entries === undefined) {
      this.#faults.add({ entry: row.newest, what: 'The access history that this entry stands in cannot be read.' })
      return
    }
    for (const entry of entries) {
      if (!expected.delete(keyOf({ ...row, entry })) && !unknown.has(entry))
        this.#faults.add({ entry, what: 'The entry stands in the access history of somebody it does not name.' })
    }
  }

  async *#takeUpTo(pass: number): AsyncGenerator<Row> {
    for (let row = this.#rows[0]; row !== undefined && Number(row.pass) <= pass; row = this.#rows[0]) {
      this.#rows.shift()
      if (this.#rows.length === 0) await this.#fill()
      yield row
    }
  }

  async #fill(): Promise<void> {
    const { rows } = await this.#tx.query<Row>({ text: `fetch ${rowsAtOnce} from accesses` })
    this.#rows = rows
  }
}

interface Expected extends Subject {
  readonly tenant: number
  readonly entry: string
}

const keyOf = ({ subject, actor, tenant, entry }: Expected): string => `${subject} ${actor} ${entry} ${tenant}`

function expectedOf(leaves: readonly ComparedLeaf[]): Expected[] {
  return leaves.flatMap(({ entry }) => {
    if (entry === undefined) return []
    const { id, tenant } = entry
    return subjectsOf(participantsOf(entry)).map((subject) => ({ ...subject, tenant, entry: id }))
  })
}
