import { randomBytes, randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import { newId } from '#base'
import { type EntryState, newestStates, verifyLedger } from '#ledger'
import { entryIdsIn, rewriteEntry } from '../../test/entries.ts'
import { reading, test } from '../../test/ledger.ts'
import { StateSum } from './state-sum.ts'
import { columnsOf, mutate, valuesFor } from '../../test/mutations.ts'

const stateOf = (version: number, over: Partial<EntryState> = {}): EntryState => ({
  ...{ kind: 'account', subject: newId(version), version, ended: false, mac: randomBytes(16) },
  ...over,
})

test('the newest state of a subject is the one of the highest version, in its own practice, and an end before all else', async ({
  ledger,
  db,
}) => {
  const subject = newId<string>(1)
  const states = [1, 3, 2].map((version) => stateOf(version, { subject }))
  for (const state of states) await ledger.record(reading({ states: [state] }))
  const newest = async () => (await db.transact(1, (tx) => newestStates(tx, [subject, randomUUID()]))).get(subject)
  expect(await newest()).toMatchObject({ ...states[1], entry: expect.any(String) })
  await ledger.record(reading({ states: [stateOf(3, { subject, ended: true })] }))
  expect(await newest()).toMatchObject({ version: 3, ended: true })
  expect(await db.transact(2, (tx) => newestStates(tx, [subject]))).toEqual(new Map())
})

test('what is recorded with a change is there with it, or neither is', async ({ ledger, db }) => {
  const state = stateOf(1)
  const failing = db.transact(1, async (tx) => {
    await ledger.recordWithin(tx, [reading({ states: [state] })])
    throw new Error('not to be')
  })
  await expect(failing).rejects.toThrow('not to be')
  expect(await db.transact(1, (tx) => newestStates(tx, [state.subject]))).toEqual(new Map())
})

// In the tree and on the way to it.
test.for([true, false])(
  'each column of ledger.state that is changed is named (in the tree: %s)',
  async (sequenced, { ledger, owner, db, keys, witness, openAnother }) => {
    const two = [stateOf(1), stateOf(1, { kind: 'session', ended: true })]
    await ledger.record(reading({ states: two }))
    await ledger.record(reading({ states: [stateOf(2)] }))
    await ledger.record(reading())
    if (sequenced) {
      const another = openAnother()
      await another.start()
      await another.stop()
    }
    const faults = async () => (await verifyLedger({ db, keys: keys.ledger, witnesses: [witness] })).faults
    expect(await faults()).toEqual([])
    const columns = (await columnsOf(owner, 'ledger')).filter(({ table }) => table === 'state')
    const primary = columns.filter(({ key }) => key).map(({ column }) => column)
    expect(columns.map(({ column }) => column).toSorted()).toEqual([
      'ended',
      'entry',
      'kind',
      'mac',
      'subject',
      'tenant',
      'version',
    ])
    for (const column of columns) {
      let changes = 0
      for (const value of column.type === 'boolean' ? ['not ended'] : valuesFor(column, 'ledger')) {
        const { changed, undo } = await mutate(owner, 'ledger', column, { value, keys: primary })
        if (changed === 0) continue
        changes++
        const named = await faults()
        expect(named.length, `${column.column} = ${value}`).toBeGreaterThan(0)
        await undo()
      }
      expect(changes, column.column).toBeGreaterThan(0)
    }
    await owner.query('create temp table states as select * from ledger.state')
    await owner.query('delete from ledger.state where ended')
    expect(await faults()).toEqual([
      { entry: expect.any(String), what: expect.stringMatching(/of the session .* was removed from ledger\.state/) },
    ])
    await owner.query('delete from ledger.state; insert into ledger.state select * from states')
    await owner.query(
      `insert into ledger.state select gen_random_uuid(), version, tenant, kind, ended, mac, entry from ledger.state limit 1`,
    )
    expect(await faults()).toEqual([{ what: '1 rows of ledger.state are not what any entry recorded.' }])
  },
)

test('a checkpoint whose sum of states is not the one of its entries is named, in its own practice too', async ({
  ledger,
  db,
  keys,
  owner,
}) => {
  const states = [stateOf(1), stateOf(2)]
  await ledger.record(reading({ states }))
  await ledger.start()
  await ledger.stop()
  const { rows } = await owner.query<{ size: number; note: string }>('select size::int4, note from ledger.checkpoint')
  const [place = { size: 0, note: '' }] = rows
  const entry = (await owner.query<{ entry: string }>('select entry from ledger.state')).rows[0]?.entry ?? ''
  const sealed = (...counted: readonly { state: EntryState; tenant: number }[]): Buffer => {
    const sum = new StateSum()
    for (const { state, tenant } of counted) sum.add({ ...state, tenant, entry }, keys.ledger.tag)
    return sum.seal(keys.ledger.seal, place)
  }
  const faultsWith = async (kept: Buffer): Promise<unknown> => {
    await owner.query('update ledger.checkpoint set states = $1', [kept])
    return (await verifyLedger({ db, keys: keys.ledger, witnesses: [] })).faults
  }
  const [first = stateOf(1), second = stateOf(2)] = states
  const changed = [{ leaf: 1, what: 'What a checkpoint says of the states that its entries recorded was changed.' }]
  const genuine = [first, second].map((state) => ({ state, tenant: 1 }))
  expect(await faultsWith(sealed(...genuine))).toEqual([])
  expect(await faultsWith(sealed())).toEqual(changed)
  expect(await faultsWith(sealed(...genuine.slice(1)))).toEqual(changed)
  expect(await faultsWith(sealed(...genuine, ...genuine))).toEqual(changed)
  expect(await faultsWith(sealed(...genuine.map(({ state }) => ({ state, tenant: 2 }))))).toEqual(changed)
  expect(await faultsWith(Buffer.alloc(40))).toEqual(changed)
})

test('after an entry that was changed, those behind it are held against ledger.state all the same', async ({
  ledger,
  owner,
  db,
  keys,
  openAnother,
}) => {
  await ledger.record(reading())
  await ledger.record(reading({ states: [stateOf(1)] }))
  const another = openAnother()
  await another.start()
  await another.stop()
  const [first, second] = await entryIdsIn(owner)
  await rewriteEntry(owner, String(first), (entry) => ({ ...entry, at: entry.at - 1_000_000 }))
  const verify = async () => (await verifyLedger({ db, keys: keys.ledger, witnesses: [] })).faults
  expect((await verify()).map(({ entry }) => entry)).toEqual([first])
  await owner.query('delete from ledger.state')
  expect((await verify()).map(({ entry }) => entry)).toEqual([first, second])
})
