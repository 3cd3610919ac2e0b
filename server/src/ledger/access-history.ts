import { type Id, Refusal } from '#base'
import type { Database, Tx } from '#db'
import type { LedgerKeys } from '#keys'
import { openDetails } from './entry.ts'
import type { EntryActor, EntryFacts } from './facts.ts'
import { findHeader } from './header.ts'
import { isUuid, type NamedRecord, unpackIds, unpackReads, unpackWrites } from './packed.ts'

/** One entry as access history shows it. */
export interface Access {
  readonly id: string
  /** Unix milliseconds. */
  readonly at: number
  readonly actor: EntryActor
  readonly workstation: string
  readonly action: string
  readonly types: readonly string[]
  readonly patients: readonly string[]
  readonly records: readonly (NamedRecord & { readonly changed: boolean; readonly before?: number })[]
  readonly purpose?: string
  readonly rule?: string
  readonly outcome: EntryFacts['outcome']
  readonly request: string
}

export interface FoundEntry extends Access {
  readonly details: unknown
}

/** `before` is the `next` of the page before; left out, the newest come. */
export interface PageAsk {
  readonly before?: string
  readonly count: number
}

export interface AccessPage {
  readonly accesses: readonly Access[]
  readonly next?: string
}

interface Row {
  id: string
  at: Date
  actor: string | null
  patient: string | null
  header: Buffer
  patients: Buffer
  reads: Buffer
  writes: Buffer
  details: Buffer
}

const columns = 'e.id, e.at, e.actor, e.patient, e.header, e.patients, e.reads, e.writes, e.details'
const most = 1000

export async function accessesOf(
  db: Database,
  tenant: number,
  patient: Id<'patient'>,
  page: PageAsk,
): Promise<AccessPage> {
  // Entries that name one patient, and those that name several: each from its own index, newest first.
  return readPage(db, tenant, page, {
    name: 'ledger-accesses-of',
    text: `select ${columns} from (
        (select id, at from ledger.entry where patient = $1::uuid and at <= $2 and (at, id) < ($2, $3::uuid) order by at desc, id desc limit $4)
        union all
        (select entry as id, at from ledger.subject where patient = $1::uuid and at <= $2 and (at, entry) < ($2, $3::uuid) order by at desc, entry desc limit $4)
      ) as named join ledger.entry as e using (id) order by e.at desc, e.id desc limit $4`,
    subject: patient,
  })
}

export async function accessesBy(db: Database, tenant: number, actor: string, page: PageAsk): Promise<AccessPage> {
  if (!isUuid(actor)) return { accesses: [] } // those without an id of ours are in nobody's history
  return readPage(db, tenant, page, {
    name: 'ledger-accesses-by',
    text: `select ${columns} from ledger.entry as e
      where actor = $1::uuid and at <= $2 and (at, id) < ($2, $3::uuid) order by at desc, id desc limit $4`,
    subject: actor,
  })
}

async function readPage(
  db: Database,
  tenant: number,
  page: PageAsk,
  query: { readonly name: string; readonly text: string; readonly subject: string },
): Promise<AccessPage> {
  const count = Math.min(Math.max(1, Math.trunc(page.count)), most)
  const { at, id } = parseCursor(page.before)
  const { rows } = await db.transact(tenant, async (tx) =>
    tx.query<Row>({ name: query.name, text: query.text, values: [query.subject, at, id, count + 1] }),
  )
  const shown = rows.slice(0, count)
  const last = shown.at(-1)
  return {
    accesses: shown.map(accessOf),
    ...(rows.length > count && last !== undefined ? { next: `${last.at.getTime()}.${last.id}` } : {}),
  }
}

function parseCursor(before: string | undefined): { at: string; id: string } {
  if (before === undefined) return { at: 'infinity', id: 'ffffffff-ffff-ffff-ffff-ffffffffffff' }
  const [at, id] = before.split('.')
  if (at === undefined || id === undefined || !/^\d{1,14}$/.test(at) || !isUuid(id))
    throw new Refusal('parameter-invalid')
  return { at: new Date(Number(at)).toISOString(), id }
}

export async function findEntry(
  db: Database,
  keys: LedgerKeys,
  tenant: number,
  id: Id<'entry'>,
): Promise<FoundEntry | undefined> {
  const { rows } = await db.transact(tenant, async (tx: Tx) =>
    tx.query<Row>({ text: `select ${columns} from ledger.entry as e where id = $1::uuid`, values: [id] }),
  )
  const [row] = rows
  return row === undefined ? undefined : { ...accessOf(row), details: openDetails(row, keys) }
}

function accessOf(row: Row): Access {
  const header = findHeader(row.header)
  if (header === undefined) throw new Refusal('record-damaged')
  const { actor, actorId, role, onBehalfOf, before, types, ...rest } = header
  const id = row.actor ?? actorId
  const befores = new Map(before)
  const written = unpackWrites(row.writes, types).map(({ type, id: record, version }, index) => ({
    type,
    id: record,
    version,
    changed: true,
    ...(version > 1 || befores.has(index) ? { before: befores.get(index) ?? version - 1 } : {}),
  }))
  return {
    id: row.id,
    at: row.at.getTime(),
    actor: {
      kind: actor,
      ...(id === undefined ? {} : { id }),
      ...(role === undefined ? {} : { role }),
      ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
    },
    ...rest,
    types,
    patients: row.patient === null ? unpackIds(row.patients) : [row.patient],
    records: [...unpackReads(row.reads, types).map((record) => ({ ...record, changed: false })), ...written],
  }
}
