import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { SignJWT } from 'jose'
import { describe, expect } from 'vitest'
import type { Id } from '#base'
import { eventually } from '../../test/eventually.ts'
import { operator, type Practice, test } from '../../test/identity.ts'
import { addClient, type ClientForm, disableClient, listClients } from './clients.ts'
import type { Identity } from './identity.ts'

const endpoint = { tenant: 1, url: 'https://ehr.example/oauth/token' }
const from = { workstation: '10.1.1.9', request: randomUUID() }
const pair = generateKeyPairSync('ec', { namedCurve: 'P-384' })
const jwk = { ...pair.publicKey.export({ format: 'jwk' }), kid: 'k1' }

const register = async ({ identity }: Practice, tenant = 1): Promise<Id<'client'>> =>
  addClient(identity.parts, { tenant, name: 'Lab bridge', scopes: ['system/Observation.rs'], jwk }, operator)

async function assertionOf(client: string, now: number, jti: string = randomUUID()): Promise<string> {
  const claims = { iss: client, sub: client, aud: endpoint.url, exp: Math.floor(now / 1000) + 60, jti }
  return new SignJWT(claims).setProtectedHeader({ alg: 'ES384', kid: 'k1', typ: 'JWT' }).sign(pair.privateKey)
}

const formOf = (assertion: string, over: Partial<ClientForm> = {}): ClientForm => ({
  assertionType: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  assertion,
  clientId: undefined,
  ...over,
})

const tokenFor = async (identity: Identity, client: Id<'client'>): Promise<string> =>
  (await identity.issueToken({ tenant: 1, id: client }, ['system/Observation.rs'], from)).token

