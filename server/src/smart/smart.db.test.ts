import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SignJWT } from 'jose'
import { describe, expect } from 'vitest'
import { openLog, Secret } from '#base'
import { openOwnCertificates, type Route, startHttp } from '#http'
import { addClient } from '#identity'
import { operator, test as withPractice } from '../../test/identity.ts'
import { smartRoutes } from './index.ts'

interface Got {
  readonly status: number
  readonly headers: Record<string, string | readonly string[] | undefined>
  readonly json: Record<string, unknown>
}

interface Api {
  /** What the server calls itself to a caller at localhost. */
  readonly origin: string
  get(path: string, headers?: Record<string, string>): Promise<Got>
  post(
    path: string,
    form: Record<string, string> | [string, string][] | string,
    headers?: Record<string, string>,
  ): Promise<Got>
  /** A registered client: its id, and how it asks at the token endpoint. */
  client(...scopes: string[]): Promise<TestClient>
}

interface TestClient {
  readonly id: string
  assertion(over?: Record<string, unknown>): Promise<string>
  /** The fields that authenticate it, with a new assertion. */
  signed(over?: Record<string, unknown>): Promise<Record<string, string>>
  token(scope: string): Promise<string>
}

const jwtBearer = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

// What a token is for: a route below the FHIR base that needs one.
const whoami: Route = {
  method: 'GET',
  path: '/fhir/R4/whoami',
  class: 'read',
  surface: 'fhir',
  handle: async ({ actor }) => ({ status: 200, body: JSON.stringify(actor) }),
}

const test = withPractice.extend<{ api: Api }>({
  api: async ({ practice }, use) => {
    const { identity, ledger, clock, tenant } = practice
    const folder = mkdtempSync(join(tmpdir(), 'chartkeep-smart-'))
    const log = openLog('silent')
    const tls = openOwnCertificates({
      keysFolder: join(folder, 'keys'),
      dataFolder: folder,
      names: [],
      clock: { now: () => Date.now() },
      log,
    })
    const agent = new Agent({ ca: readFileSync(join(folder, 'ca.pem'), 'utf8'), keepAlive: true })
    const routes = [...smartRoutes({ identity, tenant }), whoami]
    const metricsToken = new Secret(Buffer.from(randomUUID()))
    const ready = async () => ({ database: true })
    const listening = await startHttp({
      port: 0,
      host: '127.0.0.1',
      tls,
      routes,
      identity,
      ledger,
      log,
      clock,
      tenant,
      ready,
      metricsToken,
    })
    const { port } = new URL(listening.url)
    const origin = `https://localhost:${port}`

    const ask = (
      path: string,
      options: { method: string; headers: Record<string, string>; body?: string },
    ): Promise<Got> =>
      new Promise((resolve, reject) => {
        const { method, headers, body } = options
        const asking = request({ agent, host: 'localhost', port, path, method, headers }, (answer) => {
          let text = ''
          answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
          answer.on('error', reject)
          answer.on('end', () =>
            resolve({
              status: answer.statusCode ?? 0,
              headers: answer.headers,
              json: JSON.parse(text || '{}') as Record<string, unknown>,
            }),
          )
        })
        asking.on('error', reject)
        asking.end(body)
      })
    const post: Api['post'] = (path, form, headers = {}) => {
      const body = typeof form === 'string' ? form : new URLSearchParams(form).toString()
      return ask(path, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
        body,
      })
    }

    await use({
      origin,
      get: (path, headers = {}) => ask(path, { method: 'GET', headers }),
      post,
      async client(...scopes) {
        const pair = generateKeyPairSync('ec', { namedCurve: 'P-384' })
        const jwk = { ...pair.publicKey.export({ format: 'jwk' }), kid: 'k1' }
        const id = await addClient(identity.parts, { tenant, name: 'Lab bridge', scopes, jwk }, operator)
        const assertion: TestClient['assertion'] = (over = {}) => {
          const exp = Math.floor(clock.now() / 1000) + 240
          const claims = { iss: id, sub: id, aud: `${origin}/oauth/token`, exp, jti: randomUUID(), ...over }
          return new SignJWT(claims).setProtectedHeader({ alg: 'ES384', kid: 'k1', typ: 'JWT' }).sign(pair.privateKey)
        }
        const signed: TestClient['signed'] = async (over) => ({
          client_assertion_type: jwtBearer,
          client_assertion: await assertion(over),
        })
        const token: TestClient['token'] = async (scope) => {
          const got = await post('/oauth/token', { grant_type: 'client_credentials', scope, ...(await signed()) })
          return String(got.json['access_token'])
        }
        return { id, assertion, signed, token }
      },
    })
    agent.destroy()
    await listening.stop()
    rmSync(folder, { recursive: true, force: true })
  },
})

