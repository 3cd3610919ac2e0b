// Somebody changes how the database treats our rows while the server works with it: what it hides is not said to be absent.
import { setTimeout as pause } from 'node:timers/promises'
import { join } from 'node:path'
import pg from 'pg'
import { expect, test } from 'vitest'
import { socketFolderFor, socketTarget } from '#db'
import { openKeyring } from '#keys'
import { openCaller } from './caller.ts'
import { type Chartkeep, newChartkeep } from './serving.ts'
import { prepare } from './setting.ts'

/** As the owner of the tables: what whoever has the password of DATABASE_URL may do. */
async function openOwner({ data }: Chartkeep): Promise<pg.Client> {
  const keys = await openKeyring(`${data}.keys`, { kind: 'file', path: join(`${data}.keys`, 'root.key') })
  const target = socketTarget(socketFolderFor(data), 'chartkeep', (role) => keys.password(role))
  const owner = new pg.Client(target.connection('owner'))
  await owner.connect()
  return owner
}

const swallow = `create function public.swallow() returns trigger language plpgsql as 'begin return null; end'`

/** What is done to the database, and how it is taken back. */
const tamperings: readonly (readonly [string, string, string])[] = [
  [
    'a policy that hides allergies',
    `create policy hide on records.resource as restrictive using (octet_length(body) < 1)`,
    'drop policy hide on records.resource',
  ],
  [
    'a trigger that swallows entries',
    `${swallow}; create trigger forget before insert on ledger.batch for each row execute function public.swallow()`,
    'drop trigger forget on ledger.batch; drop function public.swallow()',
  ],
  [
    'a rule that swallows versions',
    'create rule forget as on insert to records.version do instead nothing',
    'drop rule forget on records.version',
  ],
  [
    'commits that are not waited for',
    'alter role chartkeep_app set synchronous_commit = off',
    'alter role chartkeep_app reset synchronous_commit',
  ],
]

test('while the database is not as it was made, no chart is shown and nothing is stored, and verification says why', async () => {
  const chartkeep = await newChartkeep()
  const serving = await chartkeep.serve()
  const { token, patients, cookie } = await prepare(chartkeep, serving)
  const caller = openCaller(serving.url, serving.ca)
  const fhirJson = { authorization: `Bearer ${token}`, 'content-type': 'application/fhir+json' }
  const allergy = {
    resourceType: 'AllergyIntolerance',
    clinicalStatus: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', code: 'active' }],
    },
    code: { text: 'Penicillin' },
    patient: { reference: `Patient/${patients[0]}` },
  }
  const create = () =>
    caller.ask('/fhir/R4/AllergyIntolerance', { method: 'POST', headers: fhirJson, body: JSON.stringify(allergy) })
  expect((await create()).status).toBe(201)
  const banner = () =>
    caller.ask(`/office/patients/${patients[0]}/banner`, {
      headers: { cookie, 'x-chartkeep': '1', 'sec-fetch-site': 'same-origin' },
    })
  const search = () => caller.ask(`/fhir/R4/AllergyIntolerance?patient=${patients[0]}`, { headers: fhirJson })
  const ready = async () => (await caller.ask('/readyz')).status
  expect((await banner()).status, (await banner()).body).toBe(200)
  expect((await banner()).body).toContain('Penicillin')

  const owner = await openOwner(chartkeep)
  for (const [what, change, back] of tamperings) {
    await owner.query(change)
    await expect.poll(ready, { timeout: 20_000, message: what }).toBe(503)
    for (const act of [banner, search, create]) expect.soft((await act()).status, what).toBe(503)
    const verified = await chartkeep.command('ledger', 'verify')
    expect.soft(verified, what).toMatchObject({ code: 1, said: expect.stringContaining('database: ') })
    await owner.query(back)
    await expect.poll(ready, { timeout: 20_000, message: what }).toBe(200)
    expect.soft((await banner()).body, what).toContain('Penicillin')
    expect.soft((await create()).status, what).toBe(201)
  }
  await owner.end()
  await pause(100)
  expect(chartkeep.logged()).toContain('the database was changed by somebody; nothing is served')
  await serving.end('SIGTERM')
  expect(await chartkeep.command('ledger', 'verify')).toMatchObject({ code: 0 })
})
