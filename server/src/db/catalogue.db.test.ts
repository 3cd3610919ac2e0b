import { setTimeout as pause } from 'node:timers/promises'
import type pg from 'pg'
import { expect } from 'vitest'
import { test } from '../../test/postgres.ts'
import { askingCatalogue, CatalogueFault, cataloguePath, compareCatalogue } from './catalogue.ts'

/** As the connections of the server see it: names are looked for in the catalogue alone. */
async function lines(client: pg.Client): Promise<{ line: string }[]> {
  await client.query('set local search_path = pg_catalog')
  return (await client.query<{ line: string }>(askingCatalogue.text)).rows
}

test('a database that was migrated just now is what the list of its parts says', async ({ owner }) => {
  await owner.query('begin')
  const found = await lines(owner)
  await owner.query('rollback')
  // After a change of a migration: npm test -- server/src/db/catalogue.db.test.ts -u
  await expect(
    `${found
      .map(({ line }) => line)
      .toSorted()
      .join('\n')}\n`,
  ).toMatchFileSnapshot(cataloguePath)
})

const swallow = `create function public.swallow() returns trigger language plpgsql as 'begin return null; end'`
const event = `create function public.event() returns event_trigger language plpgsql as 'begin end'`

/** Each statement as the database's superuser, and what has to be said about it. */
const tamperings: readonly (readonly [string, string, RegExp])[] = [
  [
    'a trigger that swallows entries',
    `${swallow}; create trigger t before insert on ledger.batch for each row execute function public.swallow()`,
    /not made by us: trigger ledger\.batch/,
  ],
  [
    'a rule that swallows entries',
    `create rule r as on insert to ledger.batch do instead nothing`,
    /not made by us: rule ledger\.batch/,
  ],
  [
    'a restrictive policy that hides records',
    `create policy p on records.resource as restrictive using (type <> 1)`,
    /not made by us: policy records\.resource p: restrictive/,
  ],
  [
    'a permissive policy for everyone',
    `create policy p on ledger.batch using (true)`,
    /not made by us: policy ledger\.batch p/,
  ],
  [
    'a policy with another condition',
    `alter policy tenant on records.resource using (true)`,
    /missing: policy records\.resource tenant/,
  ],
  ['a policy dropped', `drop policy tenant on records.version`, /missing: policy records\.version tenant/],
  [
    'a policy for another role',
    `alter policy verification on ledger.batch to public`,
    /missing: policy ledger\.batch verification/,
  ],
  [
    'row security switched off',
    `alter table records.resource disable row level security`,
    /missing: relation records\.resource/,
  ],
  ['row security forced', `alter table ledger.leaf force row level security`, /row security true forced/],
  [
    'a table that a crash empties',
    `alter table ledger.batch set unlogged`,
    /not made by us: relation ledger\.batch: kind r, kept u/,
  ],
  ['a right to change entries', `grant update on ledger.batch to chartkeep_app`, /missing: relation ledger\.batch/],
  [
    'a right to change one column of them',
    `grant update (entries) on ledger.batch to chartkeep_app`,
    /not made by us: column ledger\.batch\.entries.* granted/,
  ],
  ['a right of everyone to read', `grant select on records.resource to public`, /granted .*public SELECT/],
  ['a right taken away', `revoke insert on ledger.access from chartkeep_app`, /missing: relation ledger\.access/],
  ['a schema for everyone', `grant usage on schema records to public`, /not made by us: schema records/],
  [
    'rights in what is made later',
    `alter default privileges in schema records grant select on tables to public`,
    /not made by us: default rights/,
  ],
  [
    'another owner',
    `alter table ledger.batch owner to test_superuser`,
    /not made by us: relation ledger\.batch.*of test_superuser/,
  ],
  [
    'another default',
    `alter table ledger.batch alter column xid set default '1'`,
    /missing: column ledger\.batch\.xid/,
  ],
  [
    'a column that may be empty',
    `alter table ledger.batch alter column entries drop not null`,
    /missing: column ledger\.batch\.entries/,
  ],
  [
    'one column more',
    `alter table records.resource add column note text`,
    /not made by us: column records\.resource\.note/,
  ],
  [
    'a constraint dropped',
    `alter table ledger.leaf drop constraint leaf_pkey`,
    /missing: constraint ledger\.leaf leaf_pkey/,
  ],
  [
    'a constraint that refuses',
    `alter table records.resource add constraint c check (type <> 1) not valid`,
    /not made by us: constraint records\.resource c/,
  ],
  [
    'an index over a function',
    `create index i on records.draft ((length(body)))`,
    /not made by us: index: .* i ON records\.draft/,
  ],
  ['an index dropped', `drop index records.chart`, /missing: index: .* chart ON records\.resource/],
  [
    'an index that is not used',
    `update pg_index set indisvalid = false where indexrelid = 'records.chart'::regclass`,
    /chart ON records\.resource.* invalid/,
  ],
  [
    'a view in the place of a table',
    `alter table records.lookup rename to hidden; create view records.lookup as select * from records.hidden`,
    /not made by us: relation records\.lookup: kind v/,
  ],
  [
    'a table that inherits',
    `create table records.child () inherits (records.resource)`,
    /not made by us: inheritance: records\.child/,
  ],
  [
    'a function of ours',
    `create function records.f() returns integer language sql as 'select 1'`,
    /not made by us: function records\.f/,
  ],
  [
    'a built-in function replaced',
    `create or replace function pg_catalog.sha256(bytea) returns bytea language sql immutable strict as 'select $1'`,
    /missing: built-in sha256/,
  ],
  [
    'a built-in function that answers otherwise',
    `create or replace function pg_catalog.int4eq(integer, integer) returns boolean language internal immutable strict leakproof as 'int4ne'`,
    /missing: built-in int4eq/,
  ],
  [
    'an event trigger',
    `${event}; create event trigger e on ddl_command_end execute function public.event()`,
    /not made by us: event trigger e/,
  ],
  [
    'commits that are not waited for, by role',
    `alter role chartkeep_app set synchronous_commit = off`,
    /not made by us: setting of chartkeep_app in every database: synchronous_commit=off/,
  ],
  [
    'the same, by database',
    `alter database test_name set synchronous_commit = off`,
    /not made by us: setting of every role in this database/,
  ],
  [
    'the same, by role and database',
    `alter role chartkeep_reader in database test_name set row_security = off`,
    /not made by us: setting of chartkeep_reader in this database/,
  ],
  [
    'the same, for everyone',
    `alter role all set session_replication_role = replica`,
    /not made by us: setting of every role in every database/,
  ],
  [
    'a role that goes round row security',
    `alter role chartkeep_app bypassrls`,
    /not made by us: role chartkeep_app: bypassrls/,
  ],
  ['a superuser', `alter role chartkeep_reader superuser`, /not made by us: role chartkeep_reader: superuser/],
  [
    'a role that reads files',
    `grant pg_read_server_files to chartkeep_app`,
    /not made by us: membership: chartkeep_app in pg_read_server_files/,
  ],
  [
    'somebody in the app’s place',
    `create role mallory login; grant chartkeep_app to mallory`,
    /not made by us: membership: mallory in chartkeep_app/,
  ],
  ['one that may not log in any more', `alter role chartkeep_reader nologin`, /missing: role chartkeep_reader/],
]

