import { generateKeyPairSync } from 'node:crypto'
import { expect } from 'vitest'
import { newId, systemClock } from '#base'
import { addClient } from '#identity'
import { observation } from '../fixtures.ts'
import type { Rig } from '../http-rig.ts'
import { test } from '../rest-rig.ts'

const operator = { actor: { kind: 'system' }, workstation: 'test', request: newId(systemClock.now()) } as const
const reason = 'The laboratory’s interface sends no If-Match.'

async function tokenOf({ identity }: Rig, updateWithoutVersion?: string): Promise<Record<string, string>> {
  const jwk = { ...generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ format: 'jwk' }), kid: 'k' }
  const scopes = ['system/*.cruds']
  const client = { tenant: 1, name: 'Lab bridge', scopes, jwk, updateWithoutVersion }
  const id = await addClient(identity.parts, client, operator)
  const from = { workstation: 'test', request: newId(systemClock.now()) }
  const { token } = await identity.issueToken({ tenant: 1, id }, scopes, from)
  return { authorization: `Bearer ${token}` }
}

test('R-06: a program updates without a version only when its registration says why, and each time is marked', async ({
  rest: { fhir, patient, make, entries },
  rig,
}) => {
  const who = await patient()
  const id = await make(observation(who))
  const at = `/Observation/${id}`
  const resource = { ...observation(who), id, status: 'amended' }
  expect((await fhir('PUT', at, resource, await tokenOf(rig))).status).toBe(400)
  const may = await tokenOf(rig, reason)
  const patch = JSON.stringify([{ op: 'replace', path: '/status', value: 'corrected' }])
  const entry = { resource, request: { method: 'PUT', url: `Observation/${id}` } }
  const bundle = (type: string) => ({ resourceType: 'Bundle', type, entry: [entry] })
  const ways = [
    () => fhir('PUT', at, resource, may),
    () => fhir('PATCH', at, patch, { ...may, 'content-type': 'application/json-patch+json' }),
    () => fhir('POST', '', bundle('transaction'), may),
    () => fhir('POST', '', bundle('batch'), may),
  ]
  for (const way of ways) {
    const { status, text } = await way()
    expect([status, text.includes('"400"')]).toEqual([200, false])
    const last = (await entries()).at(-1)
    expect(last).toMatchObject({ details: { withoutVersion: { reason, records: [id] } } })
  }
  // A version that it names counts, and is not marked.
  expect((await fhir('PUT', at, resource, { ...may, 'if-match': 'W/"1"' })).status).toBe(412)
  expect((await fhir('PUT', at, resource, { ...may, 'if-match': 'W/"5"' })).status).toBe(200)
  expect((await entries()).at(-1)?.details).toBeUndefined()
  const gone = await patient()
  expect((await fhir('DELETE', `/Patient/${gone}`, undefined, may)).status).toBe(204)
  expect((await entries()).at(-1)).toMatchObject({ details: { withoutVersion: { records: [gone] } } })
  expect((await fhir('DELETE', `/Patient/${who}`, undefined, may)).status).toBe(409)
})

test('R-06: what is signed never changes, with a version or without', async ({
  rest: { fhir, patient, make },
  rig,
}) => {
  const who = await patient()
  const note = {
    ...{ resourceType: 'DocumentReference', status: 'current', docStatus: 'final', date: '2026-03-01T10:00:00Z' },
    subject: { reference: `Patient/${who}` },
    authenticator: { reference: `Practitioner/${await make({ resourceType: 'Practitioner' })}` },
    content: [{ attachment: { contentType: 'text/plain', data: 'eA==' } }],
  }
  const id = await make(note)
  const changed = await fhir('PUT', `/DocumentReference/${id}`, { ...note, id }, await tokenOf(rig, reason))
  expect([changed.status, changed.text]).toEqual([422, expect.stringContaining('record-signed')])
})
