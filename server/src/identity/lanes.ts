import { byteaArray, int4Array, timestamptzArray, type Tx } from '#db'
import type { Keyring } from '#keys'
import { keyed } from './people.ts'
import { addressLane, closedAfter, counted, type LaneKind, opensAt, standing, type Tally } from './throttle.ts'

interface Lane {
  readonly kind: LaneKind
  readonly id: Buffer
}

/** An attempt that was counted as a failure before it was judged; or one that was not let in. */
export interface Attempt {
  readonly admitted: boolean
  /** Unix ms; 0 when admitted. */
  readonly opens: number
  readonly lanes: readonly { readonly lane: Lane; readonly before: Tally; readonly after: Tally }[]
}

/** From a workstation the person knows, only that person's mistakes count: not what others do at the same address. */
export function lanesOf(
  keys: Keyring,
  tenant: number,
  nameKey: Buffer,
  place: { known: boolean; address: string },
): Lane[] {
  const name = nameKey.toString('hex')
  if (place.known) return [nameLane(keys, tenant, 'known', name)]
  const address: Lane = {
    kind: 'address',
    id: keyed(keys, 'throttle', `${tenant}|address|${addressLane(place.address)}`),
  }
  return [nameLane(keys, tenant, 'elsewhere', name), address]
}

function nameLane(keys: Keyring, tenant: number, kind: 'known' | 'elsewhere', name: string): Lane {
  return { kind, id: keyed(keys, 'throttle', `${tenant}|${kind}|${name}`) }
}

/** Lets an attempt in and counts it, under the lanes' row locks; or changes nothing and says when they open. */
export async function countAttempt(
  tx: Tx,
  tenant: number,
  now: number,
  lanes: readonly Lane[],
  account: string | undefined,
): Promise<Attempt> {
  // In one order everywhere, so that two attempts never wait for each other.
  const { rows } = await tx.query<{ lane: Buffer; failures: number; last: Date }>({
    text: `insert into identity.throttle as t (tenant, lane, failures, last, account)
      select $1, lane, 0, $3, $4 from unnest($2::bytea[]) as lane order by lane
      on conflict (tenant, lane) do update set failures = t.failures
      returning lane, failures, last`,
    values: [tenant, byteaArray(lanes.map(({ id }) => id)), new Date(now), account ?? null],
  })
  const tallies = lanes.map((lane) => {
    const row = rows.find((candidate) => candidate.lane.equals(lane.id))
    if (row === undefined) throw new Error('a lane that was just inserted is not there')
    const before = standing(lane.kind, { failures: row.failures, last: row.last.getTime() }, now)
    return { lane, before, after: counted(lane.kind, before, now) }
  })
  const opens = Math.max(...tallies.map(({ lane, before }) => opensAt(lane.kind, before)))
  if (opens > now) return { admitted: false, opens, lanes: tallies }
  await writeTallies(
    tx,
    tenant,
    tallies.map(({ lane, after }) => ({ lane, tally: after })),
  )
  return { admitted: true, opens: 0, lanes: tallies }
}

async function writeTallies(tx: Tx, tenant: number, tallies: readonly { lane: Lane; tally: Tally }[]): Promise<void> {
  await tx.query({
    text: `update identity.throttle t set failures = n.failures, last = n.last
      from unnest($2::bytea[], $3::integer[], $4::timestamptz[]) as n(lane, failures, last)
      where t.tenant = $1 and t.lane = n.lane`,
    values: [
      tenant,
      byteaArray(tallies.map(({ lane }) => lane.id)),
      int4Array(tallies.map(({ tally }) => tally.failures)),
      timestamptzArray(tallies.map(({ tally }) => tally.last)),
    ],
  })
}

/** The attempt was right: it is counted no longer, and no delay runs from it. */
export async function uncount(tx: Tx, tenant: number, attempt: Attempt): Promise<void> {
  for (const { lane, before, after } of attempt.lanes.toSorted((a, b) => a.lane.id.compare(b.lane.id))) {
    await tx.query({
      text: `update identity.throttle set failures = greatest(failures - 1, 0), last = case when last = $3 then $4 else last end
        where tenant = $1 and lane = $2`,
      values: [tenant, lane.id, new Date(after.last), new Date(before.last)],
    })
  }
}

/** Signed in with both factors: mistakes before that are forgotten, in lanes that are still open. */
export async function forgetFailures(tx: Tx, keys: Keyring, tenant: number, nameKey: Buffer): Promise<void> {
  for (const kind of ['elsewhere', 'known'] as const) {
    await tx.query({
      text: 'delete from identity.throttle where tenant = $1 and lane = $2 and failures < $3',
      values: [tenant, nameLane(keys, tenant, kind, nameKey.toString('hex')).id, closedAfter[kind]],
    })
  }
}

/** An administrator opens what was closed. */
export async function openLanes(tx: Tx, keys: Keyring, tenant: number, nameKey: Buffer): Promise<void> {
  for (const kind of ['elsewhere', 'known'] as const) {
    await tx.query({
      text: 'delete from identity.throttle where tenant = $1 and lane = $2',
      values: [tenant, nameLane(keys, tenant, kind, nameKey.toString('hex')).id],
    })
  }
}
