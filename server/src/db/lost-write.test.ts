import { expect, test } from 'vitest'
import { LostWrite, requireRows } from './lost-write.ts'

test.each<[string, number | undefined, number, boolean]>([
  ['insert into a.b (c) values ($1)', undefined, 0, true],
  ['insert into a.b (c) values ($1)', undefined, 1, false],
  ['\n  INSERT INTO a.b (c)\n  VALUES ($1), ($2)', undefined, 0, true],
  ['insert into a.b (c) values ($1) on conflict do nothing', undefined, 0, false],
  ['insert into a.b (c) values ($1) on conflict (c) do update set c = excluded.c', undefined, 0, true],
  ['insert into a.b (c) values ($1) on conflict (c) do update set c = 1 where b.c = 2', undefined, 0, false],
  ['insert into a.b (c) select $1 where not exists (select from a.b)', undefined, 0, false],
  ['update a.b set c = $1', undefined, 0, false],
  ['update a.b set c = $1', 1, 0, true],
  ['insert into a.b select * from unnest($1)', 3, 2, true],
  ['insert into a.b select * from unnest($1)', 3, 3, false],
  ['select 1', undefined, 0, false],
])('%s, of which %s rows have to come: %s rows are a lost write: %s', (text, changes, rowCount, lost) => {
  const act = (): void => requireRows({ text, changes }, rowCount)
  if (lost) expect(act).toThrow(LostWrite)
  else expect(act).not.toThrow()
})
