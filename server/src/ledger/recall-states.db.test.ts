import { randomBytes } from 'node:crypto'
import { expect } from 'vitest'
import { newId } from '#base'
import type { EntryState, Ledger } from '#ledger'
import { reading, test as base } from '../../test/ledger.ts'
import { type RecalledState, recallStates } from './recall-states.ts'
import { LedgerCut } from './witness-check.ts'

const stateOf = (version: number, over: Partial<EntryState> = {}): EntryState => ({
  ...{ kind: 'account', subject: newId(version), version, ended: false, mac: randomBytes(16) },
  ...over,
})

interface Recalling {
  recall(): Promise<RecalledState[]>
  /** Takes all that was recorded into the tree. */
  sequence(): Promise<void>
}

const test = base.extend<{ recalling: Recalling }>({
  recalling: async ({ db, keys, openAnother }, use) =>
    use({
      async recall() {
        const seen: RecalledState[] = []
        await recallStates(db, keys.ledger, (state) => seen.push(state))
        return seen
      },
      async sequence() {
        const another = openAnother()
        await another.start()
        await another.stop()
      },
    }),
})

const versionsOf = (states: readonly RecalledState[]): number[] => states.map(({ version }) => version).toSorted()

/** States 1 to 4 in the tree, 5 and 6 on their way; of two practices. */
async function populate(ledger: Ledger, sequence: () => Promise<void>): Promise<void> {
  await ledger.record(reading({ states: [stateOf(1), stateOf(2, { kind: 'session', ended: true })] }))
  await ledger.record(reading({ tenant: 2, states: [stateOf(3)] }))
  await ledger.record(reading())
  await sequence()
  await ledger.record(reading({ states: [stateOf(4, { kind: 'client' })] }))
  await sequence()
  await ledger.record(reading({ states: [stateOf(5)] }))
  await ledger.record(reading({ tenant: 2, states: [stateOf(6, { kind: 'token' })] }))
}

test('every recorded state is recalled with its time, in the tree or on the way to it, of all practices', async ({
  ledger,
  recalling,
}) => {
  expect(await recalling.recall()).toEqual([])
  const before = Date.now()
  await populate(ledger, recalling.sequence)
  const states = await recalling.recall()
  expect(versionsOf(states)).toEqual([1, 2, 3, 4, 5, 6])
  expect(states.every(({ at }) => at >= before - 1000 && at <= Date.now())).toBe(true)
  await recalling.sequence()
  expect(versionsOf(await recalling.recall())).toEqual([1, 2, 3, 4, 5, 6])
})

const tamperings: readonly [string, string][] = [
  ...[1, 2, 3, 4, 5, 6].map((version): [string, string] => [
    `the state ${version} was taken away`,
    `delete from ledger.state where version = ${version}`,
  ]),
  ['all are gone', 'truncate ledger.state'],
  ['one was changed', 'update ledger.state set ended = not ended where version = 4'],
  [
    'one was put into the place of another',
    `update ledger.state set subject = (select subject from ledger.state where version = 1) where version = 4`,
  ],
  [
    'one was put in',
    `insert into ledger.state select gen_random_uuid(), version, tenant, kind, ended, mac, entry from ledger.state limit 1`,
  ],
  ['a code was made longer than any', `update ledger.state set mac = mac || '\\x00' where version = 4`],
  ['a kind was made longer than any', `update ledger.state set kind = kind || repeat('x', 10000000) where version = 4`],
  ['a note was made longer than any', `update ledger.checkpoint set note = note || repeat('x', 100000000)`],
  ['one of another practice was moved to this one', 'update ledger.state set tenant = 1 where version = 3'],
  ['the sum was emptied', `update ledger.checkpoint set states = ''`],
  [
    'the sum of an earlier checkpoint was put back with its states',
    `update ledger.checkpoint set states = (select states from ledger.checkpoint order by size limit 1);
      delete from ledger.state where version = 4`,
  ],
  [
    'the note was exchanged as well',
    `with first as (select note, states from ledger.checkpoint order by size limit 1)
      update ledger.checkpoint c set states = first.states, note = first.note from first;
      delete from ledger.state where version = 4`,
  ],
  [
    'what the tree has seen was put further, so that nothing seems to come after it',
    `update ledger.checkpoint set seen = '9000000000000000:'; delete from ledger.state where version = 6`,
  ],
]

test.for(tamperings)('a start is refused when %s', async ([, sql], { ledger, recalling, owner }) => {
  await populate(ledger, recalling.sequence)
  await owner.query(sql)
  await expect(recalling.recall()).rejects.toThrow(LedgerCut)
})

test('entries on the way to the tree that were not written here count for nothing', async ({
  ledger,
  recalling,
  owner,
}) => {
  await populate(ledger, recalling.sequence)
  // As a genuine one, but for a bit of its tag, which comes last.
  await owner.query(`insert into ledger.batch (id, tenant, changes, entries)
    select '01890a5d-ac96-8abc-b123-012345670000', tenant, changes,
      set_byte(entries, length(entries) - 1, get_byte(entries, length(entries) - 1) # 1)
    from ledger.batch order by xid desc limit 1`)
  expect(versionsOf(await recalling.recall())).toEqual([1, 2, 3, 4, 5, 6])
})

test('a database that was restored as a copy of its rows starts, when all states are there', async ({
  ledger,
  recalling,
  owner,
}) => {
  await populate(ledger, recalling.sequence)
  await recalling.sequence()
  await owner.query(`update ledger.checkpoint set seen = '9000000000000000:'`)
  expect(versionsOf(await recalling.recall())).toEqual([1, 2, 3, 4, 5, 6])
})

test('more entries on the way to the tree than are read at once are all recalled', async ({ ledger, recalling }) => {
  for (let n = 0; n < 140; n++) await ledger.record(reading(n % 20 === 0 ? { states: [stateOf(n)] } : {}))
  expect((await recalling.recall()).map(({ version }) => version).toSorted((a, b) => a - b)).toEqual([
    0, 20, 40, 60, 80, 100, 120,
  ])
})

test('what a refused start says leads on', async ({ ledger, recalling, owner }) => {
  await populate(ledger, recalling.sequence)
  const { rows } = await owner.query<{ size: string; states: Buffer }>('select size, states from ledger.checkpoint')
  await owner.query(`update ledger.checkpoint set states = ''`)
  await expect(recalling.recall()).rejects.toThrow(/newest checkpoint of the ledger was changed.*ledger verify/)
  for (const { size, states } of rows)
    await owner.query('update ledger.checkpoint set states = $2 where size = $1', [size, states])
  await owner.query('delete from ledger.state where version = 4')
  await expect(recalling.recall()).rejects.toThrow(
    /has 5 states.*not the 6 that the ledger has recorded.*ledger verify/,
  )
})
