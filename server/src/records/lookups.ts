import { codeOfType, type ResourceType } from '@chartkeep/model/fhir'
import { type Id, parseId } from '#base'
import { batch, booleanArray, type Database, int2Array, int4Array, uuidArray } from '#db'
import { parseRow, type Row, rowColumns } from './row.ts'
import type { LookupToken } from './tokens.ts'

interface Asked {
  readonly tenant: number
  readonly type: ResourceType
  readonly tokens: readonly LookupToken[]
  /** Few are expected, so their rows come along: it saves asking for them. */
  readonly few: boolean
}

interface LookedUp {
  readonly id: Id<string>
  readonly row: Row | undefined
}

/** Records of a type that stand under any of these tokens; concurrent calls share a statement. */
export type LookUp = (asked: Asked) => Promise<LookedUp[]>

const mostAsked = 64

// The bucket is worked out apart: under row-level security no condition that calls such functions may use an index, for
// they might tell of rows that are hidden.
export const lookUpText = `select f.place, f.id, ${rowColumns}
  from (
    select q.place, q.few, l.id, ('x' || substr(l.id::text, 16, 3))::bit(12)::integer::smallint as bucket
    from unnest($1::integer[], $2::smallint[], $3::uuid[], $4::smallint[], $5::boolean[]) as q(place, bucket, token, type, few)
    join records.lookup l on l.bucket = q.bucket and l.token = q.token and l.type = q.type
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
              int2Array(wanted.map(({ token }) => token.bucket)),
              uuidArray(wanted.map(({ token }) => token.token)),
              int2Array(wanted.map(({ one }) => codeOfType(one.type))),
              booleanArray(wanted.map(({ one }) => one.few)),
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
