import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { openLog, systemClock } from '#base'
import { reading, test as base } from '../../test/filled-ledger.ts'
import { Recent } from './recent.ts'
import { openSequencer, type Sequencer } from './sequencer.ts'
import { openWitness } from './witness.ts'

interface Fixtures {
  /** What was logged, but what is only said to whoever looks closely. */
  logged: { msg: string; batch?: string; ledgerSize?: number; witnessed?: number; err?: { code?: string } }[]
  /** One that has nothing in memory, as in a process of its own; stopped at the end. */
  sequencer: () => Sequencer
}

const test = base.extend<Fixtures>({
  // oxlint-disable-next-line no-empty-pattern -- vitest reads the names of a fixture's needs from its pattern
  logged: async ({}, use) => use([]),
  sequencer: async ({ db, keys, witness, logged }, use) => {
    const log = openLog('warn', { write: (line) => void logged.push(JSON.parse(line) as Fixtures['logged'][number]) })
    const open: Sequencer[] = []
    await use(() => {
      const witnesses = [openWitness(witness, log)]
      const parts = { db, keys: keys.ledger, clock: systemClock, log, origin: 'test.example/ledger', witnesses }
      const sequencer = openSequencer({ ...parts, recent: new Recent() })
      open.push(sequencer)
      return sequencer
    })
    await Promise.all(open.map(async (sequencer) => sequencer.stop()))
  },
})

const latestOf = (folder: string): string => readFileSync(join(folder, 'latest'), 'utf8')
const linesOf = (folder: string): number =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.ndjson'))
    .reduce((sum, name) => sum + readFileSync(join(folder, name), 'utf8').split('\n').length - 1, 0)

async function once(sequencer: Sequencer): Promise<void> {
  sequencer.start()
  await sequencer.stop()
}

test('a witness that has seen a longer ledger is named, keeps what it has, and new entries are taken in', async ({
  filled,
  owner,
  witness,
  sequencer,
  logged,
  openAnother,
}) => {
  await owner.query('delete from ledger.access where pass > 12')
  await owner.query('delete from ledger.batch where id <> all($1)', [filled.ids.slice(0, 12)])
  await owner.query('delete from ledger.leaf where first >= 12')
  await owner.query('delete from ledger.checkpoint where size > 12')
  const before = latestOf(witness)
  await once(sequencer())
  expect(logged.map(({ msg, ledgerSize, witnessed }) => [msg, ledgerSize, witnessed])).toEqual([
    ['a witness has seen a longer ledger than there is', 12, 36],
  ])
  expect(latestOf(witness)).toBe(before)
  await openAnother().record(reading())
  await once(sequencer())
  expect(latestOf(witness)).toContain('\n13\n')
})

test('a witness that has less, or nothing, is given the newest checkpoint; one that has it is not', async ({
  filled,
  owner,
  witness,
  sequencer,
  logged,
}) => {
  const newest = latestOf(witness)
  const lines = linesOf(witness)
  await once(sequencer())
  expect(linesOf(witness)).toBe(lines)
  for (const name of readdirSync(witness)) rmSync(join(witness, name))
  await once(sequencer())
  expect([latestOf(witness), linesOf(witness)]).toEqual([newest, 1])
  const { rows } = await owner.query<{ note: string }>('select note from ledger.checkpoint where size = 12')
  writeFileSync(join(witness, 'latest'), rows[0]?.note ?? '')
  await once(sequencer())
  expect([latestOf(witness), linesOf(witness)]).toEqual([newest, 2])
  expect(logged).toEqual([])
  expect((await filled.verify()).faults).toEqual([])
})

test('entries that cannot be read, or that nobody here wrote, are named in the log and taken in', async ({
  filled,
  owner,
  sequencer,
  logged,
  openAnother,
}) => {
  const ledger = openAnother()
  for (let n = 0; n < 3; n++) await ledger.record(reading())
  const { rows } = await owner.query<{ id: string }>(
    'select id from ledger.batch where id <> all($1) order by xid, id',
    [filled.ids],
  )
  const [emptied, changed] = rows.map(({ id }) => id)
  await owner.query(`update ledger.batch set entries = '' where id = $1`, [emptied])
  await owner.query(
    `update ledger.batch set entries = set_byte(entries, length(entries) - 1, get_byte(entries, length(entries) - 1) # 1) where id = $1`,
    [changed],
  )
  await once(sequencer())
  expect(logged.map(({ msg, batch }) => [msg, batch])).toEqual([
    ['entries of the ledger cannot be read', emptied],
    ['entries of the ledger were not written by this installation', changed],
  ])
  expect((await filled.verify()).entries).toBe(39)
})

