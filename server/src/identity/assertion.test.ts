import { createHmac, createSign, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { type JWTPayload, SignJWT } from 'jose'
import { describe, expect, test, vi } from 'vitest'
import { chooseKey, readClaimed, type Verified, verifyAssertion } from './assertion.ts'
import { type ClientKey, parseClientKeys } from './client-keys.ts'

const now = Date.parse('2026-03-02T08:00:00Z')
const seconds = now / 1000
const audience = 'https://ehr.example/oauth/token'
const client = '019cad8f-ac01-864d-ba03-b457404bf473'

const ec = generateKeyPairSync('ec', { namedCurve: 'P-384' })
const otherEc = generateKeyPairSync('ec', { namedCurve: 'P-384' })
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })

async function register(...keys: [string, KeyObject][]): Promise<ClientKey[]> {
  return parseClientKeys({ keys: keys.map(([kid, key]) => ({ ...key.export({ format: 'jwk' }), kid })) })
}
const keys = await register(['ec-1', ec.publicKey], ['rsa-1', rsa.publicKey])

const good = { iss: client, sub: client, aud: audience, exp: seconds + 300, iat: seconds, jti: 'one' }

async function sign(
  over: JWTPayload = {},
  header: Record<string, unknown> = {},
  key: KeyObject = ec.privateKey,
): Promise<string> {
  const claims = Object.fromEntries(Object.entries({ ...good, ...over }).filter(([, value]) => value !== undefined))
  return new SignJWT(claims).setProtectedHeader({ alg: 'ES384', kid: 'ec-1', typ: 'JWT', ...header }).sign(key)
}

/** A token with this header, whatever a library would say to it. */
function forge(header: object, signature: (signed: string) => string, claims: object = good): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const signed = `${part(header)}.${part(claims)}`
  return `${signed}.${signature(signed)}`
}

async function judge(assertion: string, registered = keys, at = now): Promise<Verified | string> {
  const claimed = readClaimed(assertion)
  return typeof claimed === 'string' ? claimed : verifyAssertion(assertion, claimed, registered, audience, at)
}

describe('S-10 an assertion is good', () => {
  test('signed with ES384 or with RS384, for at most five minutes', async () => {
    expect(await judge(await sign())).toEqual({ jti: 'one', expires: now + 310_000 })
    expect(await judge(await sign({}, { alg: 'RS384', kid: 'rsa-1' }, rsa.privateKey))).toHaveProperty('jti')
  })

  test.each<[string, JWTPayload]>([
    ['ahead of ours', { nbf: seconds + 10, iat: seconds + 10, exp: seconds + 310 }],
    ['behind ours', { nbf: seconds - 309, iat: seconds - 309, exp: seconds - 9 }],
  ])('by a clock that is ten seconds %s (FAPI 2.0, 5.3.2.1)', async (_, over) => {
    const verified = await judge(await sign(over))
    expect(verified).toHaveProperty('jti')
    // It is remembered for as long as it would be taken.
    expect((verified as Verified).expires).toBe(((over.exp ?? 0) + 10) * 1000)
  })

  test('without a type, with a jti of 256 letters, and from a minute ahead', async () => {
    expect(await judge(await sign({}, { typ: undefined }))).toHaveProperty('jti')
    expect(await judge(await sign({ jti: 'x'.repeat(256) }))).toHaveProperty('jti')
    expect(await judge(await sign({ iat: seconds + 60, exp: seconds + 200 }))).toHaveProperty('jti')
  })

  test('with its audience as the one element of a list', async () => {
    expect(await judge(await sign({ aud: [audience] }))).toHaveProperty('jti')
  })

  test('with an RSA key and an EC key of the same kid: the type tells them apart', async () => {
    const same = [...(await register(['k', ec.publicKey])), ...(await register(['k', rsa.publicKey]))]
    expect(await judge(await sign({}, { kid: 'k' }), same)).toHaveProperty('jti')
    expect(await judge(await sign({}, { kid: 'k', alg: 'RS384' }, rsa.privateKey), same)).toHaveProperty('jti')
  })
})

