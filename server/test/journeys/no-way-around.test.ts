import { generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SignJWT } from 'jose'
import { expect } from 'vitest'
import { newId } from '#base'
import { addClient } from '#identity'
import { observation } from '../fixtures.ts'
import type { Rig } from '../http-rig.ts'
import { canaries, follow, test } from '../rest-rig.ts'
import { draft, examples, genderCodes, type Request, type Scene } from '../route-examples.ts'

// H-T06, ASVS V8: whatever is added to the server is listed here, with an example of how it is asked and by whom. A
// route that is not listed fails; so does one that answers a stranger, or lets someone without a right have anything, or
// hands out health information without an entry.

const listed = Object.entries(examples)

const walk = test.extend<{ scene: Scene }>({
  scene: async ({ rig, rest }, use) => {
    const patient = await rest.patient()
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' })
    const kid = randomUUID()
    const jwk = { ...publicKey.export({ format: 'jwk' }), alg: 'ES384', use: 'sig', kid }
    const by = { actor: { kind: 'system' }, workstation: 'test', request: newId(0) } as const
    const scopes = ['system/*.cruds']
    const client = await addClient(rig.identity.parts, { tenant: 1, name: 'Walker', scopes, jwk }, by)
    await use({
      rig,
      patient,
      observed: await rest.make(observation(patient)),
      binary: await rest.make({
        resourceType: 'Binary',
        contentType: 'text/plain',
        securityContext: { reference: `Patient/${patient}` },
        data: Buffer.from('canary').toString('base64'),
      }),
      appointment: await rest.make({
        resourceType: 'Appointment',
        status: 'booked',
        start: '2026-03-02T10:00:00Z',
        end: '2026-03-02T10:20:00Z',
        participant: [{ actor: { reference: `Patient/${patient}` }, status: 'accepted' }],
      }),
      account: (await rest.hire('nurse')).id,
      definitions: {
        ValueSet: await rest.make({
          resourceType: 'ValueSet',
          status: 'active',
          compose: { include: [{ system: genderCodes }] },
        }),
        CodeSystem: await rest.make({
          resourceType: 'CodeSystem',
          url: 'https://example.com/shifts',
          status: 'active',
          content: 'complete',
          concept: [{ code: 'on-call' }],
        }),
      },
      hire: async (role) => {
        const { user, password } = await rest.hire(role)
        return { user, password }
      },
      desk: rest.desk,
      async program() {
        const from = { workstation: '127.0.0.1', request: newId(Date.now()) }
        const { token } = await rig.identity.issueToken({ tenant: 1, id: client }, scopes, from)
        return { token, form: await assert(client, kid, privateKey, new URL(rest.listening.url)) }
      },
    })
  },
})

async function assert(client: string, kid: string, key: KeyObject, { port }: URL): Promise<Record<string, string>> {
  const assertion = await new SignJWT({ jti: randomUUID() })
    .setProtectedHeader({ alg: 'ES384', typ: 'JWT', kid })
    .setIssuer(client)
    .setSubject(client)
    .setAudience(`https://localhost:${port}/oauth/token`)
    .setIssuedAt()
    .setExpirationTime('2m')
    .sign(key)
  return {
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
  }
}

interface Answered {
  readonly status: number
  readonly text: string
  readonly headers: Record<string, unknown>
}

/** Sends it, with these credentials. A stream of events is looked at and left. */
async function send(rig: Rig, key: string, request: Request, credentials: Record<string, string>): Promise<Answered> {
  const method = key.split(' ')[0] ?? ''
  if (key.endsWith('/events')) {
    const events = await follow(rig, request.path, credentials['cookie'] ?? '')
    const text = events.text()
    events.close()
    return { status: Number(text.slice(9, 12)), text, headers: {} }
  }
  const headers = {
    ...('cookie' in credentials || key.includes('/office/') ? browser : {}),
    ...request.headers,
    ...credentials,
  }
  const { body } = request
  const bytes = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
  return rig.ask(request.path, { method, headers, ...(bytes === undefined ? {} : { body: bytes }) })
}

const browser = { 'x-chartkeep': '1', 'sec-fetch-site': 'same-origin' }

const namesNobody = ({ text }: Answered): string[] => canaries.filter((canary) => text.includes(canary))

walk('every route that is served is listed here with an example, and nothing else is', ({ rest }) => {
  const served = rest.listening.routes.map(({ method, path }) => `${method} ${path}`)
  expect(served.toSorted()).toEqual(Object.keys(examples).toSorted())
  // And what this test walks is what the composition root serves.
  const root = readFileSync(join(import.meta.dirname, '../../src/server.ts'), 'utf8')
  expect(root.match(/\broutes:.*/g)).toEqual([expect.stringContaining('routes: allRoutes(')])
})

