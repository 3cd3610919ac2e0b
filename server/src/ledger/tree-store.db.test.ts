import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { expect } from 'vitest'
import { formatId } from '#base'
import { nurse, test as base } from '../../test/ledger.ts'
import { entryIdOf, mostEntries } from './batch.ts'
import { signCheckpoint } from './note.ts'
import { nothingSeen } from './seen.ts'
import { StateSum } from './state-sum.ts'
import { Frontier } from './tree.ts'
import { type BatchLeaves, loadTree, storePass, type Tree } from './tree-store.ts'

interface Rig {
  /** Stores one pass of batches with so many leaves each, and gives the tree as it then is. */
  pass(lengths: readonly number[], patients?: readonly string[]): Promise<Frontier>
  load(): Promise<Tree>
}

const origin = 'test.example/ledger'
const aBatch = (length: number, patients: readonly string[] = []): BatchLeaves => ({
  ...{ id: entryIdOf(formatId(1, 0, randomBytes(8)), 0), tenant: 1, states: [] },
  hashes: Array.from({ length }, () => randomBytes(32)),
  participants: Array.from({ length }, () => ({ actor: nurse, patients })),
})

const test = base.extend<{ rig: Rig }>({
  rig: async ({ db, keys }, use) => {
    const tree = Frontier.empty()
    await use({
      async pass(lengths, patients) {
        const batches = lengths.map((length) => aBatch(length, patients))
        const before = tree.copy()
        for (const hash of batches.flatMap(({ hashes }) => hashes)) tree.append(hash)
        const place = {
          size: tree.size,
          note: signCheckpoint(origin, { size: tree.size, root: tree.root() }, keys.ledger.signer),
        }
        const states = new StateSum().seal(keys.ledger.seal, place)
        const rest = { seen: { next: BigInt(tree.size), running: [] }, note: place.note, states, at: tree.size }
        await db.transact(1, async (tx) => storePass(tx, { before, after: tree, batches, ...rest }))
        return tree.copy()
      },
      load: async () => db.inspect(1, async (tx) => loadTree(tx, keys.ledger)),
    })
  },
})

test('a tree is loaded as it was stored: rows of one leaf, full ones, and the longest there can be', async ({
  rig,
  owner,
}) => {
  expect(await rig.load()).toMatchObject({ seen: nothingSeen, note: undefined })
  const lengths: readonly (readonly number[])[] = [
    [1],
    Array.from({ length: 512 / mostEntries }, () => mostEntries), // full: no row is begun after it
    [...Array.from({ length: 511 }, () => 1), mostEntries],
    [3],
  ]
  for (const each of lengths) {
    const stored = await rig.pass(each)
    const { frontier, seen, note } = await rig.load()
    expect([frontier.size, frontier.root()]).toEqual([stored.size, stored.root()])
    expect(seen).toEqual({ next: BigInt(stored.size), running: [] })
    expect(note).toContain(`\n${stored.size}\n`)
  }
  const { rows } = await owner.query<{ n: number }>('select cardinality(batches) as n from ledger.leaf order by first')
  expect(rows.map(({ n }) => n)).toEqual([1, 512 / mostEntries, 512, 1])
  expect((await owner.query('select from ledger.checkpoint where frontier is not null')).rowCount).toBe(0)
})