test('each change of the catalogue is named', async ({ owner, target }) => {
  const ask = () => lines(owner)
  for (const [what, statement, words] of tamperings) {
    await owner.query('begin')
    await owner.query(statement.replaceAll('test_name', String(target.connection('owner').database)))
    const differences = await compareCatalogue(ask)
    expect.soft(differences.join('\n'), what).toMatch(words)
    await owner.query('rollback')
  }
  await owner.query('begin')
  expect(await compareCatalogue(ask)).toEqual([])
  await owner.query('rollback')
})

test('a database that was changed is refused, and one that is changed later is not used until it is put right', async ({
  db,
  owner,
}) => {
  const hide = 'create policy hide on records.resource as restrictive using (false)'
  await owner.query(hide)
  await expect(db.guard()).rejects.toThrow(CatalogueFault)
  await owner.query('drop policy hide on records.resource')
  await db.guard()
  const ask = () =>
    db
      .transact(1, (tx) => tx.query({ text: 'select 1' }))
      .then(
        () => 'answers',
        (error: { code?: string }) => error.code,
      )
  expect(await ask()).toBe('answers')
  await owner.query(hide)
  await expect.poll(ask, { timeout: 20_000 }).toBe('storage-unavailable')
  await expect(db.run(1, [{ text: 'select 1' }])).rejects.toMatchObject({ code: 'storage-unavailable' })
  await expect(db.inspect(1, (tx) => tx.query({ text: 'select 1' }))).resolves.toMatchObject({ rowCount: 1 })
  await owner.query('drop policy hide on records.resource')
  await expect.poll(ask, { timeout: 20_000 }).toBe('answers')
  await pause(0)
})

