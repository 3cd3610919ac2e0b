import type pg from 'pg'

/** A column as the catalogue has it. */
export interface Column {
  readonly table: string
  readonly column: string
  readonly type: string
  readonly key: boolean
}

/** Every column of every table of a schema; `key` when it is of the primary key. */
export async function columnsOf(owner: pg.Client, schema: string): Promise<Column[]> {
  const { rows } = await owner.query<Column>(
    `select c.table_name as table, c.column_name as column, c.data_type as type,
        exists (select 1 from information_schema.table_constraints t
          join information_schema.key_column_usage k using (constraint_schema, constraint_name, table_name)
          where t.constraint_type = 'PRIMARY KEY' and t.table_schema = c.table_schema and t.table_name = c.table_name
            and k.column_name = c.column_name) as key
      from information_schema.columns c where c.table_schema = $1 order by c.table_name, c.ordinal_position`,
    [schema],
  )
  return rows
}

/** SQL expressions that make another value of a column: of its own type, of nobody's, and one that was never written. */
const others: Readonly<Record<string, (column: string) => readonly string[]>> = {
  bytea: (c) => [`set_byte(${c}, 0, get_byte(${c}, 0) # 1)`, `''::bytea`, `${c} || '\\x00'::bytea`],
  text: (c) => [`'administrator'`, `${c} || 'x'`, `''`],
  ARRAY: (c) => [`array_append(${c}, 'administrator')`, `'{}'`, `array[null, ${c}[1]]`, `array['system/*.cruds']`],
  'timestamp with time zone': (c) => [
    `coalesce(${c}, now()) + interval '300 days'`,
    `coalesce(${c}, now()) - interval '300 days'`,
    `'infinity'`,
    `'-infinity'`,
  ],
  uuid: () => [`gen_random_uuid()`],
  jsonb: () => [`'{"kty":"EC","crv":"P-384","x":"AA","y":"AA"}'`, `'"x"'`, `'null'`, `'[[1]]'`],
  integer: (c) => [`${c} + 1`, `0`, `-1`, `2147483647`],
  smallint: (c) => [`${c} + 1`, `-1`],
  bigint: (c) => [`${c} + 1`, `${c} - 1`, `9223372036854775807`],
}

/** The values to try: made ones, null, and what another row of the table has. */
export function valuesFor({ table, column, type, key }: Column, schema: string): readonly string[] {
  const made = others[type]?.(column)
  if (made === undefined) throw new Error(`no other values of a ${type}`)
  const ofAnother = `(select o.${column} from ${schema}.${table} o where o.${column} is distinct from r.${column} limit 1)`
  return [...made, ofAnother, ...(key ? [] : ['null'])]
}

/** What someone does first who wants to put anything at all into the columns: nothing may be required of them. */
export async function dropRules(owner: pg.Client, columns: readonly Column[], schema: string): Promise<void> {
  for (const { table, column } of columns.filter(({ key }) => !key))
    await owner.query(`alter table ${schema}.${table} alter column ${column} drop not null`)
}

export interface Mutation {
  /** Rows that came to be different. */
  readonly changed: number
  undo(): Promise<void>
}

/** Sets a column of all rows of its table to the value of an expression; `keys` are the columns of the primary key. */
export async function mutate(
  owner: pg.Client,
  schema: string,
  { table, column }: Column,
  { value, keys }: { readonly value: string; readonly keys: readonly string[] },
): Promise<Mutation> {
  const name = `${schema}.${table}`
  const named = keys.map((key) => `new.${key} as key_${key}`).join(', ')
  const same = keys.map((key) => `r.${key} = kept.key_${key}`).join(' and ')
  const undo = async (): Promise<void> => {
    await owner.query(`update ${name} r set ${column} = kept.was from kept where ${same}`)
  }
  const of = keys.map((key) => `r.${key} as key_${key}`).join(', ')
  await owner.query(
    `drop table if exists kept; create temp table kept as select r.${column} as was, ${of} from ${name} r limit 0`,
  )
  try {
    const { rowCount } = await owner.query(
      `with changed as (update ${name} r set ${column} = ${value} where r.${column} is distinct from ${value}
          returning old.${column} as was, ${named})
        insert into kept select * from changed`,
    )
    return { changed: rowCount ?? 0, undo }
  } catch (error) {
    // No such other value is possible: a key that is taken, a byte that is not there, a number too large.
    if (error instanceof Error && 'code' in error && /^(22|23)/.test(String(error.code))) return { changed: 0, undo }
    throw error
  }
}
