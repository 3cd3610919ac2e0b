import { expect } from 'vitest'
import { openLog } from '#base'
import { openIdentity } from '#identity'
import { fromRoom3, lightCost, test } from '../../test/identity.ts'
import { stateChannel } from './notices.ts'

const unread = 'states of who is let in could not be read again'

test('a notice that cannot be read has all states read again; one of ours is taken as it is', async ({
  practice,
  db,
  keys,
  owner,
}) => {
  const logged: { msg: string; err?: { kind?: string } }[] = []
  const log = openLog('warn', { write: (line) => void logged.push(JSON.parse(line) as (typeof logged)[number]) })
  const { ledger, clock } = practice
  const parts = { db, keys, ledger, clock, elapsed: clock.elapsed, log, cost: lightCost, practice: 'Riverbend' }
  const hearing = openIdentity(parts)
  await hearing.start()
  const person = await practice.hire()
  await practice.signIn(person)
  // What reading all of them would find.
  await owner.query('delete from ledger.state where ctid = (select ctid from ledger.state limit 1)')
  await practice.signIn(person)
  await owner.query(`select pg_notify('${stateChannel}', 'account:x')`)
  await expect.poll(() => logged.map(({ msg }) => msg)).toEqual([unread])
  expect(logged[0]?.err).toMatchObject({ kind: 'Error' })
  await practice.signIn(person)
  await owner.query(`select pg_notify('${stateChannel}', '')`)
  await expect.poll(() => logged.length).toBeGreaterThan(1)
  await hearing.stop()
  expect(logged).toHaveLength(2)
})

test('a workstation is one whose cookie a sign-in here gave', async ({ practice }) => {
  const { identity } = practice
  const { device = '' } = await practice.signIn(await practice.hire())
  expect(identity.isWorkstation(device)).toBe(true)
  expect(identity.isWorkstation(`${device}x`)).toBe(false)
  expect(identity.isWorkstation(fromRoom3.address)).toBe(false)
})