const lookUp = {
  name: 'look',
  text: 'select epoch, id from records.keyring where tenant = $1 and id <> $2::text',
  values: [1, ''],
}

test.for([
  ['a column of another type', 'alter column epoch type text'],
  ['a compared column of another type', `alter column id type bytea using ''::bytea`],
  ['a column of another name', 'rename column epoch to era'],
  ['a column less', 'drop column epoch'],
  ['another name', 'rename to ring'],
])(
  'a table that is given %s under a running server is refused from the first statement on',
  async ([, change], { db, owner }) => {
    await db.guard()
    const acts = [() => db.run(1, [{ text: 'select 1' }, lookUp]), () => db.transact(1, (tx) => tx.query(lookUp))]
    for (const act of acts) await act()
    await owner.query(`alter table records.keyring ${change}`)
    for (const act of acts) await expect(act()).rejects.toMatchObject({ code: 'storage-unavailable' })
  },
)

test('a statement that was wrong from the start stays a fault of ours', async ({ db }) => {
  await db.guard()
  await expect(db.run(1, [{ text: 'select nothing from nowhere' }])).rejects.toMatchObject({ code: '42P01' })
  await expect(db.run(1, [lookUp])).resolves.toHaveLength(1)
})

test('what a connection relies on it sets for itself, whatever was set for its role', async ({ db, owner, target }) => {
  const database = String(target.connection('owner').database)
  const hostile = {
    synchronous_commit: 'off',
    row_security: 'off',
    search_path: 'public',
    default_transaction_read_only: 'on',
    lock_timeout: '1',
    datestyle: 'German',
  }
  for (const [name, value] of Object.entries(hostile))
    await owner.query(`alter role chartkeep_app in database ${database} set ${name} = '${value}'`)
  const { rows } = await db.transact(1, (tx) =>
    tx.query<Record<string, string>>({
      text: `select ${Object.keys(hostile)
        .map((name) => `current_setting('${name}') as ${name}`)
        .join(', ')}`,
    }),
  )
  expect(rows[0]).toMatchObject({
    ...{ synchronous_commit: 'on', row_security: 'on', search_path: 'pg_catalog,pg_temp' },
    ...{ default_transaction_read_only: 'off', lock_timeout: '0', datestyle: 'ISO, MDY' },
  })
})

test('a setting that a connection cannot set for itself is refused and named', async ({ db, owner, target }) => {
  const database = String(target.connection('owner').database)
  await owner.query(`alter role chartkeep_app in database ${database} set session_replication_role = 'replica'`)
  await expect(db.guard()).rejects.toThrow(/session_replication_role is replica and has to be origin/)
  await expect(db.transact(1, (tx) => tx.query({ text: 'select 1' }))).rejects.toMatchObject({
    code: 'storage-unavailable',
  })
})

test('an insert of which nothing comes is no success', async ({ db, owner }) => {
  await owner.query(
    `${swallow}; create table public.list (number integer); grant select, insert on public.list to chartkeep_app`,
  )
  const insert = { text: 'insert into public.list values ($1)', values: [1] }
  await db.transact(1, (tx) => tx.query(insert))
  await owner.query('create trigger t before insert on public.list for each row execute function public.swallow()')
  for (const act of [() => db.transact(1, (tx) => tx.query(insert)), () => db.run(1, [{ text: 'select 1' }, insert])])
    await expect(act()).rejects.toMatchObject({ code: 'storage-unavailable' })
  await owner.query('drop trigger t on public.list; create rule r as on insert to public.list do instead nothing')
  for (const act of [() => db.transact(1, (tx) => tx.query(insert)), () => db.run(1, [insert])])
    await expect(act()).rejects.toMatchObject({ code: 'storage-unavailable' })
  const { rows } = await owner.query('select count(*)::integer as n from public.list')
  expect(rows).toEqual([{ n: 1 }])
})
