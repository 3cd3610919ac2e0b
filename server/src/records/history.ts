import type { DateRange } from '@chartkeep/model/fhir'
import { type Id, parseId, Refusal } from '#base'
import type { Keyring } from '#keys'
import type { Place, WritesPage } from '#ledger'
import type { Grant } from '#policy'
import { factsOf } from './facts.ts'
import { openMark, sealMark } from './marks.ts'
import type { ReadStores } from './read.ts'
import { fetchVersions, fetchVersionsOf, type VersionRow } from './versions.ts'
import { type Opened, openVisible, type Stored, storedOf } from './visible.ts'

/** Which versions, and how many at a time. */
export interface HistoryAsk {
  readonly count: number
  /** Only what was made at or after this time, Unix ms. */
  readonly since?: number | undefined
  /** Only what was the newest version at some time of this range. */
  readonly at?: DateRange | undefined
  /** The `next` of the page before, for the same question. */
  readonly cursor?: string | undefined
}

export interface HistoryPage {
  readonly versions: readonly Stored[]
  /** For the next page; absent at the end. A page may be shorter than asked, even empty, and have a next one. */
  readonly next?: string
  /** How many there are, where that is known without a count. */
  readonly total?: number
  /** Of what is asked for since some time: all that was written before this time is in it, Unix ms. */
  readonly settled?: number
}

export interface HistoryStores extends ReadStores {
  readonly keys: Keyring
}

type Grants = readonly [Grant<'history'>, ...Grant<'history'>[]]

/** The versions of one record, newest first, a deletion among them. Throws 'not-found', also for one of which none is shown. */
export async function history(
  stores: HistoryStores,
  grant: Grant<'history'>,
  id: Id<string>,
  asked: HistoryAsk,
  request: string,
): Promise<HistoryPage> {
  const { type, actor } = grant.question
  const key = stores.keys.hmacKey('cursor')
  const question = `history ${type}/${id} ${conditionsOf(asked)}`
  const mark = asked.cursor === undefined ? undefined : parseVersionMark(openMark(key, grant, question, asked.cursor))
  const settled = mark === undefined ? await settledFor(stores, asked) : mark.settled
  const found: Opened[] = []
  let seen = false
  let newest: number | undefined
  let before: number | undefined = mark?.version ?? Number.MAX_SAFE_INTEGER
  while (before !== undefined && found.length <= asked.count) {
    const rows = await fetchVersionsOf(stores.db, actor.tenant, id, { before, limit: asked.count + 1 })
    if (rows.some(({ row }) => row.type !== type)) throw new Refusal('not-found')
    newest ??= rows[0]?.row.version
    // What was made before that is older still.
    const ended = rows.length <= asked.count || rows.some(({ row }) => row.updated < (asked.since ?? 0))
    before = ended ? undefined : rows.at(-1)?.row.version
    for (const one of rows) {
      const opened = await openVisible(stores.patientKeys, grant, one.row)
      if (opened === undefined) continue
      seen = true
      if (isWanted(one, asked, settled)) found.push(opened)
    }
  }
  if (!seen && mark === undefined) throw new Refusal('not-found')
  const page = found.slice(0, asked.count)
  const last = page.at(-1)
  const versions = await release(stores, [grant], page, request)
  const countable = mark === undefined && conditionsOf(asked) === '' && grant.rows === undefined
  return {
    versions,
    ...(countable && newest !== undefined ? { total: newest } : {}),
    ...(found.length > asked.count && last !== undefined
      ? { next: sealMark(key, grant, question, JSON.stringify([last.row.version, settled])) }
      : {}),
    ...(settled === undefined || mark !== undefined ? {} : { settled }),
  }
}

/** Who asks for what is new goes on from the newest that they were shown: see `LowWater`. */
async function settledFor({ db }: HistoryStores, { since }: HistoryAsk): Promise<number | undefined> {
  return since === undefined ? undefined : db.lowWater.settled()
}

// It was sealed by us; this tells the compiler what it is.
function parseVersionMark(text: string): { readonly version: number; readonly settled: number | undefined } {
  const parts: unknown = JSON.parse(text)
  const [version, settled]: unknown[] = Array.isArray(parts) ? parts : []
  if (typeof version !== 'number') throw new Refusal('parameter-invalid')
  return { version, settled: typeof settled === 'number' ? settled : undefined }
}

// A look at more than this many batches of entries of the ledger is the next page's.
const batchesAtOnce = 1000
const mostLooks = 10
/** An entry is made before what it records is saved, and by the clock of another process. */
const slackMs = 300_000

/**
 * The versions of every record of these types, newest first, read off the ledger, which holds every write in its order:
 * one index less that would cost each write and tell the database how often each type is written.
 */
