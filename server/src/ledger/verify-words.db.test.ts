import { expect } from 'vitest'
import { reading, test } from '../../test/filled-ledger.ts'
import { nurse } from '../../test/ledger-facts.ts'

// Everything that verification says, not only its first word: what follows from one fault is not told as a second one.

const removed = (first: number): [number, string] => [first, `The leaves ${first} to ${first + 11} were removed.`]
const noLeaf = [
  undefined,
  'The entry has no leaf, though the tree has gone on after it: it was put in later, or its leaf was removed.',
] as const
const unfounded = [undefined, 'The entry stands in the access history of somebody it does not name.'] as const
const missing = [undefined, 'The entry is missing from the access history of somebody it names.'] as const
const notTheNote = [36, 'The checkpoint for 36 entries is not the note that was signed.'] as const
const passGone = (pass: number, leaf?: number) =>
  [leaf, `The checkpoint for ${pass} entries was removed, or the pass that access history names was changed.`] as const
const spoilNote = `update ledger.checkpoint set note = 'x' where size = 36`
const ofNurse = `where subject = '${nurse}' and pass = 24`

test.for<[string, string, (readonly [number | undefined, string])[]]>([
  ['the first leaves are gone', 'delete from ledger.leaf where first = 0', [removed(0), noLeaf]],
  ['leaves in between are gone', 'delete from ledger.leaf where first = 12', [removed(12), noLeaf]],
  [
    'leaves in between are gone, and the last checkpoint is spoilt',
    `delete from ledger.leaf where first = 12; ${spoilNote}`,
    [removed(12), notTheNote, noLeaf],
  ],
  [
    'the last leaves are gone',
    'delete from ledger.leaf where first = 24',
    [[24, 'The end was cut off: a signed checkpoint covers 36 entries, and the tree has 24.'], unfounded, noLeaf],
  ],
  [
    'the last leaves are gone, and their checkpoint is spoilt',
    `delete from ledger.leaf where first = 24; ${spoilNote}`,
    [notTheNote, unfounded, noLeaf],
  ],
  ['a checkpoint is gone', 'delete from ledger.checkpoint where size = 24', [passGone(24, 24)]],
  [
    'access history names no pass',
    `update ledger.access set pass = -24 ${ofNurse}`,
    [passGone(-24), unfounded, missing],
  ],
  ['access history names pass 0', `update ledger.access set pass = 0 ${ofNurse}`, [passGone(0, 0), unfounded, missing]],
  ['access history names a pass in between', `update ledger.access set pass = 13 ${ofNurse}`, [passGone(13, 13)]],
  [
    'access history names a later pass',
    `update ledger.access set pass = 25 ${ofNurse}`,
    [missing, passGone(25, 25), unfounded],
  ],
])('when %s, that is said and nothing else', async ([, tampering, expected], { filled, owner }) => {
  await owner.query(tampering)
  const { faults } = await filled.verify()
  const said = faults.filter(({ what }) => !what.includes('the witness'))
  const kinds = new Map(said.map(({ leaf, what }) => [what, leaf]))
  expect([...kinds].map(([what, leaf]) => [leaf, what])).toEqual(expected)
})

test('a pass of one entry whose root is another is named by its one leaf', async ({ filled, owner, openAnother }) => {
  const ledger = openAnother()
  await ledger.record(reading())
  await ledger.start()
  await ledger.stop()
  const { rows } = await owner.query<{ note: string }>('select note from ledger.checkpoint where size = 36')
  const root = rows[0]?.note.split('\n')[2] ?? ''
  await owner.query(
    `update ledger.checkpoint set note = replace(note, split_part(note, E'\\n', 3), $1) where size = 37`,
    [root],
  )
  expect((await filled.verify()).faults).toContainEqual({
    leaf: 36,
    what: expect.stringMatching(/^Leaf 36 does not give the signed root/),
  })
})

const beyond = '9007199254740993'

test.for<[string, string, object]>([
  [
    'a leaf is in two rows',
    `insert into ledger.leaf select 13, batches, lengths, hashes from ledger.leaf where first = 12`,
    { leaf: 13, what: 'The leaf stands in the table twice.' },
  ],
  [
    'an entry has two leaves',
    'update ledger.leaf set batches[3] = batches[4] where first = 12',
    { entry: expect.any(String), what: 'The entry is in the tree more than once.' },
  ],
  [
    'leaves lead beyond their row',
    'update ledger.leaf set lengths[3] = 2 where first = 12',
    { leaf: 12, what: 'The leaves from this one on were cut or changed in length.' },
  ],
  ...['-1', beyond].map((at): [string, string, object] => [
    `leaves stand at ${at}`,
    `insert into ledger.leaf select ${at}, batches, lengths, hashes from ledger.leaf where first = 12`,
    { what: `Leaves were put in at ${at}, where no tree has any.` },
  ]),
  ...['-5', '0', beyond].map((at): [string, string, object] => [
    `a checkpoint stands at ${at}`,
    `insert into ledger.checkpoint select ${at}, at, seen, note, states, frontier from ledger.checkpoint where size = 12`,
    { what: `A checkpoint was put in at ${at}, where no tree has any.` },
  ]),
])('when %s, that is among what is said', async ([, tampering, expected], { filled, owner }) => {
  await owner.query(tampering)
  expect((await filled.verify()).faults).toContainEqual(expected)
})
