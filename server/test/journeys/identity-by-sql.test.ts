import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { SignJWT } from 'jose'
import type pg from 'pg'
import { expect } from 'vitest'
import { newId } from '#base'
import { addClient, verifyIdentity } from '#identity'
import { codeOf, type Desk, openBrowser, type Person } from '../desk.ts'
import type { Rig } from '../http-rig.ts'
import { test } from '../rest-rig.ts'

// Somebody has the database as its owner, and not the keyring. What he does there is refused over the wire in fixed words
// and named; nobody is let in by it.

const by = { actor: { kind: 'system' }, workstation: 'test', request: newId(0) } as const

/** Every process forgets soon what it remembers, as after a restart; until then it goes by what was genuine. */
async function forgetAll(owner: pg.Client): Promise<void> {
  await owner.query(`select pg_notify('chartkeep_identity', 'lost')`)
}

async function tryToSignIn(rig: Rig, { user, password }: Pick<Person, 'user' | 'password'>): Promise<string> {
  const browser = openBrowser(rig)
  const first = await browser.office('POST', '/sign-in', { user, password })
  if (first.status !== 200) return String(first.json['code'])
  const secret = String(first.json['secret'] ?? '')
  const second = await browser.office('POST', '/sign-in/code', { code: secret === '' ? '000000' : codeOf(secret) })
  return second.status === 200 ? 'in' : String(second.json['code'])
}

async function untilRefused(desk: Desk): Promise<void> {
  await expect.poll(async () => (await desk.office('GET', '/session')).status, { timeout: 20_000 }).not.toBe(200)
}

const named = test.extend<{ faults: () => Promise<string[]> }>({
  faults: async ({ db, keys }, use) => {
    const clock = { now: () => Date.now() }
    await use(async () => {
      const { faults } = await verifyIdentity({ db, keys, clock, tenant: 1 })
      return faults.map(({ kind, id, what }) => `${kind} ${id} ${what}`)
    })
  },
})

named.for<[string, (nurse: Desk, doctor: Desk) => string]>([
  ['role was changed', ({ id }) => `update identity.session set role = 'administrator' where account = '${id}'`],
  [
    'account was changed',
    (nurse, doctor) => `update identity.session set account = '${doctor.id}' where account = '${nurse.id}'`,
  ],
  [
    'life was made longer',
    ({ id }) => `update identity.session set expires = expires + interval '1 year' where account = '${id}'`,
  ],
  [
    'activity was moved forward',
    ({ id }) => `update identity.session set seen = seen + interval '4 seconds' where account = '${id}'`,
  ],
  [
    'columns were emptied',
    ({ id }) => `alter table identity.session alter column role drop not null;
    update identity.session set role = null where account = '${id}'`,
  ],
])('a session whose %s is refused and named', async ([, sql], { rest, owner, faults }) => {
  const [nurse, doctor] = [await rest.desk('nurse'), await rest.desk('clinician')]
  expect((await nurse.office('GET', '/session')).json).toMatchObject({ role: 'nurse' })
  await owner.query(sql(nurse, doctor))
  await forgetAll(owner)
  await untilRefused(nurse)
  const refused = await nurse.office('GET', '/session')
  expect([refused.status, refused.json['code']]).toEqual([401, 'session-damaged'])
  expect((await nurse.fhir('GET', '/Patient?name=x')).status).toBe(401)
  expect(await faults()).toContainEqual(expect.stringMatching(/^session .* is not as it was written/))
  const entries = async () => (await rest.entries()).filter(({ action }) => action === 'identity-damaged')
  await expect
    .poll(entries, { timeout: 20_000 })
    .toMatchObject([{ outcome: 'refused', details: { kind: 'session', fault: 'altered' } }])
  expect((await doctor.office('GET', '/session')).status).toBe(200)
})

named(
  'an account whose roles were changed lets nobody in, and its sessions end there',
  async ({ rig, rest, owner, faults }) => {
    const nurse = await rest.desk('nurse')
    await owner.query(`update identity.account set roles = '{administrator,nurse}' where id = '${nurse.id}'`)
    expect((await nurse.office('POST', '/role', { role: 'administrator' })).status).toBeLessThan(500)
    await forgetAll(owner)
    const refused = await nurse.office('GET', '/session')
    expect([refused.status, refused.json['code']]).toEqual([403, 'account-damaged'])
    expect(await tryToSignIn(rig, nurse)).toBe('sign-in-failed')
    expect(await faults()).toEqual([expect.stringMatching(`account ${nurse.id} is not as it was written`)])
  },
)

