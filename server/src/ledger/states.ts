import { type Tx, uuidArray } from '#db'
import type { RecordedState } from './packed-states.ts'

/** A row of ledger.state as it is in the table, which need not be as it was written. */
export interface StateRow extends Omit<RecordedState, 'kind' | 'subject'> {
  readonly kind: string
  readonly subject: string
}

interface Columns {
  subject: string
  version: string
  kind: string
  ended: boolean
  mac: Buffer
  entry: string
}

const columns = 'subject, version, kind, ended, mac, entry'
const stateOf = <R extends Columns>({ version, ...row }: R) => ({ ...row, version: Number(version) })

/** The newest state that entries recorded of each of these; of those that have one. */
export async function newestStates(tx: Tx, subjects: readonly string[]): Promise<Map<string, StateRow>> {
  const { rows } = await tx.query<Columns>({
    name: 'ledger-newest-states',
    text: `select s.* from unnest($1::uuid[]) as asked(subject) cross join lateral
      (select ${columns} from ledger.state where state.subject = asked.subject order by version desc, ended desc limit 1) as s`,
    values: [uuidArray([...new Set(subjects)])],
  })
  return new Map(rows.map((row) => [row.subject, stateOf(row)]))
}

/** The newest state of a row's subject, as `joinNewest` gives it. */
export interface NewestColumns {
  newest_version: string | null
  newest_ended: boolean | null
  newest_mac: Buffer | null
}

export type NewestState = Pick<StateRow, 'version' | 'ended' | 'mac'>

export const newestColumns = 'newest.version as newest_version, newest.ended as newest_ended, newest.mac as newest_mac'

/**
 * A join that puts the newest state of a subject beside its row: in the same statement, so on the same snapshot, and without
 * a round trip of its own. @param subject a column of another table, such as 'a.id'
 */
export function joinNewest(subject: string): string {
  return `left join lateral (select version, ended, mac from ledger.state where ledger.state.subject = ${subject}
    order by version desc, ended desc limit 1) as newest on true`
}

export function newestIn(row: NewestColumns): NewestState | undefined {
  const { newest_version: version, newest_ended: ended, newest_mac: mac } = row
  return version === null || ended === null || mac === null ? undefined : { version: Number(version), ended, mac }
}

const rowsAtOnce = 5000

/** All of the table, in no order, by the page. Once in a transaction. */
export async function* everyState(tx: Tx): AsyncGenerator<readonly (StateRow & { readonly tenant: number })[]> {
  // A longer code or kind was not written here, and need not fit in memory.
  await tx.query({
    text: `declare states no scroll cursor for
      select subject, version, left(kind, 20) as kind, ended, substring(mac for 100) as mac, entry, tenant from ledger.state`,
  })
  for (;;) {
    const { rows } = await tx.query<Columns & { tenant: number }>({ text: `fetch ${rowsAtOnce} from states` })
    if (rows.length === 0) break
    yield rows.map(stateOf)
  }
}

const pageLength = 1000

/** The newest state of everyone in the tenant, in the order of their ids, by the page. */
export async function* everyNewestState(tx: Tx, tenant: number): AsyncGenerator<readonly StateRow[]> {
  for (let after = '00000000-0000-0000-0000-000000000000'; ;) {
    const { rows } = await tx.query<Columns>({
      text: `select distinct on (subject) ${columns} from ledger.state
        where subject > $1::uuid and tenant = $2 order by subject, version desc, ended desc limit $3`,
      values: [after, tenant, pageLength],
    })
    yield rows.map(stateOf)
    const last = rows.at(-1)
    if (last === undefined || rows.length < pageLength) return
    after = last.subject
  }
}

/** What the table says that these entries recorded. */
export async function readStatesOf(
  tx: Tx,
  entries: readonly string[],
): Promise<(StateRow & { readonly tenant: number })[]> {
  const { rows } = await tx.query<Columns & { tenant: number }>({
    text: `select ${columns}, tenant from ledger.state where entry = any($1::uuid[])`,
    values: [uuidArray(entries)],
  })
  return rows.map(stateOf)
}