describe('discovery', () => {
  test('S-D3 S-D4 S-D6 S-11 is JSON for any Accept and any origin, without signing in, with absolute addresses', async ({
    api,
  }) => {
    for (const accept of ['application/json', 'application/fhir+json', 'text/html', '*/*', 'image/png']) {
      const got = await api.get('/fhir/R4/.well-known/smart-configuration', {
        accept,
        origin: 'https://elsewhere.example',
      })
      expect(got.status).toBe(200)
      expect(got.headers).toMatchObject({
        'content-type': 'application/json; charset=utf-8',
        'access-control-allow-origin': '*',
      })
      expect(got.json).toMatchObject({
        token_endpoint: `${api.origin}/oauth/token`,
        grant_types_supported: ['client_credentials'],
        token_endpoint_auth_methods_supported: ['private_key_jwt'],
        token_endpoint_auth_signing_alg_values_supported: ['ES384', 'RS384'],
        capabilities: ['client-confidential-asymmetric', 'permission-v1', 'permission-v2'],
      })
    }
  })

  test('S-D1 S-D2 S-D5 claims nothing that is not there', async ({ api }) => {
    const { json } = await api.get('/fhir/R4/.well-known/smart-configuration')
    expect(json['code_challenge_methods_supported']).toEqual(['S256'])
    for (const member of [
      'authorization_endpoint',
      'issuer',
      'jwks_uri',
      'registration_endpoint',
      'management_endpoint',
    ])
      expect(json).not.toHaveProperty(member)
  })

  test('S-D3 every endpoint it names answers', async ({ api }) => {
    const { json } = await api.get('/fhir/R4/.well-known/smart-configuration')
    for (const member of ['token_endpoint', 'introspection_endpoint', 'revocation_endpoint']) {
      const got = await api.post(new URL(String(json[member])).pathname, {})
      expect([got.status, got.json['error']]).toEqual([400, 'invalid_request'])
    }
  })
})

describe('the token endpoint', () => {
  test('S-30 gives a token of 300 s that opens the API, kept by no cache', async ({ api, practice }) => {
    const client = await api.client('system/Observation.rs', 'system/Patient.rs')
    const got = await api.post('/oauth/token', {
      grant_type: 'client_credentials',
      scope: 'system/Observation.rs',
      ...(await client.signed()),
    })
    expect(got).toMatchObject({
      status: 200,
      headers: { 'cache-control': 'no-store', 'content-type': 'application/json; charset=utf-8' },
      json: { token_type: 'bearer', expires_in: 300, scope: 'system/Observation.rs' },
    })
    expect(Object.keys(got.json).toSorted()).toEqual(['access_token', 'expires_in', 'scope', 'token_type'])
    const authorization = `Bearer ${String(got.json['access_token'])}`
    const seen = await api.get('/fhir/R4/whoami', { authorization })
    expect(seen.json).toMatchObject({ kind: 'client', id: client.id, scopes: [{ type: 'Observation', letters: 'rs' }] })
    practice.clock.move(300_000)
    expect((await api.get('/fhir/R4/whoami', { authorization })).status).toBe(401)
  })

  test('S-20 grants v1 scopes in their own words, with v2 meaning', async ({ api }) => {
    const client = await api.client('system/*.read')
    const got = await api.post('/oauth/token', {
      grant_type: 'client_credentials',
      scope: 'system/Patient.read',
      ...(await client.signed()),
    })
    expect(got.json['scope']).toBe('system/Patient.read')
    const seen = await api.get('/fhir/R4/whoami', { authorization: `Bearer ${String(got.json['access_token'])}` })
    expect(seen.json['scopes']).toEqual([{ type: 'Patient', letters: 'rs' }])
  })

  test('S-31 grants no more than is registered, and says what', async ({ api }) => {
    const client = await api.client('system/Observation.rs')
    const scope = 'system/*.cruds user/*.rs'
    const got = await api.post('/oauth/token', { grant_type: 'client_credentials', scope, ...(await client.signed()) })
    expect(got.json['scope']).toBe('system/Observation.rs')
  })

  test('S-31 where nothing can be granted there is no token', async ({ api }) => {
    const client = await api.client('system/Observation.rs')
    for (const scope of ['', ' ', 'system/Claim.rs', 'system/Observation.d', 'user/Observation.rs', 'openid']) {
      const got = await api.post('/oauth/token', {
        grant_type: 'client_credentials',
        scope,
        ...(await client.signed()),
      })
      expect(got).toMatchObject({
        status: 400,
        json: { error: 'invalid_scope' },
        headers: { 'cache-control': 'no-store' },
      })
      expect(got.json).not.toHaveProperty('access_token')
    }
  })

  test('S-31 without a scope nothing can be granted', async ({ api }) => {
    const client = await api.client('system/*.rs')
    const got = await api.post('/oauth/token', { grant_type: 'client_credentials', ...(await client.signed()) })
    expect(got).toMatchObject({ status: 400, json: { error: 'invalid_scope' } })
  })

  test('S-10 whoever does not prove who they are is told only that', async ({ api }) => {
    const client = await api.client('system/*.rs')
    const other = await api.client('system/*.rs')
    const used = await client.signed()
    await api.post('/oauth/token', { grant_type: 'client_credentials', scope: 'system/*.rs', ...used })
    const fields: Record<string, string>[] = [
      {},
      { client_id: client.id, client_secret: 'guess' },
      { client_assertion_type: jwtBearer },
      { client_assertion: (await client.signed())['client_assertion'] ?? '' },
      {
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer',
        client_assertion: await client.assertion(),
      },
      { client_assertion_type: jwtBearer, client_assertion: 'e30.e30.e30' },
      { ...(await client.signed()), client_id: other.id },
      await client.signed({ aud: 'https://elsewhere.example/oauth/token' }),
      await client.signed({ aud: `${api.origin}/fhir/R4` }),
      await client.signed({ sub: other.id }),
      await client.signed({ iss: other.id, sub: other.id }),
      await client.signed({ exp: 1 }),
      used,
    ]
    for (const sent of fields) {
      const got = await api.post('/oauth/token', { grant_type: 'client_credentials', scope: 'system/*.rs', ...sent })
      expect(got).toMatchObject({ status: 401, headers: { 'cache-control': 'no-store' } })
      expect(got.json).toEqual({ error: 'invalid_client', error_description: expect.any(String) })
    }
  })

  test('RFC 6749: what it does not offer it refuses as an OAuth server does', async ({ api }) => {
    const attempts = [
      ['scope=system/*.rs', 'invalid_request'],
      ['grant_type=authorization_code&code=x', 'unsupported_grant_type'],
      ['grant_type=password&username=nora&password=x', 'unsupported_grant_type'],
      ['grant_type=client_credentials&scope=a&scope=b', 'invalid_request'],
      ['', 'invalid_request'],
    ] as const
    for (const [form, error] of attempts)
      expect(await api.post('/oauth/token', form)).toMatchObject({ status: 400, json: { error } })
  })

  test('RFC 6749: it takes a form by POST, nothing else', async ({ api }) => {
    const json = await api.post('/oauth/token', '{}', { 'content-type': 'application/json' })
    expect([json.status, json.json['error']]).toEqual([400, 'invalid_request'])
    expect((await api.get('/oauth/token')).status).toBe(405)
  })

  test('a grant type that is not offered does not use the assertion up', async ({ api }) => {
    const client = await api.client('system/*.rs')
    const signed = await client.signed()
    await api.post('/oauth/token', { grant_type: 'refresh_token', ...signed })
    expect(
      (await api.post('/oauth/token', { grant_type: 'client_credentials', scope: 'system/*.rs', ...signed })).status,
    ).toBe(200)
  })
})

