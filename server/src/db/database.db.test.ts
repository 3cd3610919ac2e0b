import { expect } from 'vitest'
import type { Refusal } from '#base'
import { test } from '../../test/postgres.ts'
import {
  booleanArray,
  byteaArray,
  int2Array,
  int4Array,
  int8Array,
  textArray,
  timestamptzArray,
  uuidArray,
} from './arrays.ts'

test('arrays in binary form arrive as they were sent, nulls included', async ({ db }) => {
  const id = '01890a5d-ac96-8abc-b123-0123456789ab'
  const { rows } = await db.transact(1, (tx) =>
    tx.query({
      text: `select * from unnest($1::uuid[], $2::bytea[], $3::text[], $4::int2[], $5::int4[], $6::int8[], $7::timestamptz[], $8::boolean[])
        as sent(id, body, name, small, number, big, at, yes)`,
      values: [
        uuidArray([id, null]),
        byteaArray([Buffer.from([0, 255, 92]), null]),
        textArray(['Größe "\\" {}', null]),
        int2Array([-3, null]),
        int4Array([-70_000, null]),
        int8Array([2 ** 53 - 1, null]),
        timestamptzArray([1_700_000_000_123, null]),
        booleanArray([true, null]),
      ],
    }),
  )
  expect(rows[0]).toEqual({
    id,
    body: Buffer.from([0, 255, 92]),
    name: 'Größe "\\" {}',
    small: -3,
    number: -70_000,
    big: String(2 ** 53 - 1),
    at: new Date(1_700_000_000_123),
    yes: true,
  })
  expect(Object.values(rows[1] ?? {})).toEqual(Array.from({ length: 8 }, () => null))
})

test('H-A09: a transaction knows one tenant, and only until it ends', async ({ db }) => {
  const read = { text: `select current_setting('chartkeep.tenant', true) as tenant` }
  expect(await db.transact(7, (tx) => tx.query(read))).toMatchObject({ rows: [{ tenant: '7' }] })
  await expect(db.transact(0, (tx) => tx.query(read))).rejects.toThrow('positive')
})

test('H-T01: neither the app nor the reader can change the schema', async ({ db }) => {
  const ddl = { text: 'create table public.loot (x int)' }
  await expect(db.transact(1, (tx) => tx.query(ddl))).rejects.toMatchObject({ code: '42501' })
  await expect(db.inspect(1, (tx) => tx.query(ddl))).rejects.toThrow()
})

test('a connection cut inside a transaction is storage-unavailable, and the next transaction works', async ({
  db,
  owner,
}) => {
  const cut = db.transact(1, async (tx) => {
    const { rows } = await tx.query<{ pid: number }>({ text: 'select pg_backend_pid() as pid' })
    await owner.query('select pg_terminate_backend($1)', [rows[0]?.pid])
    await tx.query({ text: 'select 1' })
  })
  await expect(cut).rejects.toMatchObject({ code: 'storage-unavailable' } satisfies Partial<Refusal>)
  await expect(db.transact(1, (tx) => tx.query({ text: 'select 1 as one' }))).resolves.toMatchObject({
    rows: [{ one: 1 }],
  })
})

test('one process leads at a time, and notices reach those who listen', async ({ db }) => {
  const first = await db.lead('sequencer')
  expect(await db.lead('sequencer')).toBeUndefined()
  await first?.release()
  const second = await db.lead('sequencer')
  expect(second?.held()).toBe(true)
  const heard = new Promise(
    (resolve) =>
      void db
        .listen('changes', resolve)
        .then(() => db.transact(1, (tx) => tx.query({ text: `select pg_notify('changes', 'x')` }))),
  )
  expect(await heard).toBe('x')
})

test('statements sent together are one transaction: all of them, or none', async ({ db, owner }) => {
  await owner.query(
    'create table public.list (number integer primary key); grant select, insert on public.list to chartkeep_app',
  )
  const insert = (number: number) => ({
    name: 'insert',
    text: 'insert into public.list values ($1) returning number',
    values: [number],
  })
  expect((await db.run(1, [insert(1), insert(2)])).map(({ rows }) => rows[0])).toEqual([{ number: 1 }, { number: 2 }])
  await expect(db.run(1, [insert(3), insert(1), insert(4)])).rejects.toMatchObject({ code: '23505' })
  expect((await owner.query('select number from public.list order by number')).rows).toEqual([
    { number: 1 },
    { number: 2 },
  ])
  expect((await db.run(1, [insert(5)])).length).toBe(1)
  // One that cannot be sent keeps the others from being sent.
  const unfit = { text: 'select $1::text', values: [Symbol('unfit')] }
  await expect(db.run(1, [insert(6), unfit])).rejects.toThrow('not a value')
  await expect(db.run(1, [insert(6), { ...insert(7), text: 'select 7' }])).rejects.toThrow('two statements')
  expect((await db.run(1, [{ text: 'select max(number) from public.list' }]))[0]?.rows).toEqual([{ max: 5 }])
})

test('values come and go in text form as PostgreSQL has them', async ({ db }) => {
  const texts = ['Größe', '"\\" {}', '', 'NULL']
  const [sent] = await db.run(1, [
    {
      text: `select $1::text[] as texts, $2::int as number, $3::boolean as yes, $4::timestamptz as at, $5::text as nothing, $6::bigint as big`,
      values: [[...texts, null], -3, true, new Date(1_700_000_000_123), undefined, 2n ** 60n],
    },
  ])
  expect(sent?.rows).toEqual([
    {
      texts: [...texts, null],
      number: -3,
      yes: true,
      at: new Date(1_700_000_000_123),
      nothing: null,
      big: String(2n ** 60n),
    },
  ])
})

test('a statement that failed, or was prepared by another way in, is prepared and used again', async ({ db }) => {
  const divide = (by: number) => ({ name: 'divide', text: 'select 1 / $1::int as result', values: [by] })
  await expect(db.run(1, [divide(0)])).rejects.toMatchObject({ code: '22012' })
  for (let round = 0; round < 3; round++) {
    expect((await db.run(1, [divide(1), divide(1)])).map(({ rows }) => rows[0])).toEqual([{ result: 1 }, { result: 1 }])
    expect(await db.transact(1, (tx) => tx.query(divide(1)))).toMatchObject({ rows: [{ result: 1 }] })
    await expect(db.run(1, [divide(1), { text: 'selec 1' }])).rejects.toMatchObject({ code: '42601' })
  }
})

test('what was notified before it was asked for has been called back', async ({ db, owner }) => {
  const heard: string[] = []
  await db.listen('test_notices', (payload) => heard.push(payload))
  for (let round = 1; round <= 50; round++) {
    await owner.query(`notify test_notices, '${round}'`)
    await db.heard()
    expect(heard).toHaveLength(round)
  }
})
