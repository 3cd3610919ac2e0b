import { expect } from 'vitest'
import { systemClock } from '#base'
import { reading, test } from '../../test/filled-ledger.ts'

// Entries that are recorded and not in the tree yet, as they are for a second after each.

const late = 'where id <> all($1::uuid[])'

test.for<[string, string, string | undefined]>([
  ['as it was recorded', '', undefined],
  ['whose batch was emptied', `update ledger.batch set entries = '' ${late}`, 'and its batch cannot be read'],
  [
    'whose batch was cut',
    `update ledger.batch set entries = substring(entries for length(entries) - 1) ${late}`,
    'and its batch cannot be read',
  ],
  [
    'of a transaction that has not been yet',
    `update ledger.batch set xid = (xid::text::bigint + 1000000)::text::xid8 ${late}`,
    'names a transaction that has not been yet',
  ],
  [
    'of a transaction that the tree has seen',
    `update ledger.batch set xid = (select xid from ledger.batch where id = ($1::uuid[])[1]) ${late}`,
    'though the tree has gone on after it',
  ],
  [
    'whose tag was changed',
    `update ledger.batch set entries = set_byte(entries, length(entries) - 1, get_byte(entries, length(entries) - 1) # 1) ${late}`,
    'its tag does not fit',
  ],
])(
  'one %s is counted, and named when it is not as it should be',
  async ([, tampering, what], { filled, owner, openAnother }) => {
    await openAnother().record(reading())
    if (tampering !== '') await owner.query(tampering, [filled.ids])
    const { faults, pending } = await filled.verify()
    expect(pending).toBe(1)
    expect(faults).toEqual(
      what === undefined ? [] : [{ entry: expect.any(String), what: expect.stringContaining(what) }],
    )
  },
)

test.for([
  [5, []],
  [20, ['The entry is older than the newest checkpoint and was never taken into the tree.']],
] as const)(
  'one that was recorded %i minutes before the newest checkpoint is named when no transaction stays open so long',
  async ([minutes, expected], { filled, openAnother }) => {
    await openAnother().record(reading({ at: systemClock.now() - minutes * 60_000 }))
    expect((await filled.verify()).faults.map(({ what }) => what)).toEqual(expected)
  },
)