describe('S-10 an assertion is turned away', () => {
  test.each<[string, JWTPayload, string]>([
    ['for another audience', { aud: 'https://ehr.example/oauth/other' }, 'audience'],
    ['for our address with a slash more', { aud: `${audience}/` }, 'audience'],
    ['for our address in capitals', { aud: audience.toUpperCase() }, 'audience'],
    ['for us and someone else', { aud: [audience, 'https://other.example'] }, 'audience'],
    ['for nobody', { aud: undefined } as never, 'audience'],
    ['whose iss is not its sub', { sub: 'another' }, 'issuer'],
    ['without sub', { sub: undefined } as never, 'issuer'],
    ['without iss', { iss: undefined } as never, 'issuer'],
    ['for more than five minutes', { exp: seconds + 301 }, 'lifetime'],
    ['for more than five minutes of a clock ahead of ours', { iat: seconds + 10, exp: seconds + 311 }, 'lifetime'],
    ['for five minutes of a clock that is too far ahead', { iat: seconds + 30, exp: seconds + 330 }, 'lifetime'],
    ['that is over', { exp: seconds - 10 }, 'expiry'],
    ['without an end', { exp: undefined } as never, 'expiry'],
    ['from the future', { iat: seconds + 120 }, 'not-yet'],
    ['that is not good yet', { nbf: seconds + 11 }, 'not-yet'],
    ['without jti', { jti: undefined } as never, 'jti'],
    ['with an empty jti', { jti: '' }, 'jti'],
    ['with a jti that is no text', { jti: 7 } as never, 'jti'],
    ['without iss and sub', { iss: undefined, sub: undefined } as never, 'issuer'],
    ['with empty iss and sub', { iss: '', sub: '' }, 'issuer'],
    ['with numbers for iss and sub', { iss: 7, sub: 7 } as never, 'issuer'],
    ['whose iat is no number', { iat: 'now' } as never, 'form'],
    ['from more than a minute ahead', { iat: seconds + 61, exp: seconds + 200 }, 'not-yet'],
    ['with a jti of 257 letters', { jti: 'x'.repeat(257) }, 'jti'],
    ['with a jti of a kilobyte', { jti: 'x'.repeat(1024) }, 'jti'],
  ])('%s', async (_, over, fault) => {
    expect(await judge(await sign(over))).toBe(fault)
  })

  test.each<[string, Record<string, unknown>, string]>([
    ['with a kid that is not registered', { kid: 'ec-2' }, 'key'],
    ['without kid', { kid: undefined }, 'kid'],
    ['with an empty kid', { kid: '' }, 'kid'],
    ['of another type', { typ: 'at+jwt' }, 'type'],
  ])('%s', async (_, header, fault) => {
    expect(await judge(await sign({}, header))).toBe(fault)
  })

  test.each<[string, JWTPayload, string]>([
    ['whose iss is not its sub', { sub: 'another' }, 'issuer'],
    ['without iss', { iss: undefined } as never, 'issuer'],
  ])('%s, before any key is looked for', async (_, over, fault) => {
    expect(readClaimed(await sign(over))).toBe(fault)
  })

  test('longer than 16 KiB, before it is taken apart', () => {
    const header = { alg: 'ES384', kid: 'ec-1', typ: 'JWT' }
    const bare = forge(header, () => '').length
    expect(readClaimed(forge(header, () => 'A'.repeat(16_384 - bare)))).toMatchObject({ client, kid: 'ec-1' })
    expect(readClaimed(forge(header, () => 'A'.repeat(16_385 - bare)))).toBe('form')
  })

  test('signed by another key', async () => {
    expect(await judge(await sign({}, {}, otherEc.privateKey))).toBe('signature')
  })

  test('changed after it was signed', async () => {
    const [header = '', , signature = ''] = (await sign()).split('.')
    const payload = Buffer.from(JSON.stringify({ ...good, jti: 'two' })).toString('base64url')
    expect(await judge(`${header}.${payload}.${signature}`)).toBe('signature')
  })

  test('when two registered keys have its kid and type', async () => {
    const twice = [...(await register(['ec-1', ec.publicKey])), ...(await register(['ec-1', otherEc.publicKey]))]
    expect(await judge(await sign(), twice)).toBe('key')
    expect(chooseKey(twice, { client, kid: 'ec-1', algorithm: 'ES384' })).toBeUndefined()
  })

  test('with an RSA key under an EC algorithm', async () => {
    const pss = forge({ alg: 'ES384', kid: 'rsa-1', typ: 'JWT' }, (signed) =>
      createSign('sha384').update(signed).sign(rsa.privateKey, 'base64url'),
    )
    expect(await judge(pss)).toBe('key')
  })

  test.each(['none', 'None', 'NONE', ''])('with alg %j', async (alg) => {
    expect(await judge(forge({ alg, kid: 'ec-1', typ: 'JWT' }, () => ''))).toMatch(/algorithm|form/)
  })

  test.each(['HS256', 'HS384', 'HS512'])('with %s keyed by our own public key', async (alg) => {
    const pem = ec.publicKey.export({ format: 'pem', type: 'spki' })
    const mac = forge({ alg, kid: 'ec-1', typ: 'JWT' }, (signed) =>
      createHmac(`sha${alg.slice(2)}`, pem)
        .update(signed)
        .digest('base64url'),
    )
    expect(await judge(mac)).toBe('algorithm')
  })

  test.each(['ES256', 'RS256', 'PS384', 'EdDSA', 'ES512'])('with %s, which SMART does not name', async (alg) => {
    expect(await judge(forge({ alg, kid: 'ec-1', typ: 'JWT' }, () => 'AAAA'))).toBe('algorithm')
  })

  test.each(['jku', 'x5u', 'jwk', 'x5c'])(
    'with a key of its own choice in %s, and nothing is fetched',
    async (member) => {
      const fetched = vi.spyOn(globalThis, 'fetch')
      const value =
        member === 'jwk'
          ? otherEc.publicKey.export({ format: 'jwk' })
          : member === 'x5c'
            ? []
            : 'https://169.254.169.254/keys'
      expect(await judge(await sign({}, { [member]: value }, otherEc.privateKey))).toBe('jku')
      expect(fetched).not.toHaveBeenCalled()
    },
  )

  test('that demands an extension we do not know', async () => {
    const critical = { alg: 'ES384', kid: 'ec-1', typ: 'JWT', crit: ['exp'], exp: 1 }
    expect(await judge(forge(critical, () => 'A'.repeat(128)))).toBe('form')
  })

  test.each(['', '.', '..', 'a.b.c', 'eyJhbGciOiJFUzM4NCJ9', 'x'.repeat(20_000), '{}', 'é.é.é'])(
    'that is none: %.20s',
    async (text) => {
      expect(await judge(text)).toMatch(/form|algorithm|kid|issuer/)
    },
  )
})

