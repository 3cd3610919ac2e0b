import { expect } from 'vitest'
import { openLog, systemClock } from '#base'
import { openRecords, type RecordChange } from '#records'
import { create, createPatient, grant, newRequest, observation, person, test } from '../../test/fixtures.ts'

const log = openLog('silent')

test('what one process writes is told to the others: which record, whose, by whom, and no more', async ({
  records,
  db,
  keys,
  ledger,
}) => {
  const elsewhere = await openRecords({ db, keys, ledger, clock: systemClock, log })
  const here: (RecordChange | undefined)[] = []
  const there: (RecordChange | undefined)[] = []
  records.watch((change) => here.push(change))
  elsewhere.watch((change) => there.push(change))
  const author = person()
  const patient = await createPatient(records)
  const { id } = await create(records, observation(patient), author)
  const { id: practice } = await create(
    records,
    { resourceType: 'Organization', name: 'Fenwick' },
    person('administrator'),
  )
  await expect.poll(() => there).toHaveLength(3)
  expect(there).toEqual(here)
  expect(there[1]).toEqual({ tenant: 1, type: 'Observation', id, patient, by: author.id })
  expect(there[2]).toMatchObject({ type: 'Organization', id: practice, patient: undefined })
})

test('a thousand changes arrive, each once and in their order', async ({ records, db, keys, ledger }) => {
  const elsewhere = await openRecords({ db, keys, ledger, clock: systemClock, log })
  const there: (RecordChange | undefined)[] = []
  elsewhere.watch((change) => there.push(change))
  const patient = await createPatient(records)
  const write = { kind: 'create', grant: grant('create', 'Observation'), resource: observation(patient) } as const
  const written = await records.write([write, ...Array.from({ length: 999 }, () => write)], newRequest())
  await records.close()
  await expect.poll(() => there).toHaveLength(1001)
  expect(there.slice(1).map((change) => change?.id)).toEqual(written.map(({ id }) => id))
})

test('after the connection for notices was lost, watchers are told that they may have missed some', async ({
  records,
  owner,
}) => {
  const seen: (RecordChange | undefined)[] = []
  records.watch((change) => seen.push(change))
  await owner.query(`select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = 'chartkeep notices' and datname = current_database()`)
  await expect.poll(() => seen).toEqual([undefined])
})

test('a notice that is not ours brings nobody down', async ({ records, owner }) => {
  const seen: (RecordChange | undefined)[] = []
  records.watch((change) => seen.push(change))
  for (const payload of ['x', 'x AAAA', `x ${Buffer.alloc(50).toString('base64')}`, `x ${'A'.repeat(7900)}`])
    await owner.query('select pg_notify($1, $2)', ['records_changes', payload])
  await expect.poll(() => seen.length).toBeGreaterThan(3)
  expect(seen.every((change) => change === undefined)).toBe(true)
})
