import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import type { Id } from '#base'
import { type Access, type Ledger, verifyLedger } from '#ledger'
import { entriesIn, entryIdsIn, rewriteEntry } from '../../test/entries.ts'
import { aPatient, aRecord, nurse, reading, test } from '../../test/ledger.ts'
import { unpackIds } from './packed.ts'

const hourMs = 3_600_000

async function all(
  ledger: Ledger,
  subject: string,
  count: number,
  { between = async () => undefined, by = false }: { between?: () => Promise<void>; by?: boolean } = {},
): Promise<Access[]> {
  const found: Access[] = []
  let before: string | undefined
  do {
    const asked = { count, ...(before === undefined ? {} : { before }) }
    const page = await (by
      ? ledger.accessesBy(1, subject, asked)
      : ledger.accessesOf(1, subject as Id<'patient'>, asked))
    expect(page.accesses.length).toBeLessThanOrEqual(count)
    found.push(...page.accesses)
    before = page.next
    await between()
  } while (before !== undefined)
  return found
}

/** One pass of a sequencer over what is there. */
async function sequence(openAnother: () => Ledger): Promise<void> {
  const ledger = openAnother()
  await ledger.start()
  await ledger.stop()
}

// Numbers that look random, the same in each run.
function numbersFrom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

test('whatever the clock does and however far the sequencer is, each entry is in its histories once, newest first', async ({
  ledger,
  openAnother,
  owner,
  db,
  keys,
  witness,
}) => {
  const below = numbersFrom(7)
  const patients = Array.from({ length: 4 }, aPatient)
  // One of them has the id of a patient: what somebody did and what was done to somebody are two histories.
  const actors = [nurse, String(patients[0])]
  const start = 1_767_225_600_000
  for (let round = 0; round < 6; round++) {
    for (let turn = 0; turn < 6; turn++) {
      // Some at once, so in one batch; by a clock that jumps an hour or two either way.
      const at = start + below(4) * hourMs - below(2000) + 1000
      await Promise.all(
        Array.from({ length: 1 + below(4) }, async () =>
          ledger.record(
            reading({
              at: at + below(3),
              patients: patients.filter(() => below(3) === 0),
              actor: { kind: 'person', id: actors[below(2)] ?? nurse, role: 'nurse' },
            }),
          ),
        ),
      )
    }
    // The last round is pending.
    if (round < 5) await sequence(openAnother)
  }
  const entries = await entriesIn(owner)
  const expectedOf = (subject: string, by: boolean): string[] =>
    entries
      .filter(({ actor, patient, patients: several }) =>
        by ? actor === subject : patient === subject || unpackIds(several).includes(subject),
      )
      .map(({ id }) => id)
      .toSorted()
      .toReversed()
  const compare = async (counts: number[]): Promise<void> => {
    for (const by of [false, true]) {
      for (const subject of by ? actors : [...patients, nurse])
        for (const count of counts)
          expect(
            (await all(ledger, subject, count, { by })).map(({ id }) => id),
            `${count} a page`,
          ).toEqual(expectedOf(subject, by))
    }
  }
  await compare([1, 3, 7, 1000])
  await sequence(openAnother)
  await compare([5])
  expect(await verifyLedger({ db, keys: keys.ledger, witnesses: [witness] })).toMatchObject({ faults: [], pending: 0 })
})

test('what the sequencer takes in while somebody turns pages is neither missed nor repeated', async ({
  ledger,
  openAnother,
}) => {
  const patient = aPatient()
  for (let i = 0; i < 12; i++) await ledger.record(reading({ patients: [patient] }))
  const between = async (): Promise<void> => {
    await ledger.record(reading({ patients: [patient] }))
    await sequence(openAnother)
  }
  const found = await all(ledger, patient, 5, { between })
  expect(new Set(found.map(({ id }) => id)).size).toBe(12)
  expect(found.length).toBe(12)
})

test('while the sequencer is held up, history is whole all the same', async ({ ledger, owner, openAnother }) => {
  const patient = aPatient()
  await ledger.record(reading({ patients: [patient] }))
  await sequence(openAnother)
  // More than are looked at together.
  for (let i = 0; i < 400; i++) await ledger.record(reading(i % 2 === 0 ? { patients: [patient] } : {}))
  expect((await all(ledger, patient, 70)).length).toBe(201)
  // What the newest checkpoint says it has seen is of another count, as in a logical copy, or cannot be read.
  await owner.query(`update ledger.checkpoint set seen = '9000000000000000:'`)
  expect((await all(ledger, patient, 150)).length).toBe(201)
  await owner.query(`update ledger.checkpoint set seen = 'x'`)
  expect((await all(ledger, patient, 150)).length).toBe(201)
})

test('an entry that was taken out of the database is not passed over in silence', async ({
  ledger,
  owner,
  openAnother,
}) => {
  const patient = aPatient()
  await ledger.record(reading({ patients: [patient] }))
  await sequence(openAnother)
  const [id] = await entryIdsIn(owner)
  await owner.query('delete from ledger.batch where id = $1', [id])
  await expect(ledger.accessesOf(1, patient, { count: 10 })).rejects.toMatchObject({ code: 'record-damaged' })
  expect(await ledger.find(1, String(id) as Id<'entry'>)).toBeUndefined()
})

