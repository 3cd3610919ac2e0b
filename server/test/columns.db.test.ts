import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { claimDatabase } from '#db'
import { test } from './postgres.ts'
import { root } from './repository.ts'

const kinds = ['clear', 'id', 'random', 'sealed', 'keyed', 'hash'] as const

interface Listed {
  readonly table: string
  readonly column: string
  readonly kind: string
  readonly tells: string
}

/** The rows of docs/security/columns.md, a column each. */
function listed(): Listed[] {
  const text = readFileSync(join(root, 'docs', 'security', 'columns.md'), 'utf8')
  return [...text.matchAll(/^\| `([a-z_]+\.[a-z_]+)` \| ([^|]+) \| ([^|]+) \| ?([^|]*)\|$/gm)].flatMap(
    ([, table = '', columns = '', kind = '', tells = '']) =>
      columns.split(', ').map((column) => ({ table, column: column.trim(), kind: kind.trim(), tells: tells.trim() })),
  )
}

interface Column {
  readonly table: string
  readonly column: string
  readonly type: string
}

const catalogue = `select n.nspname || '.' || c.relname as table, a.attname as column, format_type(a.atttypid, a.atttypmod) as type
  from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and a.attnum > 0 and not a.attisdropped
    and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg\\_%'
  order by 1, 2`

const nameOf = ({ table, column }: Pick<Column, 'table' | 'column'>): string => `${table}.${column}`

test('SECURITY.md’s list of what the database tells has every column of every table, and no other', async ({
  owner,
  target,
  keys,
}) => {
  await claimDatabase(target, keys.id)
  const { rows } = await owner.query<Column>(catalogue)
  const names = listed().map(nameOf)
  const missing = rows.map(nameOf).filter((name) => !names.includes(name))
  const stale = names.filter((name) => !rows.some((row) => nameOf(row) === name))
  const twice = names.filter((name, at) => names.indexOf(name) !== at)
  const advice = 'Put each column into docs/security/columns.md: how it is stored and what it tells without the keys.'
  expect({ missing, stale, twice }, advice).toEqual({ missing: [], stale: [], twice: [] })
})

test('what is listed as ciphertext or hash is bytes, and an id is a uuid or bytes of some', async ({
  owner,
  target,
  keys,
}) => {
  await claimDatabase(target, keys.id)
  const { rows } = await owner.query<Column>(catalogue)
  const types = new Map(rows.map((row) => [nameOf(row), row.type]))
  for (const row of listed()) {
    const { kind } = row
    expect(kinds, nameOf(row)).toContain(kind)
    if (kind === 'clear') continue
    const may = kind === 'id' ? /^(uuid(\[\])?|bytea)$/ : kind === 'keyed' ? /^(bytea|bigint)$/ : /^bytea$/
    expect(types.get(nameOf(row)), `${nameOf(row)} is ${kind}`).toMatch(may)
  }
})

test('SECURITY.md names every table that has something in clear', () => {
  const text = readFileSync(join(root, 'SECURITY.md'), 'utf8')
  const section = text.slice(text.indexOf('## What the database tells without the keys'))
  const named = section.slice(0, section.indexOf('\n## ', 3))
  const telling = listed().filter(({ kind, tells }) => kind === 'clear' && tells !== '')
  const unnamed = [...new Set(telling.map(({ table }) => table))].filter((table) => !named.includes(`\`${table}\``))
  expect(unnamed, 'Say in SECURITY.md what these tables tell').toEqual([])
})