export async function historyOfTypes(
  stores: HistoryStores,
  grants: Grants,
  asked: HistoryAsk,
  request: string,
): Promise<HistoryPage> {
  const [first] = grants
  const { tenant } = first.question.actor
  const types = new Set(grants.map(({ question }) => question.type))
  const key = stores.keys.hmacKey('cursor')
  const question = `history ${[...types].join()} ${conditionsOf(asked)}`
  const began = asked.cursor === undefined ? start : parseMark(openMark(key, first, question, asked.cursor))
  const settled = asked.cursor === undefined ? await settledFor(stores, asked) : began.settled
  let mark: LedgerMark | undefined = began
  const ofType = new Map(grants.map((grant) => [grant.question.type, grant]))
  const found: Opened[] = []
  for (let looks = 0; looks < mostLooks && mark !== undefined && found.length < asked.count; looks++) {
    const look = await stores.ledger.writesUpTo(tenant, mark.from, batchesAtOnce)
    const named = namedIn(look.entries, types, mark)
    const rows = await fetchVersions(stores.db, tenant, named)
    mark = markAfter(look, asked)
    for (const [index, one] of rows.entries()) {
      const grant = one === undefined ? undefined : ofType.get(one.row.type)
      if (one === undefined || grant === undefined || !isWanted(one, asked, settled)) continue
      const opened = await openVisible(stores.patientKeys, grant, one.row)
      if (opened === undefined) continue
      found.push(opened)
      if (found.length < asked.count) continue
      mark = named[index]?.mark
      break
    }
  }
  const versions = await release(stores, grants, found, request)
  return {
    versions,
    ...(mark === undefined
      ? {}
      : { next: sealMark(key, first, question, JSON.stringify([mark.from?.xid, mark.from?.id, mark.skip, settled])) }),
    ...(settled === undefined || asked.cursor !== undefined ? {} : { settled }),
  }
}

/** An entry of the ledger, and how many of its writes are done with. */
interface Mark {
  readonly from: Place | undefined
  readonly skip: number
  readonly settled: number | undefined
}

type LedgerMark = Pick<Mark, 'from' | 'skip'>

const start: Mark = { from: undefined, skip: 0, settled: undefined }
const whole = 1_000_000

// It was sealed by us; this tells the compiler what it is.
function parseMark(text: string): Mark {
  const parts: unknown = JSON.parse(text)
  const [xid, id, skip, settled]: unknown[] = Array.isArray(parts) ? parts : []
  if (typeof xid !== 'string' || typeof id !== 'string' || typeof skip !== 'number')
    throw new Refusal('parameter-invalid')
  return { from: { xid, id }, skip, settled: typeof settled === 'number' ? settled : undefined }
}

/** Where the next look begins; undefined when what comes is too old, or nothing comes. */
function markAfter({ entries, last }: WritesPage, { since = 0 }: HistoryAsk): LedgerMark | undefined {
  const passed = entries.some(({ at }) => at < since - slackMs)
  return last === undefined || passed ? undefined : { from: last, skip: whole }
}

interface Named {
  readonly id: Id<string>
  readonly version: number
  /** Where a page that ends with this one leaves off. */
  readonly mark: LedgerMark
}

/** The writes of these types, the last of an entry first, without those that an earlier page has had. */
function namedIn(entries: WritesPage['entries'], types: ReadonlySet<string>, { from, skip }: LedgerMark): Named[] {
  return entries.flatMap(({ place, writes }) => {
    const named = writes.filter(({ type }) => types.has(type)).toReversed()
    const done = place.id === from?.id ? skip : 0
    return named.slice(done).flatMap(({ id, version }, index) => {
      const parsed = parseId<string>(id)
      return parsed === undefined ? [] : { id: parsed, version, mark: { from: place, skip: done + index + 1 } }
    })
  })
}

/** Made since, and the newest version at some time of the range that was asked about. */
function isWanted(
  { row, replaced = Infinity }: VersionRow,
  { since = 0, at }: HistoryAsk,
  settled: number | undefined,
): boolean {
  return (
    row.updated >= since &&
    row.updated < (settled ?? Infinity) &&
    (at === undefined || (row.updated < at.high && replaced > at.low))
  )
}

function conditionsOf({ since, at }: HistoryAsk): string {
  return [since, at?.low, at?.high].filter((one) => one !== undefined).join()
}

/** Makes the entry durable before anything is handed out. */
async function release(
  { ledger, clock }: HistoryStores,
  grants: Grants,
  opened: readonly Opened[],
  request: string,
): Promise<Stored[]> {
  const rows = opened.map(({ row }) => row)
  const types = (rows.length === 0 ? grants.map(({ question }) => question) : rows).map(({ type }) => type)
  const patients = rows.map(({ patient }) => patient)
  const records = rows.map(({ type, id, version }) => ({ type, id, version }))
  await ledger.record(factsOf(grants, request, clock, { types, patients, records }))
  return opened.map(storedOf)
}
