import { randomBytes, randomUUID } from 'node:crypto'
import pg from 'pg'

/**
 * What PostgreSQL does by itself on this machine in this run: the same shape of rows, without sealing, recording, policy
 * or HTTP, through the same driver. Rates are quoted as ratios to these, because machines differ.
 */
export interface RawRates {
  /** Rows a second in transactions of 200, 2 at once. */
  readonly transactions: number
  /** Rows a second, single rows grouped 16 at a time. */
  readonly creates: number
  /** Rows a second by key, 64 at a time. */
  readonly reads: number
  /** Pages of 50 newest of one patient a second, 16 at once. */
  readonly newest: number
  /** Rows found by a number of their own, and then written or written anew, a second: 32 at a time. */
  readonly upserts: number
  /** Pages of 50 rows of a month a second, 8 at once. */
  readonly months: number
}

const bodyBytes = 400

export async function measureRaw(connection: pg.ClientConfig, seconds: number): Promise<RawRates> {
  const pool = new pg.Pool({ ...connection, max: 16 })
  // A connection that breaks while it is idle is opened again by the next query.
  pool.on('error', () => undefined)
  try {
    await pool.query(`drop schema if exists bench cascade; create schema bench;
      create table bench.row (bucket smallint not null, id uuid not null, patient uuid not null, type smallint not null, at bigint not null, body bytea not null, primary key (bucket, id));
      alter table bench.row alter column body set storage external;
      create index on bench.row (bucket, patient, type, at desc, id);
      create index on bench.row (at);
      create table bench.number (number text primary key, bucket smallint not null, id uuid not null)`)
    const patients = Array.from({ length: 200 }, (_, index) => ({ id: randomUUID(), bucket: (index * 20) % 4096 }))
    const ids: (readonly [number, string])[] = []
    let clock = 0
    const insert = async (count: number): Promise<number> => {
      const rows = Array.from({ length: count }, () => ({
        id: randomUUID(),
        patient: ofTurn(patients, clock),
        at: clock++,
      }))
      await pool.query({
        name: 'insert',
        text: 'insert into bench.row select q.bucket, q.id, q.patient, 1, q.at, q.body from unnest($1::smallint[], $2::uuid[], $3::uuid[], $4::bigint[], $5::bytea[]) as q(bucket, id, patient, at, body)',
        values: [
          rows.map(({ patient }) => patient.bucket),
          rows.map(({ id }) => id),
          rows.map(({ patient }) => patient.id),
          rows.map(({ at }) => at),
          rows.map(() => randomBytes(bodyBytes)),
        ],
      })
      ids.push(...rows.map(({ id, patient }) => [patient.bucket, id] as const))
      return count
    }
    const transactions = await rate(seconds, 2, () => insert(200))
    const creates = await rate(seconds, 1, () => insert(16))
    await pool.query('analyze bench.row')
    const reads = await rate(seconds, 1, async () => {
      const picked = Array.from({ length: 64 }, () => ofTurn(ids, clock++ * 7919))
      const { rowCount } = await pool.query({
        name: 'read',
        text: 'select r.id, r.body from unnest($1::smallint[], $2::uuid[]) as q(bucket, id) join bench.row r on r.bucket = q.bucket and r.id = q.id',
        values: [picked.map(([bucket]) => bucket), picked.map(([, id]) => id)],
      })
      return rowCount ?? 0
    })
    const newest = await rate(seconds, 16, async () => {
      const { bucket, id } = ofTurn(patients, clock++)
      await pool.query({
        name: 'newest',
        text: 'select body from bench.row where bucket = $1 and patient = $2 and type = 1 order by at desc, id limit 50',
        values: [bucket, id],
      })
      return 1
    })
    const upserts = await rate(seconds, 1, () => upsert(pool, ofTurn(patients, clock), (clock += 16)))
    const months = await rate(seconds, 8, async () => {
      const low = (clock++ * 7919) % Math.max(1, ids.length - 3000)
      await pool.query({
        name: 'months',
        text: 'select body from bench.row where at >= $1 and at < $1 + 3000 order by at desc limit 50',
        values: [low],
      })
      return 1
    })
    return { transactions, creates, reads, newest, upserts, months }
  } finally {
    await pool.query('drop schema if exists bench cascade')
    await pool.end()
  }
}

interface Patient {
  readonly id: string
  readonly bucket: number
}

/** Half of the numbers are new. */
async function upsert(pool: pg.Pool, { id: patient, bucket }: Patient, from: number): Promise<number> {
  const numbers = Array.from({ length: 32 }, (_, index) => `ACC-${from + index}`)
  const { rows } = await pool.query<{ number: string; bucket: number; id: string }>({
    name: 'find-numbers',
    text: 'select number, bucket, id from bench.number where number = any($1::text[])',
    values: [numbers],
  })
  const known = new Map(rows.map((row) => [row.number, row]))
  const written = numbers.map((number) => known.get(number) ?? { number, bucket, id: randomUUID() })
  await pool.query({
    name: 'upsert',
    text: `with n as (insert into bench.number select * from unnest($1::text[], $2::smallint[], $3::uuid[]) on conflict do nothing)
      insert into bench.row select q.bucket, q.id, $4::uuid, 1, $5::bigint, q.body from unnest($2::smallint[], $3::uuid[], $6::bytea[]) as q(bucket, id, body)
      on conflict (bucket, id) do update set body = excluded.body`,
    values: [
      written.map((row) => row.number),
      written.map((row) => row.bucket),
      written.map((row) => row.id),
      patient,
      from,
      written.map(() => randomBytes(bodyBytes)),
    ],
  })
  return written.length
}

function ofTurn<T>(list: readonly T[], turn: number): T {
  const one = list[turn % list.length]
  if (one === undefined) throw new Error('an empty list')
  return one
}

async function rate(seconds: number, lanes: number, work: () => Promise<number>): Promise<number> {
  await work()
  const start = performance.now()
  const end = start + seconds * 1000
  let done = 0
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      while (performance.now() < end) done += await work()
    }),
  )
  return (done * 1000) / (performance.now() - start)
}