named(
  'with a password copied and the second factor taken away nobody signs in, or a note',
  async ({ rig, rest, owner, faults }) => {
    const [nurse, doctor] = [await rest.desk('nurse'), await rest.desk('clinician')]
    const patient = await rest.patient()
    await owner.query(
      `update identity.password d set hash = n.hash, salt = n.salt, memory = n.memory, passes = n.passes, lanes = n.lanes
      from identity.password n where d.account = $1 and n.account = $2`,
      [doctor.id, nurse.id],
    )
    await owner.query('delete from identity.second_factor where account = $1', [doctor.id])
    expect(await tryToSignIn(rig, { user: doctor.user, password: nurse.password })).toBe('sign-in-failed')
    const draft = { title: 'Visit', text: 'canary: two days of cough', loinc: '11506-3' }
    // The doctor's own session, with the password that was put in.
    const signed = await doctor.office('POST', `/patients/${patient}/notes`, { draft, password: nurse.password })
    expect([signed.status, signed.json['code']]).toEqual([403, 'account-damaged'])
    expect((await rest.fhir('GET', `/DocumentReference?patient=${patient}`)).json).toMatchObject({ total: 0 })
    expect(await faults()).toEqual([expect.stringMatching(`account ${doctor.id} is not as it was written`)])
  },
)

named(
  'a disabled account and an ended session stay so, though their rows are put back',
  async ({ rig, rest, owner, faults }) => {
    const [admin, nurse, doctor] = [
      await rest.desk('administrator'),
      await rest.desk('nurse'),
      await rest.desk('clinician'),
    ]
    await owner.query(
      'create temp table accounts as select * from identity.account; create temp table sessions as select * from identity.session',
    )
    expect((await admin.office('POST', `/accounts/${nurse.id}/disable`)).status).toBe(204)
    await doctor.office('POST', '/sign-out')
    await owner.query(`delete from identity.account; insert into identity.account select * from accounts;
    delete from identity.session; insert into identity.session select * from sessions`)
    await forgetAll(owner)
    expect(await tryToSignIn(rig, nurse)).toBe('sign-in-failed')
    for (const desk of [nurse, doctor]) expect((await desk.office('GET', '/session')).status).toBe(401)
    const lines = await faults()
    expect(lines).toContainEqual(expect.stringMatching(`account ${nurse.id} is not in its newest state`))
    expect(lines.filter((line) => /^session .* is not in its newest state/.test(line))).toHaveLength(2)
  },
)

named(
  'a client with a key added, and a token with more scopes or a longer life, get nothing',
  async ({ rig, rest, owner, faults }) => {
    const pairs = [1, 2].map(() => generateKeyPairSync('ec', { namedCurve: 'P-384' }))
    const [own, added] = pairs.map(({ publicKey }, index) => ({
      ...publicKey.export({ format: 'jwk' }),
      kid: `k${index}`,
    }))
    const client = await addClient(
      rig.identity.parts,
      { tenant: 1, name: 'Lab bridge', scopes: ['system/Observation.rs'], jwk: own },
      by,
    )
    await owner.query(
      `insert into identity.client_key (tenant, client, kid, kty, jwk, added) values (1, $1, 'k1', 'EC', $2, now())`,
      [client, JSON.stringify(added)],
    )
    for (const [index, { privateKey }] of pairs.entries()) {
      const { port } = new URL(rest.listening.url)
      const assertion = await new SignJWT({ jti: randomUUID() })
        .setProtectedHeader({ alg: 'ES384', typ: 'JWT', kid: `k${index}` })
        .setIssuer(client)
        .setSubject(client)
        .setAudience(`https://localhost:${port}/oauth/token`)
        .setExpirationTime('2m')
        .sign(privateKey)
      const form = {
        ...{ grant_type: 'client_credentials', scope: 'system/Observation.rs', client_assertion: assertion },
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      }
      const refused = await rig.ask('/oauth/token', {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams(form).toString(),
      })
      expect(refused.status).toBe(401)
      expect(JSON.parse(refused.text)).toMatchObject({ error: 'invalid_client' })
    }
    for (const change of [`scopes = '{system/*.cruds}'`, `expires = expires + interval '1 year'`]) {
      const { authorization, id } = await rig.token('system/Observation.rs')
      await owner.query(`update identity.token set ${change} where client = '${id}'`)
      const refused = await rig.ask('/fhir/R4/Patient?name=x', { headers: { authorization } })
      expect(refused.status).toBe(401)
    }
    const lines = await faults()
    expect(lines).toContainEqual(expect.stringMatching(`client ${client} is not as it was written`))
    expect(lines.filter((line) => line.startsWith('token '))).toHaveLength(2)
  },
)
