import { expect } from 'vitest'
import { openLog } from '#base'
import { openIdentity } from '#identity'
import { clientOf, lightCost, test as base } from '../../test/identity.ts'
import type { Identity } from './identity.ts'

interface Rig {
  /** Another process, which looks for what is over 200 times a second. */
  quick: Identity
  logged: string[]
}

const test = base.extend<Rig>({
  // oxlint-disable-next-line no-empty-pattern -- vitest reads the names of a fixture's needs from its pattern
  logged: async ({}, use) => use([]),
  quick: async ({ practice, db, keys, logged }, use) => {
    const log = openLog('warn', { write: (line) => void logged.push((JSON.parse(line) as { msg: string }).msg) })
    const { ledger, clock } = practice
    const parts = { db, keys, ledger, clock, elapsed: clock.elapsed, log, cost: lightCost, practice: 'Riverbend' }
    const quick = openIdentity({ ...parts, sweepMs: 5 })
    await use(quick)
    await quick.stop()
  },
})

const from = { workstation: '10.1.1.9', request: '019cad8f-ac01-864d-ba03-b457404bf473' }
const endpoint = { tenant: 1, url: 'https://ehr.example/oauth/token' }
const badForm = { assertionType: undefined, assertion: undefined, clientId: undefined }

test('what was only counted is recorded now and then, also when the process goes on', async ({ practice, quick }) => {
  for (let n = 0; n < 3; n++) await quick.authenticateClient(badForm, endpoint, from).catch(() => undefined)
  const counts = async () =>
    (await practice.entries())
      .filter(({ action }) => action === 'sign-in-failed')
      .map(({ details }) => (details as { repeated?: number }).repeated)
  expect(await counts()).toEqual([undefined])
  await quick.start()
  await expect.poll(counts).toEqual([undefined, 2])
})

test('what is over is taken away at the first look, and then now and then', async ({ practice, quick, owner }) => {
  const { identity, clock, tenant } = practice
  const left = async () =>
    Number((await owner.query<{ n: string }>('select count(*) as n from identity.ticket')).rows[0]?.n)
  const { token } = await clientOf(practice)
  expect(await quick.findToken(token)).toBeDefined() // its practice is known to this process
  const person = await practice.hire()
  await identity.signIn({ ...person, tenant }, { ...from, address: '10.1.1.9' })
  clock.move(24 * 3_600_000)
  expect(await left()).toBe(1)
  await quick.start()
  await expect.poll(left).toBe(0)
  await identity.signIn({ ...person, tenant }, { ...from, address: '10.1.1.9' })
  clock.move(24 * 3_600_000)
  await expect.poll(left).toBe(0)
  await quick.stop()
  await identity.signIn({ ...person, tenant }, { ...from, address: '10.1.1.9' })
  clock.move(24 * 3_600_000)
  await new Promise((resolve) => setTimeout(resolve, 500))
  expect(await left()).toBe(1)
})

test('a look that fails is told of, and the next one comes', async ({ practice, quick, logged, owner }) => {
  const { token } = await clientOf(practice)
  await quick.findToken(token)
  await owner.query('revoke select on identity.session from chartkeep_app')
  await quick.start()
  await expect.poll(() => logged.length).toBeGreaterThan(1)
  expect(new Set(logged)).toEqual(new Set(['sessions could not be swept']))
  await owner.query('grant select on identity.session to chartkeep_app')
})
