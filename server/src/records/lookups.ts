import { type Id, parseId } from '#base'
import { batch, booleanArray, type Database, int4Array, int8Array, uuidArray } from '#db'
import { parseRow, type Row, rowColumns } from './row.ts'
import type { LookupToken } from './tokens.ts'

interface Asked {
  readonly tenant: number
  readonly tokens: readonly LookupToken[]
  /** Few are expected, `fewMost` at most are returned, and their rows come along: it saves asking for them. */
  readonly few: boolean
}

interface LookedUp {
  readonly id: Id<string>
  readonly row: Row | undefined
}

/** Records that stand under any of these tokens; concurrent calls share a statement. */
export type LookUp = (asked: Asked) => Promise<LookedUp[]>

const mostAsked = 64
/** Of a token under which few are expected: as many as this may be all, or not. */
export const fewMost = 50
// No more are opened for one page.
const most = 200_001

/** The bucket of an id, as `bucketOf` reads it. */
const bucketOfId = (id: string): string => `('x' || substr(${id}::text, 16, 3))::bit(12)::integer::smallint`

// The bucket is worked out apart: under row-level security no condition that calls such functions may use an index, for
// they might tell of rows that are hidden.
export const lookUpText = `select f.place, f.id, ${rowColumns}
  from (
    select q.place, q.few, l.id, ${bucketOfId('l.id')} as bucket
    from unnest($1::integer[], $2::bigint[], $3::boolean[], $4::integer[]) as q(place, token, few, most)
    cross join lateral (select l.id from records.lookup l where l.token = q.token limit q.most) l
    offset 0
  ) as f
  left join records.resource r on f.few and r.bucket = f.bucket and r.id = f.id`

export function openLookUp(db: Database): LookUp {
  return batch<Asked, LookedUp[]>({
    limit: mostAsked,
    async flush(asked) {
      const found = asked.map((): LookedUp[] => [])
      const places = new Map(asked.map((one, place) => [one, place]))
      for (const [tenant, group] of Map.groupBy(asked, (one) => one.tenant)) {
        const wanted = group.flatMap((one) => one.tokens.map((token) => ({ one, token, place: places.get(one) ?? 0 })))
        const [outcome] = await db.run<{ place: number; id: string; row: Buffer | null }>(tenant, [
          {
            name: 'records.look-up',
            text: lookUpText,
            values: [
              int4Array(wanted.map(({ place }) => place)),
              int8Array(wanted.map(({ token }) => token)),
              booleanArray(wanted.map(({ one }) => one.few)),
              int4Array(wanted.map(({ one }) => (one.few ? fewMost : most))),
            ],
          },
        ])
        for (const { place, id, row } of outcome?.rows ?? []) {
          const parsed = parseId<string>(id)
          if (parsed !== undefined)
            found[place]?.push({ id: parsed, row: row === null ? undefined : parseRow({ row }) })
        }
      }
      return found
    },
  })
}

/** Where a record stands among those under a list of tokens: by the number of its token, from 0, then newest id first. */
export interface TokenPlace {
  readonly number: number
  readonly id: Id<string>
}

interface Page {
  readonly after: TokenPlace | undefined
  readonly count: number
}

// The loop over the tokens ends when there are enough, so a busy day is not read as a whole.
const under = `select q.number, l.id, ${bucketOfId('l.id')} as bucket
  from unnest($1::bigint[], $2::uuid[]) with ordinality as q(token, below, number)
  cross join lateral (select l.id from records.lookup l
    where l.token = q.token and l.id < q.below order by l.id desc limit $3) l
  limit $3`

export const underText = `select f.number, ${rowColumns} from (${under} offset 0) as f
  join records.resource r on r.bucket = f.bucket and r.id = f.id`

/** The first rows under these tokens, in the order of the tokens. */
export async function selectUnder(
  db: Database,
  tenant: number,
  tokens: readonly LookupToken[],
  page: Page,
): Promise<{ readonly row: Row; readonly place: TokenPlace }[]> {
  const [outcome] = await db.run<{ number: string; row: Buffer }>(tenant, [
    {
      name: 'records.under',
      text: underText,
      values: underValues(tokens, page),
    },
  ])
  const found = (outcome?.rows ?? []).map((one) => {
    const row = parseRow(one)
    return { row, place: placeOf(one.number, row.id, page) }
  })
  requireOrder(found.map(({ place }) => place))
  return found
}

/** The same without the rows. */
export async function placesUnder(
  db: Database,
  tenant: number,
  tokens: readonly LookupToken[],
  page: Page,
): Promise<TokenPlace[]> {
  const [outcome] = await db.run<{ number: string; id: string }>(tenant, [
    { name: 'records.places-under', text: under, values: underValues(tokens, page) },
  ])
  const places = (outcome?.rows ?? []).flatMap(({ number, id: text }) => {
    const id = parseId<string>(text)
    return id === undefined ? [] : placeOf(number, id, page)
  })
  requireOrder(places)
  return places
}

const aboveAll = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

function underValues(tokens: readonly LookupToken[], { after, count }: Page): unknown[] {
  const left = tokens.slice(after?.number ?? 0)
  return [
    int8Array(left),
    uuidArray(left.map((_, index) => (index === 0 && after !== undefined ? after.id : aboveAll))),
    count,
  ]
}

/** Ordinals count from 1, and from the token where the page begins. */
function placeOf(ordinal: string, id: Id<string>, { after }: Page): TokenPlace {
  return { number: Number(ordinal) - 1 + (after?.number ?? 0), id }
}

/** SQL promises no order without a sort, which would read every day as a whole; that the loop keeps it is checked. */
function requireOrder(places: readonly TokenPlace[]): void {
  for (const [index, { number, id }] of places.entries()) {
    const before = places[index - 1]
    if (before !== undefined && (before.number > number || (before.number === number && before.id < id)))
      throw new Error('look-ups came in another order than their tokens')
  }
}