walk('H-T01: without credentials there is nothing to be had: 401, and no word about anyone', async ({ scene, rig }) => {
  const desk = await scene.desk('nurse')
  for (const [key, example] of listed) {
    if (example.by === 'stranger' && example.stranger === undefined) continue
    const request = example.stranger ?? (await example.ask(scene, desk))
    const headers = Object.entries(request.headers ?? {}).filter(
      ([name]) => !['cookie', 'authorization'].includes(name),
    )
    const got = await send(rig, key, { ...request, headers: Object.fromEntries(headers) }, {})
    expect([key, got.status, namesNobody(got)]).toEqual([key, 401, []])
    for (const credentials of [
      { authorization: 'Bearer AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' },
      { cookie: '__Host-chartkeep=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' },
    ]) {
      const forged = await send(rig, key, { ...request, headers: Object.fromEntries(headers) }, credentials)
      expect([key, forged.status, namesNobody(forged)]).toEqual([key, 401, []])
    }
  }
})

walk('N-03: behind a lock every route but those that open it says so', async ({ scene, rig }) => {
  const desk = await scene.desk('nurse')
  const cookie = desk.cookie()
  await desk.office('POST', '/lock')
  for (const [key, { by, ask, notBy }] of listed) {
    if (by === 'stranger' || by === 'as asked' || (notBy.length === 0 && !key.endsWith('/records'))) continue
    const got = await send(rig, key, await ask(scene, desk), { cookie })
    expect([key, got.status, namesNobody(got)]).toEqual([key, 401, []])
    if (!key.endsWith('/events')) expect(got.text, key).toContain('session-locked')
  }
})

walk(
  'H-A06: who has no right gets 403 with the rule and the remedy, no data, and an entry',
  async ({ scene, rig, rest }) => {
    const { authorization: otherScope } = await rig.token('system/Organization.rs')
    for (const [key, { ask, notBy }] of listed) {
      for (const caller of notBy) {
        const desk = await scene.desk(caller === 'other scope' ? 'nurse' : caller)
        const credentials = caller === 'other scope' ? { authorization: otherScope } : { cookie: desk.cookie() }
        const request = await ask(scene, desk)
        const before = (await rest.entries()).length
        const got = await send(rig, key, request, credentials)
        const entries = (await rest.entries()).slice(before)
        expect([key, caller, got.status, namesNobody(got)]).toEqual([key, caller, 403, []])
        expect(got.text, key).toMatch(
          key.includes('/fhir/') ? /Rule \S+\. [^"]{9}/ : /"rule":"[^"]+","remedy":"[^"]{9}/,
        )
        expect(entries, key).toMatchObject([{ outcome: 'refused', rule: expect.stringMatching(/^(role|client):/) }])
      }
    }
  },
)

walk('H-T06: who has the right gets it, with an entry wherever anyone is spoken of', async ({ scene, rig, rest }) => {
  for (const [key, { by, ask, entry }] of listed) {
    const desk = await scene.desk(by === 'program' || by === 'stranger' || by === 'as asked' ? 'nurse' : by)
    const request = await ask(scene, desk)
    const credentials: Record<string, string> =
      by === 'program'
        ? { authorization: `Bearer ${(await scene.program()).token}` }
        : by === 'stranger' || by === 'as asked'
          ? {}
          : { cookie: desk.cookie() }
    // A draft that is not there is nobody's: then there is nothing to read, to drop or to record.
    if (key.endsWith('/draft')) await desk.office('PUT', `/patients/${scene.patient}/draft`, draft)
    const before = (await rest.entries()).length
    const got = await send(rig, key, request, credentials)
    const entries = (await rest.entries()).slice(before)
    expect([key, Math.floor(got.status / 100), got.status < 300 ? '' : got.text]).toEqual([key, 2, ''])
    expect([key, entries.length > 0]).toEqual([key, entry])
    for (const made of entries) expect(made.outcome, key).toBe('done')
    if (!entry) expect([key, namesNobody(got)]).toEqual([key, []])
  }
})

walk(
  'H-V08: of records by type, those without a right are answered by the rule alone, and recorded',
  async ({ scene, rest }) => {
    const desk = await scene.desk('administrator')
    const before = (await rest.entries()).length
    const got = await desk.office('GET', `/patients/${scene.patient}/records?type=Observation&type=Patient`)
    expect(got.json).toMatchObject({ records: [], refused: [{ type: 'Observation' }, { type: 'Patient' }] })
    expect(namesNobody(got)).toEqual([])
    expect((await rest.entries()).slice(before)).toMatchObject([
      { outcome: 'refused', types: ['Observation', 'Patient'] },
    ])
  },
)
