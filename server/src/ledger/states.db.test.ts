import { randomBytes } from 'node:crypto'
import { expect } from 'vitest'
import { type Id, newId } from '#base'
import { type Tx, uuidArray } from '#db'
import { type EntryState, joinNewest, newestColumns, type NewestColumns, newestIn } from '#ledger'
import { reading, test } from '../../test/ledger.ts'
import { everyNewestState, everyState, newestStates, readStatesOf } from './states.ts'

const stateOf = (subject: Id<string>, version: number, ended = false): EntryState => ({
  ...{ kind: 'session', subject, version, ended, mac: randomBytes(16) },
})
const outcome = ({ version, ended, mac }: Pick<EntryState, 'version' | 'ended' | 'mac'>) => ({
  ...{ version, ended, mac: Buffer.from(mac) },
})

async function newestBeside(tx: Tx, ids: readonly string[]) {
  const { rows } = await tx.query<NewestColumns>({
    text: `select ${newestColumns} from unnest($1::uuid[]) with ordinality as a(id, at) ${joinNewest('a.id')} order by at`,
    values: [uuidArray(ids)],
  })
  return rows.map(newestIn)
}

test('the newest state of a subject is that of the highest version, and its end before anything else of it', async ({
  ledger,
  db,
}) => {
  const [first, second, none] = [newId<string>(1), newId<string>(2), newId<string>(3)]
  const states = [stateOf(first, 1), stateOf(first, 2), stateOf(second, 7), stateOf(second, 7, true)]
  for (const state of states) await ledger.record(reading({ states: [state] }))
  await db.inspect(1, async (tx) => {
    const newest = await newestStates(tx, [first, second, none])
    expect([...newest.keys()].toSorted()).toEqual([first, second].toSorted())
    const beside = await newestBeside(tx, [second, none, first])
    const wanted = [states[3], undefined, states[1]].map((state) => state && outcome(state))
    expect(beside).toStrictEqual(wanted)
    expect([second, none, first].map((id) => newest.get(id)).map((state) => state && outcome(state))).toEqual(wanted)
  })
})

test('every state, and the newest of everyone, are read by the page with all that they say', async ({ ledger, db }) => {
  const subjects = Array.from({ length: 2100 }, (_, at) => newId<string>(at))
  for (let from = 0; from < subjects.length; from += 100)
    await ledger.record(reading({ states: subjects.slice(from, from + 100).map((subject) => stateOf(subject, 3)) }))
  await ledger.record(reading({ tenant: 2, states: [stateOf(newId(9), 5)] }))
  await db.inspect(1, async (tx) => {
    const found: { subject: string; tenant: number; version: number; entry: string }[] = []
    for await (const page of everyState(tx)) found.push(...page)
    expect(found.map(({ tenant, version }) => [tenant, version]).toSorted()).toEqual([
      ...subjects.map(() => [1, 3]),
      [2, 5],
    ])
    const newest: string[] = []
    const sizes: number[] = []
    for await (const page of everyNewestState(tx, 1)) {
      newest.push(...page.map(({ subject }) => subject))
      sizes.push(page.length)
    }
    expect(newest).toEqual(subjects.toSorted())
    expect(sizes).toEqual([1000, 1000, 100])
    const { entry, tenant, version, subject } = found.find((state) => state.tenant === 2) ?? { entry: '' }
    expect(await readStatesOf(tx, [entry])).toMatchObject([{ subject, tenant, version, entry }])
  })
})