test('the frontier is kept each time the tree has grown past 65,536 more, and what lies before it need not be hashed', async ({
  rig,
  owner,
}) => {
  await rig.pass([1])
  await rig.pass(Array.from({ length: 65_536 / mostEntries }, () => mostEntries))
  const newest = await rig.pass([5])
  const { rows } = await owner.query<{ size: string }>('select size from ledger.checkpoint where frontier is not null')
  expect(rows).toEqual([{ size: '65537' }])
  const kept = `where size = 65537`
  // One that does not give the signed root is left aside.
  for (const spoilt of [
    `frontier = set_byte(frontier, 40, get_byte(frontier, 40) # 1)`,
    `frontier = substring(frontier for 32)`,
    `frontier = ''`,
    `note = 'x'`,
    `note = (select note from ledger.checkpoint where size = 1)`,
  ]) {
    await owner.query(`create table spoilt as select * from ledger.checkpoint ${kept}`)
    await owner.query(`update ledger.checkpoint set ${spoilt} ${kept}`)
    expect((await rig.load()).frontier.root()).toEqual(newest.root())
    await owner.query(`delete from ledger.checkpoint ${kept}`)
    await owner.query('insert into ledger.checkpoint select * from spoilt; drop table spoilt')
  }
  await owner.query('delete from ledger.leaf where first < 65537')
  expect((await rig.load()).frontier.root()).toEqual(newest.root())
})

test('more people in one pass than are stored at once each have their row', async ({ rig, owner }) => {
  const patients = Array.from({ length: 9000 }, (_, at) => formatId(at, 0, randomBytes(8)))
  await rig.pass([1], patients)
  const { rows } = await owner.query('select distinct subject from ledger.access where not actor')
  expect(rows).toHaveLength(9000)
})

const missing = 'the newest checkpoint is missing, damaged or not signed with this key'
const other = 'the leaves do not give the root of the newest checkpoint'
const first = '(select note from ledger.checkpoint where size = 2)'

test.for([
  ['the checkpoints are gone', 'delete from ledger.checkpoint', missing],
  ['the newest note cannot be read', `update ledger.checkpoint set note = 'x' where size = 5`, missing],
  [
    'the newest note was changed',
    `update ledger.checkpoint set note = replace(note, E'\\n5\\n', E'\\n6\\n') where size = 5`,
    missing,
  ],
  ['what it has seen cannot be read', `update ledger.checkpoint set seen = 'x' where size = 5`, missing],
  ['its states cannot be opened', `update ledger.checkpoint set states = '' where size = 5`, missing],
  [
    'all of it is gone but the size',
    `update ledger.checkpoint set states = '', note = '', seen = '' where size = 5`,
    missing,
  ],
  ['the note of another one stands there', `update ledger.checkpoint set note = ${first} where size = 5`, missing],
  ['the newest checkpoint is gone', 'delete from ledger.checkpoint where size = 5', other],
  [
    'a leaf was changed',
    `update ledger.leaf set hashes = set_byte(hashes, 3, get_byte(hashes, 3) # 1) where first = 2`,
    other,
  ],
  ['the last leaves are gone', 'delete from ledger.leaf where first = 2', other],
  ['all leaves are gone', 'delete from ledger.leaf', other],
] as const)('nothing goes on where %s', async ([, sql, message], { rig, owner }) => {
  await rig.pass([2])
  await rig.pass([3])
  await owner.query(sql)
  await expect(rig.load()).rejects.toThrow(message)
})

test('nothing goes on from a checkpoint that another key signed', async ({ rig, owner, keys }) => {
  const tree = await rig.pass([2])
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const signer = { publicKey, sign: (text: Uint8Array) => sign(undefined, text, privateKey) }
  const note = signCheckpoint(origin, { size: 2, root: tree.root() }, signer)
  const states = new StateSum().seal(keys.ledger.seal, { size: 2, note })
  await owner.query('update ledger.checkpoint set note = $1, states = $2', [note, states])
  await expect(rig.load()).rejects.toThrow(missing)
})

test('nothing goes on from a signed root of as many other leaves', async ({ rig, owner, keys }) => {
  await rig.pass([2])
  const note = signCheckpoint(origin, { size: 2, root: randomBytes(32) }, keys.ledger.signer)
  const states = new StateSum().seal(keys.ledger.seal, { size: 2, note })
  await owner.query('update ledger.checkpoint set note = $1, states = $2', [note, states])
  await expect(rig.load()).rejects.toThrow(other)
})
