import { clinicalDate, codeOfType, dateRange, isResourceType, type ResourceType } from '@chartkeep/model/fhir'
import { bucketOf, type Id, parseId, Refusal } from '#base'
import { type Database, int2Array } from '#db'
import type { Keyring } from '#keys'
import type { Grant } from '#policy'
import { factsOf } from './facts.ts'
import { openMark, sealMark } from './marks.ts'
import type { ReadStores } from './read.ts'
import { parseRow, type Row, rowColumns, type StoredRow } from './row.ts'
import { type Opened, openAllVisible, openVisible, type Stored, storedOf } from './visible.ts'

export interface EverythingAsk {
  readonly patient: Id<'patient'>
  /** Care at or after, and before, this time, Unix ms; what has no date of its own is always part of it. */
  readonly start?: number | undefined
  readonly end?: number | undefined
  /** Only what was changed at or after this time, Unix ms. */
  readonly since?: number | undefined
  readonly count: number
  /** The `next` of the page before, for the same question. */
  readonly cursor?: string | undefined
}

/** Policy's yes to each part of a chart: a type without one is not part of it. */
export interface EverythingGrants {
  readonly patient: Grant<'read'>
  readonly compartment: readonly Grant<'search'>[]
  /** For what the compartment refers to and is no patient's: who treats, where, with what. */
  readonly referred: readonly Grant<'read'>[]
}

export interface EverythingPage {
  /** Of what is asked for since some time: all that was written before this time is in it, Unix ms. */
  readonly settled?: number
  readonly records: readonly Stored[]
  /** What those refer to and is no patient's. */
  readonly included: readonly Stored[]
  /** Binaries that they refer to: each has rights of its own, and is opened by who asks for it. */
  readonly binaries: readonly Id<string>[]
  readonly next?: string
}

interface EverythingStores extends ReadStores {
  readonly keys: Keyring
}

/**
 * A patient, whatever is in the patient's chart, and what that refers to and is no patient's: another patient's records
 * are not part of it. One statement a page, along the chart's index. The entry names all that comes out. Throws 'not-found' and 'gone'.
 */
export async function everything(
  stores: EverythingStores,
  grants: EverythingGrants,
  asked: EverythingAsk,
  request: string,
): Promise<EverythingPage> {
  const { patient, count, cursor } = asked
  const { tenant } = grants.patient.question.actor
  const byType = new Map<ResourceType, Grant>(grants.compartment.map((grant) => [grant.question.type, grant]))
  const key = stores.keys.hmacKey('cursor')
  const bounds = [asked.start, asked.end, asked.since].map((bound) => bound ?? '').join()
  const question = `everything ${patient} ${[...byType.keys()].join()} ${bounds}`
  const mark = cursor === undefined ? undefined : parseMark(openMark(key, grants.patient, question, cursor))
  const before = mark?.before ?? (asked.since === undefined ? stores.clock.now() : await stores.db.lowWater.settled())
  const [[self], page] = await Promise.all([
    stores.newest(tenant, [patient]),
    selectCompartment(stores.db, tenant, asked, [...byType.keys()], { mark, before }),
  ])
  if (self?.type !== 'Patient') throw new Refusal('not-found')
  const whole = await openVisible(stores.patientKeys, grants.patient, self)
  if (whole === undefined) throw new Refusal('not-found')
  if (self.deleted) throw new Refusal('gone')
  const held = await stores.patientKeys.require(tenant, patient)
  const rows = page.slice(0, count)
  const candidates = rows.flatMap((row) => {
    const grant = byType.get(row.type)
    return grant === undefined ? [] : { grant, row, held }
  })
  const visible = await openAllVisible(stores.sealer, candidates)
  const opened = visible.flatMap((one) => (one === undefined || !isWithin(one, asked) ? [] : one))
  const isNew = asked.since === undefined || (self.updated >= asked.since && self.updated < before)
  const first = mark === undefined && isNew ? [whole] : []
  const records = [...first, ...opened]
  const referred = referredBy(records)
  const included = await openReferred(stores, tenant, grants.referred, referred)
  const released = [...records, ...included].map(({ row }) => row)
  const used = [grants.patient, ...grants.compartment, ...grants.referred]
  const facts = factsOf([grants.patient, ...used], request, stores.clock, {
    action: '$everything',
    types: ['Patient', ...released.map(({ type }) => type)],
    patients: [patient],
    records: released.map(({ type, id, version }) => ({ type, id, version })),
  })
  await stores.ledger.record(facts)
  const last = rows.at(-1)
  const next =
    page.length > count && last !== undefined
      ? JSON.stringify([codeOfType(last.type), last.at, last.id, before])
      : undefined
  return {
    records: records.map(storedOf),
    included: included.map(storedOf),
    binaries: referred.flatMap(({ type, id }) => (type === 'Binary' ? [id] : [])),
    ...(next === undefined ? {} : { next: sealMark(key, grants.patient, question, next) }),
    ...(mark !== undefined || asked.since === undefined ? {} : { settled: before }),
  }
}