describe('introspection and revocation', () => {
  test('S-12 a client learns of its own token: by assertion, or by a token', async ({ api, practice }) => {
    const client = await api.client('system/*.rs')
    const token = await client.token('system/Patient.rs')
    const exp = Math.floor(practice.clock.now() / 1000) + 300
    const told = { active: true, scope: 'system/Patient.rs', client_id: client.id, exp }
    expect((await api.post('/oauth/introspect', { token, ...(await client.signed()) })).json).toMatchObject(told)
    expect((await api.post('/oauth/introspect', { token }, { authorization: `Bearer ${token}` })).json).toMatchObject(
      told,
    )
  })

  test('S-12 of another’s, of a dead one and of none it learns the same', async ({ api, practice }) => {
    const client = await api.client('system/*.rs')
    const other = await api.client('system/*.rs')
    const ofOther = await other.token('system/Patient.rs')
    const old = await client.token('system/Patient.rs')
    practice.clock.move(301_000)
    for (const token of [ofOther, old, 'x', '']) {
      const got = await api.post('/oauth/introspect', { token, ...(await client.signed()) })
      expect([got.status, got.json]).toEqual([200, { active: false }])
    }
  })

  test('S-12 nobody else learns anything', async ({ api }) => {
    const client = await api.client('system/*.rs')
    const token = await client.token('system/Patient.rs')
    for (const headers of [{}, { authorization: 'Bearer x' }, { authorization: 'Basic eDp5' }]) {
      expect((await api.post('/oauth/introspect', { token }, headers)).status).toBe(401)
    }
  })

  test('S-13 a token that was given back opens nothing at once; giving back another’s changes nothing', async ({
    api,
  }) => {
    const client = await api.client('system/*.rs')
    const other = await api.client('system/*.rs')
    const token = await client.token('system/Patient.rs')
    const authorization = `Bearer ${token}`
    expect((await api.post('/oauth/revoke', { token, ...(await other.signed()) })).status).toBe(200)
    expect((await api.get('/fhir/R4/whoami', { authorization })).status).toBe(200)
    expect((await api.post('/oauth/revoke', { token, ...(await client.signed()) })).status).toBe(200)
    const got = await api.get('/fhir/R4/whoami', { authorization })
    expect([got.status, got.headers['www-authenticate']]).toEqual([
      401,
      expect.stringContaining('error="invalid_token"'),
    ])
    expect((await api.post('/oauth/revoke', { token: 'x', ...(await client.signed()) })).status).toBe(200)
  })
})
