import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { SignJWT } from 'jose'
import { Secret as OtpSecret } from 'otpauth'
import { expect } from 'vitest'
import { fromOutside, fromRoom3, operator, test } from '../../test/identity.ts'
import { createAccount } from './accounts.ts'
import { addClient } from './clients.ts'

test('D1 a dump of the database holds no password, secret, code, token, user name or person’s name', async ({
  practice,
  owner,
}) => {
  const { identity, tenant, clock } = practice
  const typed = 'MyPasswordTypedAsUser99'
  const nora = await practice.hire({ user: 'nora.lind', name: 'Nora Lindqvist', roles: ['nurse', 'biller'] })
  const named = {
    tenant,
    user: 'wim',
    name: 'Wim Vandersteen',
    roles: ['clinician'],
    password: 'quarry lamp seven otters',
    practitioner: 'Practitioner/9f1c',
  }
  await createAccount(identity.parts, named, operator)

  // Every flow, right and wrong.
  await identity.signIn({ tenant, user: typed, password: 'wrong-horse-guess-77' }, fromOutside).catch(() => undefined)
  const first = await practice.signIn(nora)
  await identity.checkPassword(first.presence, 'wrong-again-guess-78', fromRoom3).catch(() => undefined)
  await identity.lock(first.presence, fromRoom3.request)
  const second = await identity.unlock(first.secret, nora.password, fromRoom3)
  const third = await identity.takeRole(second.secret, 'biller', fromRoom3)
  const next = 'harbour goat twelve cans'
  const fourth = await identity.changePassword(third.secret, { present: nora.password, next }, fromRoom3)
  clock.move(60_000)
  const pending = await identity.signIn({ tenant, user: nora.user, password: next }, fromRoom3)
  await identity.confirm(pending.ticket, first.recoveryCodes?.[0] ?? '', fromRoom3)
  const left = await identity.signIn({ tenant, user: nora.user, password: next }, fromRoom3)

  const pair = generateKeyPairSync('ec', { namedCurve: 'P-384' })
  const jwk = { ...pair.publicKey.export({ format: 'jwk' }), kid: 'k1' }
  const client = await addClient(
    identity.parts,
    { tenant, name: 'Doctor Vandersteen’s bridge', scopes: ['system/*.rs'], jwk },
    operator,
  )
  const url = 'https://ehr.example/oauth/token'
  const jti = `jti-${randomUUID()}`
  const claims = { iss: client, sub: client, aud: url, exp: Math.floor(clock.now() / 1000) + 60, jti }
  const assertion = await new SignJWT(claims).setProtectedHeader({ alg: 'ES384', kid: 'k1' }).sign(pair.privateKey)
  const form = {
    assertionType: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    assertion,
    clientId: undefined,
  }
  const known = await identity.authenticateClient(form, { tenant, url }, fromRoom3)
  const { token } = await identity.issueToken(known, ['system/*.rs'], fromRoom3)

  const totp = practice.authenticators.get(nora.id) ?? ''
  const needles: (string | Uint8Array)[] = [
    ...['nora.lind', 'lindqvist', 'wim', 'vandersteen', '9f1c', typed],
    ...[nora.password, next, named.password, 'wrong-horse-guess-77', 'wrong-again-guess-78'],
    ...[first, second, third, fourth].map(({ secret }) => secret),
    ...[pending.ticket, left.ticket, token, assertion, jti, totp, OtpSecret.fromBase32(totp).bytes],
    ...(first.recoveryCodes ?? []).flatMap((code) => [code, code.replaceAll('-', '')]),
    ...[first.secret, token, left.ticket].map((opaque) => Buffer.from(opaque, 'base64url').subarray(4)),
  ]
  const dump = [...(await dumpOf(owner, 'identity')), ...(await dumpOf(owner, 'ledger'))].join('\n').toLowerCase()
  // The dump is one: text stands in it as text, and bytes as hexadecimal.
  expect(dump).toContain('room-3')
  expect(dump).toContain(Buffer.from('sign-in-failed').toString('hex'))
  for (const needle of needles) for (const form of formsOf(needle)) expect(dump, String(needle)).not.toContain(form)
})

/** Every row of every table as text; bytea in it is hexadecimal. */
async function dumpOf(
  owner: { query(text: string): Promise<{ rows: Record<string, string>[] }> },
  schema: string,
): Promise<string[]> {
  const { rows } = await owner.query(
    `select table_name from information_schema.tables where table_schema = '${schema}'`,
  )
  expect(rows.length).toBeGreaterThan(2)
  const lines: string[] = []
  for (const { table_name: table = '' } of rows) {
    const dumped = await owner.query(`select t::text as line from ${schema}.${table} t`)
    lines.push(...dumped.rows.map((row) => row['line'] ?? ''))
  }
  return lines
}

/** As it is, as hexadecimal bytes, and as base 64 of either kind. */
function formsOf(needle: string | Uint8Array): string[] {
  const bytes = Buffer.from(needle)
  const core = bytes.toString('base64').replaceAll('=', '').slice(0, -1)
  const encoded = bytes.length < 6 ? [] : [core, core.replaceAll('+', '-').replaceAll('/', '_')]
  const forms = [...(typeof needle === 'string' ? [needle] : []), bytes.toString('hex'), ...encoded]
  // Three letters stand in some hash by chance; as bytes they are looked for with their quotes, as the sealed JSON has them.
  return (bytes.length < 6 ? [`"${String(needle)}"`, Buffer.from(`"${String(needle)}"`).toString('hex')] : forms).map(
    (form) => form.toLowerCase(),
  )
}