describe('S-10 a key is registered', () => {
  const jwk = ec.publicKey.export({ format: 'jwk' })

  test('alone or in a set, under its kid or else its RFC 7638 thumbprint', async () => {
    expect((await parseClientKeys({ ...jwk, kid: 'mine' })).map(({ kid, kty }) => [kid, kty])).toEqual([['mine', 'EC']])
    expect((await parseClientKeys({ keys: [jwk] }))[0]?.kid).toMatch(/^[\w-]{43}$/)
  })

  test('with nothing but its public members', async () => {
    expect((await parseClientKeys({ ...jwk, kid: 'mine', use: 'sig', alg: 'ES384', note: 'x' }))[0]?.jwk).toEqual(jwk)
  })

  test('under a kid of 1 to 200 characters, up to ten at once', async () => {
    for (const kid of ['a', 'k'.repeat(200)]) expect((await parseClientKeys({ ...jwk, kid }))[0]?.kid).toBe(kid)
    const ten = Array.from({ length: 10 }, (_, at) => ({ ...jwk, kid: `k${at}` }))
    expect(await parseClientKeys({ keys: ten })).toHaveLength(10)
    await expect(parseClientKeys({ keys: [...ten, { ...jwk, kid: 'k10' }] })).rejects.toMatchObject({
      findings: [{ expression: 'jwk', issue: 'value', text: expect.stringContaining('one to ten') }],
    })
  })

  test.each(['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'])('unless it has the private member %s', async (member) => {
    const publicJwk = rsa.publicKey.export({ format: 'jwk' })
    await expect(parseClientKeys({ ...publicJwk, [member]: 'AAAA' })).rejects.toMatchObject({
      findings: [{ text: expect.stringContaining('private key') }],
    })
  })

  const small = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' })
  const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' })
  const ed = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' })
  test.each<[string, unknown, string]>([
    ['a private key', ec.privateKey.export({ format: 'jwk' }), 'private key'],
    ['a private RSA key', rsa.privateKey.export({ format: 'jwk' }), 'private key'],
    ['a symmetric key', { kty: 'oct', k: 'AAAA' }, 'private key'],
    ['another curve', p256, 'P-384'],
    ['a curve by a false name', { ...p256, crv: 'P-384' }, 'P-384'],
    ['another kind of key', ed, 'P-384'],
    ['RSA of 1024 bits', small, '2048'],
    ['a point that is not on the curve', { ...jwk, y: jwk.x }, 'P-384'],
    ['no key', {}, 'P-384'],
    ['nothing among keys', { keys: [null] }, 'JSON Web Key'],
    ['an empty kid', { ...jwk, kid: '' }, 'at most 200'],
    ['a kid of 201 characters', { ...jwk, kid: 'k'.repeat(201) }, 'at most 200'],
    ['a kid that is no text', { ...jwk, kid: 7 }, 'at most 200'],
    ['a key without a coordinate', { ...jwk, x: '' }, 'with curve P-384, or RSA.'],
    ['a key with a coordinate that is no text', { ...jwk, x: 7 }, 'with curve P-384, or RSA.'],
    ['a kind with the members of RSA', { ...rsa.publicKey.export({ format: 'jwk' }), kty: 'OKP' }, 'P-384, or RSA.'],
    ['no keys', { keys: [] }, 'one to ten'],
    ['text', 'x', 'JSON Web Key'],
    [
      'two keys of one kid',
      {
        keys: [
          { ...jwk, kid: 'a' },
          { ...otherEc.publicKey.export({ format: 'jwk' }), kid: 'a' },
        ],
      },
      'same kid',
    ],
  ])('unless it is %s', async (_, sent, reason) => {
    const refusal = await parseClientKeys(sent).catch((error: unknown) => error)
    expect(refusal).toMatchObject({ code: 'input-invalid', findings: [{ text: expect.stringContaining(reason) }] })
  })
})