test('a busy hour of one actor is read by its newest entries alone', async ({ ledger, owner, openAnother, db }) => {
  for (let i = 0; i < 5; i++) {
    await Promise.all(Array.from({ length: 100 }, async () => ledger.record(reading())))
    await sequence(openAnother)
  }
  const page = await ledger.accessesBy(1, nurse, { count: 3 })
  expect(page.accesses.map(({ id }) => id)).toEqual((await entryIdsIn(owner)).toSorted().toReversed().slice(0, 3))
  const { rows } = await db.transact(1, async (tx) =>
    tx.query<{ 'QUERY PLAN': string }>({
      text: `explain select substring(entries for 64) from ledger.access
        where subject = '${nurse}' and actor = true and newest < 'ffffffff-ffff-ffff-ffff-ffffffffffff' order by newest desc limit 4`,
    }),
  )
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
  expect(plan).toContain('Index Scan Backward using access_pkey')
  expect(plan).not.toContain('Sort')
})

test('of a patient: entries naming it alone and those naming it among others, newest first, page by page', async ({
  ledger,
}) => {
  const [patient, other] = [aPatient(), aPatient()]
  for (let i = 0; i < 25; i++) {
    const patients = i % 3 === 0 ? [other, patient] : [patient]
    // Several at the same millisecond: no page may lose or repeat one.
    await ledger.record(reading({ at: 1_767_225_600_000 + Math.floor(i / 4), patients, rule: `rule ${i}` }))
  }
  await ledger.record(reading({ patients: [other] }))
  const found = await all(ledger, patient, 4)
  expect(new Set(found.map(({ id }) => id)).size).toBe(25)
  expect(found.map(({ at }) => at)).toEqual(found.map(({ at }) => at).toSorted((a, b) => b - a))
  expect(found.every((access) => access.patients.includes(patient))).toBe(true)
  expect(await all(ledger, patient, 100)).toEqual(found)
})

test('of an actor', async ({ ledger }) => {
  const somebody = randomUUID()
  for (let i = 0; i < 3; i++)
    await ledger.record(reading({ actor: { kind: 'person', id: somebody }, action: `act ${i}` }))
  await ledger.record(reading())
  const { accesses, next } = await ledger.accessesBy(1, somebody, { count: 2 })
  expect(accesses.length).toBe(2)
  const rest = await ledger.accessesBy(1, somebody, { count: 2, before: String(next) })
  expect([...accesses, ...rest.accesses].map(({ action }) => action).toSorted()).toEqual(['act 0', 'act 1', 'act 2'])
  expect(rest.next).toBeUndefined()
})

test('a page that was not given out is refused', async ({ ledger }) => {
  for (const before of ['', 'x', '1.2', `${'9'.repeat(30)}.${randomUUID()}`]) {
    await expect(ledger.accessesBy(1, nurse, { count: 1, before })).rejects.toMatchObject({
      code: 'parameter-invalid',
    })
  }
})

test('an entry that names thousands stands in the history of each', async ({
  ledger,
  openAnother,
  db,
  keys,
  witness,
}) => {
  const patients = Array.from({ length: 5000 }, aPatient)
  await ledger.record(reading({ action: 'scan', patients }))
  await sequence(openAnother)
  for (const patient of [0, 2500, 4095, 4096, 4999].map((at) => patients[at] ?? ''))
    expect((await all(ledger, patient, 10)).map(({ action }) => action)).toEqual(['scan'])
  expect(await verifyLedger({ db, keys: keys.ledger, witnesses: [witness] })).toMatchObject({ faults: [], entries: 1 })
})

test('more accesses than are read at once, none of them in the tree yet, are all told', async ({ ledger }) => {
  for (let n = 0; n < 300; n++) await ledger.record(reading())
  const told = await all(ledger, nurse, 1000, { by: true })
  expect(new Set(told.map(({ id }) => id)).size).toBe(300)
})

test('who has no id of ours is in nobody’s history', async ({ ledger }) => {
  await ledger.record(reading())
  expect(await ledger.accessesOf(1, 'x' as Id<'patient'>, { count: 10 })).toStrictEqual({ accesses: [] })
})

test('a page that holds all there are has none after it', async ({ ledger }) => {
  const patient = aPatient()
  for (let n = 0; n < 3; n++) await ledger.record(reading({ patients: [patient] }))
  expect(Object.keys(await ledger.accessesOf(1, patient, { count: 3 }))).toEqual(['accesses'])
  expect(Object.keys(await ledger.accessesOf(1, patient, { count: 2 }))).toEqual(['accesses', 'next'])
})

test('what an entry does not say, its access does not either', async ({ ledger }) => {
  const patient = aPatient()
  const [made, read] = [aRecord(1, 'body'), aRecord(1)]
  const records = [made, { ...made, id: aRecord(1).id, before: 0 }, read]
  await ledger.record(reading({ patients: [patient], actor: { kind: 'system' }, action: 'create', records }))
  const [access] = (await ledger.accessesOf(1, patient, { count: 1 })).accesses
  expect(access?.actor).toStrictEqual({ kind: 'system' })
  expect(access?.records).toStrictEqual([
    { type: 'Condition', id: read.id, version: 1, changed: false },
    { type: 'Condition', id: made.id, version: 1, changed: true },
    { type: 'Condition', id: records[1]?.id, version: 1, changed: true },
  ])
})

test('an entry whose header cannot be read is told of as damaged, not left out', async ({ ledger, owner }) => {
  const patient = aPatient()
  await ledger.record(reading({ patients: [patient] }))
  const [id] = await entryIdsIn(owner)
  await rewriteEntry(owner, String(id), (entry) => ({ ...entry, header: Buffer.from('{}') }))
  await expect(ledger.accessesOf(1, patient, { count: 10 })).rejects.toMatchObject({ code: 'record-damaged' })
})