test('more entries of other processes than are read at once, or fit into a pass, are all taken in at once', async ({
  filled,
  sequencer,
  openAnother,
}) => {
  const ledger = openAnother()
  for (let n = 0; n < 330; n++) await ledger.record(reading())
  const one = sequencer()
  one.start()
  await expect.poll(() => one.status().caughtUp, { timeout: 20_000, interval: 5 }).toBeDefined()
  expect(await filled.verify()).toMatchObject({ faults: [], entries: 366, pending: 0 })
})

test('where nothing was recorded yet, a witness is given nothing', async ({ sequencer, witness, logged }) => {
  await once(sequencer())
  expect([readdirSync(witness), logged]).toEqual([[], []])
})

test('more rows of leaves than are read at once give the same tree', async ({
  filled,
  owner,
  sequencer,
  openAnother,
}) => {
  // As on quiet days: a row for every entry, and none of the checkpoints keeps where the tree was.
  await owner.query('update ledger.checkpoint set frontier = null')
  for (let n = 0; n < 70; n++) {
    await openAnother().record(reading())
    await once(sequencer())
  }
  await owner.query('update ledger.checkpoint set frontier = null')
  const { rowCount } = await owner.query('select from ledger.leaf')
  expect(rowCount).toBeGreaterThan(64)
  await openAnother().record(reading())
  const last = sequencer()
  await once(last)
  expect(last.status().fault).toBeUndefined()
  expect(await filled.verify()).toMatchObject({ faults: [], entries: 107, pending: 0 })
})

test('one that waits for its turn stops at once', async ({ sequencer }) => {
  const [first, second] = [sequencer(), sequencer()]
  first.start()
  await expect.poll(() => first.status().leading).toBe(true)
  await once(second)
  expect(second.status().leading).toBe(false)
})

test('one of several leads; the next takes over when it has stopped', async ({ filled, sequencer, openAnother }) => {
  const [first, second] = [sequencer(), sequencer()]
  expect(first.status()).toEqual({ leading: false, caughtUp: undefined, fault: undefined })
  first.start()
  await expect.poll(() => first.status()).toMatchObject({ leading: true, caughtUp: expect.any(Number) })
  second.start()
  await openAnother().record(reading())
  await expect.poll(async () => (await filled.verify()).entries).toBe(37)
  expect(second.status()).toEqual({ leading: false, caughtUp: undefined, fault: undefined })
  await first.stop()
  await once(sequencer())
  await expect.poll(() => second.status().leading, { timeout: 20_000 }).toBe(true)
})

test('a fault is said once, while it lasts, and entries are taken in when it is over', async ({
  filled,
  owner,
  sequencer,
  logged,
  openAnother,
}) => {
  const one = sequencer()
  await owner.query(`create function public.refuse() returns trigger language plpgsql as 'begin raise exception ''no''; end';
    create trigger refuse before insert on ledger.leaf for each row execute function public.refuse()`)
  await openAnother().record(reading())
  one.start()
  await expect.poll(() => one.status().fault).toBe('no')
  const before = one.status().caughtUp
  await new Promise((resolve) => setTimeout(resolve, 2200))
  expect(logged.map(({ msg, err }) => [msg, err?.code])).toEqual([
    ['entries are recorded but not yet sequenced', 'P0001'],
  ])
  expect(one.status()).toEqual({ leading: true, caughtUp: before, fault: 'no' })
  await owner.query('drop trigger refuse on ledger.leaf')
  await expect.poll(() => one.status().fault).toBeUndefined()
  expect((await filled.verify()).faults).toEqual([])
})

test.for([
  ['emptied', `hashes = '', batches = '{}', lengths = '{}'`],
  ['without hashes', `hashes = ''`],
  ['with one hash less', `hashes = substring(hashes for 32 * 11)`],
  ['with part of a hash more', `hashes = hashes || '\\x00'`],
  ['with one length less', `lengths = lengths[:11]`],
  ['with one length more', `lengths = lengths || 1::smallint`],
  ['with a length of nothing', `lengths[3] = 0, hashes = substring(hashes for 32 * 11)`],
  ['with a batch of no name', `batches[3] = null`],
  ['at another place', `first = 13`],
] as const)(
  'nothing is signed on a row of leaves that is %s',
  async ([, change], { filled, owner, sequencer, openAnother }) => {
    // Read from the first leaf on.
    await owner.query('update ledger.checkpoint set frontier = null')
    await owner.query(`update ledger.leaf set ${change} where first = 12`)
    await openAnother().record(reading())
    const one = sequencer()
    one.start()
    await expect.poll(() => one.status().fault).toBe('leaves are missing or damaged')
    await one.stop()
    expect((await owner.query('select from ledger.checkpoint')).rowCount).toBe(3)
    expect((await filled.verify()).faultCount).toBeGreaterThan(0)
  },
)