interface Mark {
  readonly type: number
  readonly at: number
  readonly id: string
  /** What was written from this time on is on none of the pages that follow. */
  readonly before: number
}

// It was sealed by us; this tells the compiler what it is.
function parseMark(text: string): Mark {
  const parts: unknown = JSON.parse(text)
  const [type, at, id, before]: unknown[] = Array.isArray(parts) ? parts : []
  if (typeof type !== 'number' || typeof at !== 'number' || typeof id !== 'string' || typeof before !== 'number')
    throw new Refusal('parameter-invalid')
  return { type, at, id, before }
}

/** One more than a page, in the order of the chart's index. */
async function selectCompartment(
  db: Database,
  tenant: number,
  { patient, since, count }: EverythingAsk,
  types: readonly ResourceType[],
  { mark, before }: { readonly mark: Mark | undefined; readonly before: number },
): Promise<Row[]> {
  const codes = types.filter((type) => type !== 'Patient').map(codeOfType)
  if (codes.length === 0) return []
  // The first page of a whole chart is as the chart is now.
  const bounded = mark !== undefined || since !== undefined
  const [found] = await db.run<StoredRow>(tenant, [
    {
      name: 'records.everything',
      text: `select ${rowColumns} from records.resource r
        where r.bucket = $1::smallint and r.patient = $2::uuid and r.type = any($3::smallint[]) and not r.deleted
          and ($4::timestamptz is null or r.updated >= $4)
          and ($9::timestamptz is null or r.updated < $9)
          and ($5::smallint is null or r.type > $5 or (r.type = $5 and (r.at < $6 or (r.at = $6 and r.id > $7::uuid))))
        order by r.type, r.at desc, r.id limit $8`,
      values: [
        bucketOf(patient),
        patient,
        int2Array(codes),
        since === undefined ? null : new Date(since).toISOString(),
        ...[mark?.type ?? null, mark?.at ?? null, mark?.id ?? null],
        count + 1,
        bounded ? new Date(before).toISOString() : null,
      ],
    },
  ])
  return (found?.rows ?? []).map(parseRow)
}

/** Only records with a date of their own can be outside of the time that was asked for. */
function isWithin(opened: Opened, { start, end }: EverythingAsk): boolean {
  if (start === undefined && end === undefined) return true
  const text = clinicalDate(opened.resource)
  const range = text === undefined ? undefined : dateRange(text)
  return range === undefined || (range.high > (start ?? -Infinity) && range.low < (end ?? Infinity))
}

const reference = /"reference":"([A-Z][A-Za-z]+)\/([0-9a-f-]{36})(?:\/_history\/\d+)?"/g
// An attachment may have an address of ours before it.
const attachment = /"url":"(?:https:[^"]*\/)?(Binary)\/([0-9a-f-]{36})"/g

interface Referred {
  readonly type: ResourceType
  readonly id: Id<string>
}

/** What these refer to, each once, but for what is among them. The texts tell: they need not be parsed. */
function referredBy(records: readonly Opened[]): Referred[] {
  const known = new Set<string>(records.map(({ row }) => row.id))
  const found: Referred[] = []
  for (const { json } of records) {
    const text = json.toString('latin1')
    for (const form of json.includes('Binary/') ? [reference, attachment] : [reference])
      for (const [, type = '', id = ''] of text.matchAll(form)) {
        if (known.has(id)) continue
        known.add(id)
        const named = parseId<string>(id)
        if (named !== undefined && isResourceType(type)) found.push({ type, id: named })
      }
  }
  return found
}

/** Those that are no patient's, as far as there are grants for them. */
async function openReferred(
  stores: EverythingStores,
  tenant: number,
  grants: readonly Grant<'read'>[],
  referred: readonly Referred[],
): Promise<Opened[]> {
  const byType = new Map(grants.map((grant) => [grant.question.type, grant]))
  const ids = referred.flatMap(({ type, id }) => (byType.has(type) ? [id] : []))
  const rows = ids.length === 0 ? [] : await stores.newest(tenant, ids)
  const opened = await Promise.all(
    rows.map(async (row) => {
      if (row === undefined || row.deleted || row.patient !== undefined) return undefined
      const grant = byType.get(row.type)
      return grant === undefined ? undefined : openVisible(stores.patientKeys, grant, row)
    }),
  )
  return opened.flatMap((one) => one ?? [])
}
