import { byteaArray, int4Array, timestamptzArray, type Tx, uuidArray } from '#db'
import type { Keyring } from '#keys'
import type { Familiarity, Place } from './known-places.ts'
import { keyed } from './people.ts'
import { addressLane, counted, type LaneKind, opensAt, standing, type Tally } from './throttle.ts'

interface Lane {
  readonly kind: LaneKind
  readonly id: Buffer
}

/** An attempt that was counted as a failure before it was judged; or one that was not let in. */
export interface Attempt {
  readonly admitted: boolean
  /** Unix ms; 0 when admitted. */
  readonly opens: number
  readonly lanes: readonly { readonly lane: Lane; readonly stored: Tally; readonly after: Tally }[]
}

/** At a place the practice knows, only mistakes with this name there count: not what others do at the same address. */
export function lanesOf(
  keys: Keyring,
  tenant: number,
  nameKey: Buffer,
  from: { known: Familiarity; place: Place; address: string },
): Lane[] {
  const name = nameKey.toString('hex')
  const { known, place, address } = from
  if (known === 'workstation') return [laneOf(keys, tenant, known, `${name}|${place.workstation?.toString('hex')}`)]
  if (known === 'network') return [laneOf(keys, tenant, known, `${name}|${place.network.toString('hex')}`)]
  return [laneOf(keys, tenant, known, name), laneOf(keys, tenant, 'address', addressLane(address))]
}

/** The lane of one session, for one of the acts that take the password again. */
export function sessionLanes(keys: Keyring, tenant: number, session: string, act: string): Lane[] {
  return [laneOf(keys, tenant, 'session', `${session}|${act}`)]
}

function laneOf(keys: Keyring, tenant: number, kind: LaneKind, of: string): Lane {
  return { kind, id: keyed(keys, 'throttle', `${tenant}|${kind}|${of}`) }
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
  const { rows } = await tx.query<{ lane: Buffer; failures: number; in_a_row: number; last: Date }>({
    text: `insert into identity.throttle as t (tenant, lane, failures, in_a_row, last, account)
      select $1, lane, 0, 0, $3, account from unnest($2::bytea[], $4::uuid[]) as n(lane, account) order by lane
      on conflict (tenant, lane) do update set account = coalesce(t.account, excluded.account)
      returning lane, failures, in_a_row, last`,
    values: [
      tenant,
      byteaArray(lanes.map(({ id }) => id)),
      new Date(now),
      // An address is nobody's.
      uuidArray(lanes.map(({ kind }) => (kind === 'address' ? undefined : account))),
    ],
    changes: lanes.length,
  })
  const tallies = lanes.map((lane) => {
    const row = rows.find((candidate) => candidate.lane.equals(lane.id))
    if (row === undefined) throw new Error('a lane that was just inserted is not there')
    const stored = tallyFrom(row, now)
    const before = standing(lane.kind, stored, now)
    return { lane, stored, before, after: counted(lane.kind, before, now) }
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

/** Counts are not authenticated: who can make them unreadable can take them away as well, so they begin anew. */
function tallyFrom(row: { failures: unknown; in_a_row: unknown; last: unknown }, now: number): Tally {
  const count = (value: unknown): number =>
    typeof value === 'number' && value >= 0 && value < mostCounted ? value : mostCounted
  const { last } = row
  if (row.failures === null || row.in_a_row === null || !(last instanceof Date))
    return { failures: 0, inARow: 0, last: now }
  return { failures: count(row.failures), inARow: count(row.in_a_row), last: last.getTime() }
}

const mostCounted = 1_000_000

async function writeTallies(tx: Tx, tenant: number, tallies: readonly { lane: Lane; tally: Tally }[]): Promise<void> {
  await tx.query({
    text: `update identity.throttle t set failures = n.failures, in_a_row = n.in_a_row, last = n.last
      from unnest($2::bytea[], $3::integer[], $4::integer[], $5::timestamptz[]) as n(lane, failures, in_a_row, last)
      where t.tenant = $1 and t.lane = n.lane`,
    values: [
      tenant,
      byteaArray(tallies.map(({ lane }) => lane.id)),
      int4Array(tallies.map(({ tally }) => tally.failures)),
      int4Array(tallies.map(({ tally }) => tally.inARow)),
      timestamptzArray(tallies.map(({ tally }) => tally.last)),
    ],
    changes: tallies.length,
  })
}

/** The attempt was right: it is counted no longer, and no delay runs from it. */
export async function uncount(tx: Tx, tenant: number, attempt: Attempt): Promise<void> {
  for (const { lane, stored, after } of attempt.lanes.toSorted((a, b) => a.lane.id.compare(b.lane.id))) {
    await tx.query({
      // As it was, unless another attempt was counted since: then that one stays.
      text: `update identity.throttle set in_a_row = greatest(in_a_row - 1, 0),
          failures = case when failures = $3 and last = $4 then $5 else greatest(failures - 1, 0) end,
          last = case when failures = $3 and last = $4 then $6 else last end
        where tenant = $1 and lane = $2`,
      values: [tenant, lane.id, after.failures, new Date(after.last), stored.failures, new Date(stored.last)],
    })
  }
}

/** The proof was complete: failures in these lanes are forgotten. */
export async function forgetFailures(tx: Tx, tenant: number, lanes: readonly Lane[]): Promise<void> {
  await tx.query({
    text: 'delete from identity.throttle where tenant = $1 and lane = any($2::bytea[])',
    values: [tenant, byteaArray(lanes.filter(({ kind }) => kind !== 'address').map(({ id }) => id))],
  })
}

/** After a sign-in with both factors, what was closed elsewhere opens again; how long attempts there wait stays. */
export async function reopenLanes(tx: Tx, tenant: number, account: string): Promise<void> {
  await tx.query({
    text: 'update identity.throttle set in_a_row = 0 where tenant = $1 and account = $2 and in_a_row > 0',
    values: [tenant, account],
  })
}

/** An administrator releases the account: all that was counted against it is forgotten, wherever it came from. */
export async function releaseLanes(tx: Tx, tenant: number, account: string): Promise<void> {
  await tx.query({
    text: 'delete from identity.throttle where tenant = $1 and account = $2',
    values: [tenant, account],
  })
}
