import { codeOfType, type ResourceType } from '@chartkeep/model/fhir'
import { type Id, parseId } from '#base'
import { batch, type Database, int2Array, int4Array, uuidArray } from '#db'
import type { LookupToken } from './tokens.ts'

interface Asked {
  readonly tenant: number
  readonly type: ResourceType
  readonly tokens: readonly LookupToken[]
}

/** Ids of the records of a type that stand under any of these tokens; concurrent calls share a statement. */
export type LookUp = (asked: Asked) => Promise<Id<string>[]>

const mostAsked = 64

export function openLookUp(db: Database): LookUp {
  return batch<Asked, Id<string>[]>({
    limit: mostAsked,
    async flush(asked) {
      const found = asked.map((): Id<string>[] => [])
      const places = new Map(asked.map((one, place) => [one, place]))
      for (const [tenant, group] of Map.groupBy(asked, (one) => one.tenant)) {
        const wanted = group.flatMap((one) =>
          one.tokens.map((token) => ({ ...token, type: one.type, place: places.get(one) ?? 0 })),
        )
        const [outcome] = await db.run<{ place: number; id: string }>(tenant, [
          {
            name: 'records.look-up',
            text: `select q.place, l.id from unnest($1::integer[], $2::smallint[], $3::uuid[], $4::smallint[]) as q(place, bucket, token, type)
              join records.lookup l on l.bucket = q.bucket and l.token = q.token and l.type = q.type`,
            values: [
              int4Array(wanted.map(({ place }) => place)),
              int2Array(wanted.map(({ bucket }) => bucket)),
              uuidArray(wanted.map(({ token }) => token)),
              int2Array(wanted.map(({ type }) => codeOfType(type))),
            ],
          },
        ])
        for (const { place, id } of outcome?.rows ?? []) {
          const parsed = parseId<string>(id)
          if (parsed !== undefined) found[place]?.push(parsed)
        }
      }
      return found
    },
  })
}
