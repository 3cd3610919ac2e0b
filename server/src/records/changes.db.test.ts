import { codeOfType } from '@chartkeep/model/fhir'
import { expect } from 'vitest'
import { newId, openLog, systemClock, writeId } from '#base'
import { openRecords, type RecordChange } from '#records'
import { openChanges } from './changes.ts'
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

test('who no longer watches is told nothing, and more changes than a notice is made for are told as missed', async ({
  records,
  db,
  keys,
  ledger,
}) => {
  const elsewhere = await openRecords({ db, keys, ledger, clock: systemClock, log })
  const [heard, there]: [string[], (RecordChange | undefined)[]] = [[], []]
  const leave = records.watch(() => heard.push('here'))
  elsewhere.watch((change) => there.push(change))
  const patient = await createPatient(records)
  expect(heard).toEqual(['here'])
  leave()
  await create(records, observation(patient))
  expect(heard).toEqual(['here'])
  records.missed()
  records.watch(() => heard.push('missed'))
  records.missed()
  expect(heard).toEqual(['here', 'missed'])
  await expect.poll(() => there).toHaveLength(2)
})

test('of a notice that was cut short, what is whole is told and the rest is missed', async ({ records, owner }) => {
  const seen: (RecordChange | undefined)[] = []
  records.watch((change) => seen.push(change))
  const { id, packed } = aNotice()
  for (const end of [0, 20]) {
    const text = Buffer.concat([packed, packed.subarray(0, end)]).toString('base64')
    await owner.query('select pg_notify($1, $2)', ['records_changes', `other ${text}`])
  }
  // No such type; no such id.
  const [strange, nameless] = [aNotice().packed, aNotice().packed]
  strange.writeUInt16BE(65_535, 0)
  nameless.fill(0, 2, 18)
  for (const text of [strange, nameless])
    await owner.query('select pg_notify($1, $2)', ['records_changes', `other ${text.toString('base64')}`])
  await expect.poll(() => seen.map((change) => change?.id)).toEqual([id, id, undefined, undefined, undefined])
  expect(seen[0]).toEqual({ tenant: 1, type: 'Observation', id, patient: undefined, by: '' })
})

test('of more changes at once than wait to be told, the others hear that some were missed', async ({ db }) => {
  const tenant = 1
  const [teller, hearer] = await Promise.all(
    ['teller', 'hearer'].map((origin) => openChanges({ db, tenant, origin, log })),
  )
  const heard: (RecordChange | undefined)[] = []
  hearer?.watch((change) => heard.push(change))
  const some = (count: number, of = tenant): RecordChange[] =>
    Array.from({ length: count }, () => ({
      ...{ tenant: of, type: 'Observation', id: newId<'record'>(0), patient: undefined, by: '' },
    }))
  // What another practice changed is told to nobody elsewhere.
  teller?.announce(some(1, 2))
  const most = some(10_000)
  teller?.announce(most)
  await teller?.close()
  await expect.poll(() => heard.length).toBe(10_000)
  expect(heard.map((one) => one?.id)).toEqual(most.map(({ id }) => id))
  teller?.announce(some(10_001))
  await teller?.close()
  await expect.poll(() => heard.length).toBe(20_001)
  expect(heard.filter((one) => one === undefined)).toHaveLength(1)
})

/** As one process tells the others of one change. */
function aNotice(): { readonly id: string; readonly packed: Buffer } {
  const packed = Buffer.alloc(50)
  const id = newId<'record'>(0)
  packed.writeUInt16BE(codeOfType('Observation'), 0)
  writeId(id, packed, 2)
  return { id, packed }
}