describe('a client', () => {
  test('S-30 proves who it is by a signed assertion and gets a token that names it and its scopes', async ({
    practice,
  }) => {
    const { identity, clock } = practice
    const client = await register(practice)
    const known = await identity.authenticateClient(formOf(await assertionOf(client, clock.now())), endpoint, from)
    expect(known).toEqual({ kind: 'client', tenant: 1, id: client, scopes: ['system/Observation.rs'] })
    const { token, expiresInSeconds } = await identity.issueToken(known, ['system/Observation.r'], from)
    expect(expiresInSeconds).toBeLessThanOrEqual(300)
    expect(await identity.findToken(token)).toMatchObject({
      kind: 'client',
      tenant: 1,
      id: client,
      scopes: ['system/Observation.r'],
    })
    expect((await practice.entries()).at(-1)).toMatchObject({
      action: 'token',
      actor: { kind: 'client', id: client },
      workstation: '10.1.1.9',
    })
  })

  test('V16: a flood of failed token requests fills no ledger: the first of each kind, then how many there were', async ({
    practice,
  }) => {
    const { identity, clock } = practice
    const client = await register(practice)
    const used = formOf(await assertionOf(client, clock.now()))
    await identity.authenticateClient(used, endpoint, from)
    const fail = (form: ClientForm, address = from.workstation) =>
      expect(identity.authenticateClient(form, endpoint, { ...from, workstation: address })).rejects.toMatchObject({
        code: 'client-invalid',
      })
    for (let at = 0; at < 30; at++) {
      await fail(used)
      await fail(formOf(`x${at}`))
    }
    await fail(formOf('x'), '10.1.1.10')
    const failed = async () => (await practice.entries()).filter(({ action }) => action === 'sign-in-failed')
    expect(await failed()).toHaveLength(3)
    // The last are recorded also when the process stops.
    await identity.stop()
    expect((await failed()).map(({ details, workstation }) => ({ details, workstation }))).toMatchObject([
      { details: { why: 'replay', client }, workstation: '10.1.1.9' },
      { details: { why: 'form' }, workstation: '10.1.1.9' },
      { details: { why: 'form' }, workstation: '10.1.1.10' },
      { details: { why: 'replay', client, repeated: 29 }, workstation: '10.1.1.9' },
      { details: { why: 'form', repeated: 29 }, workstation: '10.1.1.9' },
    ])
  })

  test('S-10 uses an assertion once, also after a restart', async ({ practice }) => {
    const { identity, clock } = practice
    const form = formOf(await assertionOf(await register(practice), clock.now()))
    await expect(identity.authenticateClient(form, endpoint, from)).resolves.toHaveProperty('id')
    for (const later of [identity, practice.open()]) {
      await expect(later.authenticateClient(form, endpoint, from)).rejects.toMatchObject({ code: 'client-invalid' })
    }
    expect((await practice.entries()).at(-1)).toMatchObject({
      action: 'sign-in-failed',
      outcome: 'refused',
      details: { why: 'replay' },
    })
  })

  test('S-10 one assertion sent ten times at once gets in once', async ({ practice }) => {
    const { identity, clock } = practice
    const form = formOf(await assertionOf(await register(practice), clock.now()))
    const other = practice.open()
    const tries = await Promise.allSettled(
      Array.from({ length: 10 }, async (_, i) =>
        (i % 2 === 0 ? identity : other).authenticateClient(form, endpoint, from),
      ),
    )
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  test('S-10 two clients may use the same jti', async ({ practice }) => {
    const { identity, clock } = practice
    for (const client of [await register(practice), await register(practice)]) {
      const form = formOf(await assertionOf(client, clock.now(), 'same'))
      await expect(identity.authenticateClient(form, endpoint, from)).resolves.toHaveProperty('id', client)
    }
  })

  test('S-10 a clock set forward and back does not make a used assertion new', async ({ practice }) => {
    const { identity, clock } = practice
    const form = formOf(await assertionOf(await register(practice), clock.now()))
    await identity.authenticateClient(form, endpoint, from)
    clock.move(6 * 3_600_000)
    await identity.start() // the first round purges
    await new Promise((resolve) => setTimeout(resolve, 5500))
    await identity.stop()
    clock.move(-6 * 3_600_000)
    await expect(identity.authenticateClient(form, endpoint, from)).rejects.toMatchObject({ code: 'client-invalid' })
  })

  test('is turned away, with nothing said and all recorded, when anything is wrong', async ({ practice }) => {
    const { identity, clock } = practice
    const client = await register(practice)
    const disabled = await register(practice)
    await disableClient(identity.parts, 1, disabled, operator)
    const fresh = async (): Promise<string> => assertionOf(client, clock.now())
    const attempts: [string, ClientForm, { tenant: number; url: string }][] = [
      [
        'method',
        formOf(await fresh(), { assertionType: 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer' }),
        endpoint,
      ],
      ['method', formOf(await fresh(), { assertionType: undefined }), endpoint],
      ['method', formOf('', { assertion: undefined }), endpoint],
      ['form', formOf('no assertion'), endpoint],
      ['client', formOf(await fresh(), { clientId: disabled }), endpoint],
      ['client', formOf(await assertionOf(randomUUID(), clock.now())), endpoint],
      ['client', formOf(await assertionOf('lab', clock.now())), endpoint],
      ['client', formOf(await fresh()), { ...endpoint, tenant: 2 }],
      ['audience', formOf(await fresh()), { ...endpoint, url: 'https://ehr.example/token' }],
      ['expiry', formOf(await assertionOf(client, clock.now() - 3_600_000)), endpoint],
      ['disabled', formOf(await assertionOf(disabled, clock.now())), endpoint],
    ]
    for (const [why, form, at] of attempts) {
      const refusal = await identity.authenticateClient(form, at, from).catch((error: unknown) => error)
      expect(refusal, why).toMatchObject({ code: 'client-invalid', findings: [], rule: undefined, remedy: undefined })
    }
    // What was wrong in the same way is merged, and counted.
    await identity.stop()
    const told = (await practice.entries()).filter(({ action }) => action === 'sign-in-failed')
    const counted = told.flatMap(({ details }) => {
      const { why, repeated = 1 } = details as { why: string; repeated?: number }
      return Array.from({ length: repeated }, () => why)
    })
    // Those of another practice stand in that practice's part of the ledger.
    const wrong = attempts.filter(([, , { tenant }]) => tenant === 1).map(([why]) => why)
    expect(counted.toSorted()).toEqual(wrong.toSorted())
  })

  test('that is disabled is recorded by its id, once more when its row does not hold', async ({ practice, owner }) => {
    const { identity } = practice
    const [whole, altered] = [await register(practice), await register(practice)]
    await owner.query(`update identity.client set scopes = '{system/*.cruds}' where id = $1`, [altered])
    for (const client of [whole, altered]) {
      await disableClient(identity.parts, 1, client, operator)
      expect((await practice.entries()).at(-1)).toMatchObject({ action: 'client-disable', details: { client } })
    }
    // The newest state in the ledger says that it is over, whatever its row says.
    const { rows } = await owner.query<{ subject: string }>('select subject from ledger.state where ended')
    expect(rows.map(({ subject }) => subject)).toContain(altered)
  })

  test('is turned away when its row is not as it was written, which is recorded with its id', async ({
    practice,
    owner,
  }) => {
    const { identity, clock } = practice
    const client = await register(practice)
    await owner.query(`update identity.client set scopes = '{system/*.cruds}' where id = $1`, [client])
    const form = formOf(await assertionOf(client, clock.now()))
    await expect(identity.authenticateClient(form, endpoint, from)).rejects.toMatchObject({ code: 'client-invalid' })
    expect((await practice.entries()).at(-1)).toMatchObject({
      ...{ action: 'sign-in-failed', outcome: 'refused', details: { why: 'damaged', client } },
    })
  })

  test('is not taken for turned away when the database is away', async ({ practice, owner }) => {
    const { identity, clock } = practice
    const client = await register(practice)
    const form = formOf(await assertionOf(client, clock.now()))
    await owner.query('revoke select on identity.client from chartkeep_app')
    await expect(identity.authenticateClient(form, endpoint, from)).rejects.not.toMatchObject({
      code: 'client-invalid',
    })
    await owner.query('grant select on identity.client to chartkeep_app')
    expect(await identity.authenticateClient(form, endpoint, from)).toMatchObject({ id: client })
  })

  test('is listed with its name, scopes and keys', async ({ practice }) => {
    const client = await register(practice)
    expect(await listClients(practice.identity.parts, 1, operator)).toMatchObject([
      {
        id: client,
        name: 'Lab bridge',
        scopes: ['system/Observation.rs'],
        disabled: false,
        keys: [{ kid: 'k1', kty: 'EC' }],
      },
    ])
    expect((await practice.identity.namesOf(1, [client])).get(client)).toBe('Lab bridge')
    expect(await listClients(practice.identity.parts, 2, operator)).toEqual([])
  })
})

describe('an access token', () => {
  test('S-30 lives for five minutes', async ({ practice }) => {
    const { identity, clock } = practice
    const token = await tokenFor(identity, await register(practice))
    clock.move(299_000)
    expect(await identity.findToken(token)).toBeDefined()
    clock.move(1000)
    expect(await identity.findToken(token)).toBeUndefined()
  })

  test('a clock set back does not lengthen its life', async ({ practice }) => {
    const { identity, clock } = practice
    const token = await tokenFor(identity, await register(practice))
    clock.move(-3_600_000)
    clock.pass(300_000)
    expect(await identity.findToken(token)).toBeUndefined()
    expect(await practice.open().findToken(token)).toBeUndefined()
  })

  test('N-07 is worthless at once, everywhere, when its client is disabled', async ({ practice }) => {
    const { identity } = practice
    const [hearing, deaf] = [practice.open(), practice.open()]
    await hearing.start()
    const client = await register(practice)
    const token = await tokenFor(identity, client)
    for (const each of [identity, hearing, deaf]) expect(await each.findToken(token)).toBeDefined()
    await identity.disableClient(1, client, operator)
    expect(await identity.findToken(token)).toBeUndefined()
    for (const each of [hearing, deaf])
      await eventually(async () => expect(await each.findToken(token)).toBeUndefined())
    await hearing.stop()
  })

  test('N-07 is worthless in another process as soon as it hears of it, however young what it remembers', async ({
    practice,
  }) => {
    const { identity } = practice
    const hearing = practice.open()
    await hearing.start()
    const client = await register(practice)
    const token = await tokenFor(identity, client)
    expect(await hearing.findToken(token)).toBeDefined()
    // By its clock no time passes, so nothing else makes it ask again.
    await disableClient(identity.parts, 1, client, operator)
    await expect.poll(async () => hearing.findToken(token)).toBeUndefined()
    await hearing.stop()
  })

  test('S-13 is given back by its own client only', async ({ practice }) => {
    const { identity } = practice
    const [one, two] = [await register(practice), await register(practice)]
    const token = await tokenFor(identity, one)
    await identity.revokeToken(token, { tenant: 1, id: two }, from)
    expect(await identity.findToken(token)).toBeDefined()
    await identity.revokeToken(token, { tenant: 1, id: one }, from)
    expect(await identity.findToken(token)).toBeUndefined()
    expect((await practice.entries()).at(-1)).toMatchObject({ action: 'token-revoke', actor: { id: one } })
  })

  test('S-14 nothing else is one', async ({ practice }) => {
    for (const token of ['', 'x', 'A'.repeat(64), 'AAAAAQ'.padEnd(64, 'A'), 'é'.repeat(64)]) {
      expect(await practice.identity.findToken(token)).toBeUndefined()
    }
  })
})
