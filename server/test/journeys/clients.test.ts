import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { MedplumClient } from '@medplum/core'
import { Client } from 'fhir-kit-client'
import { expect } from 'vitest'
import { observation } from '../fixtures.ts'
import { test as withRest } from '../rest-rig.ts'

// Programs that other people wrote, over HTTPS and by the book: what they send and what they make of answers. The others
// are in tools/peers; docs/fhir/clients.md has what came of all.

interface Peers {
  readonly base: string
  readonly token: string
}

const test = withRest.extend<{ peers: Peers }>({
  peers: async ({ rest: { listening }, rig }, use) => {
    const before = getCACertificates('default')
    setDefaultCACertificates([...before, readFileSync(join(rig.folder, 'ca.pem'), 'utf8')])
    const { authorization } = await rig.token('system/*.cruds')
    await use({ base: `${listening.url}/fhir/R4`, token: authorization.replace('Bearer ', '') })
    setDefaultCACertificates(before)
  },
})

const numbered = (value: string) => ({
  resourceType: 'Patient' as const,
  name: [{ family: 'Zwyssig', given: ['Quirina'] }],
  identifier: [{ system: 'urn:mrn', value }],
})
const amended = [{ op: 'replace' as const, path: '/status', value: 'amended' }]

test('@medplum/core creates, reads, searches, updates, patches and carries out transactions', async ({ peers }) => {
  const medplum = new MedplumClient({
    ...{ baseUrl: peers.base.replace('fhir/R4', ''), fhirUrlPath: 'fhir/R4', accessToken: peers.token },
    ...{ cacheTime: 0, autoBatchTime: 0 },
  })
  const patient = await medplum.createResource(numbered('MRN-1'))
  expect(patient).toMatchObject({ id: expect.any(String), meta: { versionId: '1' } })
  expect(await medplum.readResource('Patient', patient.id)).toEqual(patient)
  expect(await medplum.createResourceIfNoneExist(numbered('MRN-1'), 'identifier=urn:mrn|MRN-1')).toEqual(patient)
  const ifMatch = (version: number) => ({ headers: { 'if-match': `W/"${version}"` } })
  const updated = await medplum.updateResource({ ...patient, gender: 'female' }, ifMatch(1))
  expect(updated).toMatchObject({ meta: { versionId: '2' } })
  await expect(medplum.updateResource({ ...patient, gender: 'male' }, ifMatch(1))).rejects.toThrow(/has changed/)
  await expect(medplum.updateResource({ ...patient, gender: 'male' })).rejects.toThrow(/If-Match/)
  expect((await medplum.upsertResource({ ...numbered('MRN-1'), gender: 'other' }, 'identifier=urn:mrn|MRN-1')).id).toBe(
    patient.id,
  )
  const results: string[] = []
  for (let at = 0; at < 5; at++) results.push((await medplum.createResource(observation(patient.id))).id)
  expect(await medplum.patchResource('Observation', results[0]!, amended, ifMatch(1))).toMatchObject({
    status: 'amended',
  })
  const seen: unknown[] = []
  const query = new URLSearchParams({ patient: patient.id, _count: '2' })
  for await (const page of medplum.searchResourcePages('Observation', query)) seen.push(...page.map(({ id }) => id))
  expect(seen.toSorted()).toEqual(results.toSorted())
  const urn = 'urn:uuid:0f0d8c8a-2d6f-4a1d-9d35-1df5d7b1a001'
  const done = await medplum.executeBatch({
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [
      { fullUrl: urn, resource: numbered('MRN-2'), request: { method: 'POST', url: 'Patient' } },
      {
        resource: { ...observation('x'), subject: { reference: urn } },
        request: { method: 'POST', url: 'Observation' },
      },
    ],
  })
  const created = { response: { status: '201 Created' } }
  expect(done).toMatchObject({ type: 'transaction-response', entry: [created, created] })
})

test('fhir-kit-client creates, reads, searches, updates, patches and carries out transactions', async ({ peers }) => {
  const client = new Client({ baseUrl: peers.base, bearerToken: peers.token })
  const patient = await client.create({ resourceType: 'Patient', body: numbered('MRN-1') })
  const id = String(patient['id'])
  expect(await client.read({ resourceType: 'Patient', id })).toMatchObject(numbered('MRN-1'))
  const options = { headers: { 'if-none-exist': 'identifier=urn:mrn|MRN-1' } }
  expect(await client.create({ resourceType: 'Patient', body: numbered('MRN-1'), options })).toMatchObject({ id })
  const ifMatch = (version: number) => ({ headers: { 'if-match': `W/"${version}"` } })
  const body = { ...numbered('MRN-1'), id, gender: 'female' }
  const updated = await client.update({ resourceType: 'Patient', id, body, options: ifMatch(1) })
  expect(updated).toMatchObject({ gender: 'female', meta: { versionId: '2' } })
  const blind = client.update({ resourceType: 'Patient', id, body })
  await expect(blind).rejects.toMatchObject({ response: { status: 400 } })
  const searchParams = { identifier: 'urn:mrn|MRN-1' }
  const upserted = await client.update({ resourceType: 'Patient', searchParams, body: numbered('MRN-1') })
  expect(upserted).toMatchObject({ id, meta: { versionId: '3' } })
  const made: unknown[] = []
  for (let at = 0; at < 5; at++)
    made.push((await client.create({ resourceType: 'Observation', body: observation(id) }))['id'])
  const patched = await client.patch({
    ...{ resourceType: 'Observation', id: String(made[0]), jsonPatch: amended },
    options: ifMatch(1),
  })
  expect(patched).toMatchObject({ status: 'amended' })
  const seen: unknown[] = []
  let page = await client.search({ resourceType: 'Observation', searchParams: { patient: id, _count: 2 } })
  for (;;) {
    const { entry = [] } = page as { entry?: { resource: { id: string } }[] }
    seen.push(...entry.map(({ resource }) => resource.id))
    const next = client.nextPage({ bundle: page as never })
    if (next === undefined) break
    page = await next
  }
  expect(seen.toSorted()).toEqual(made.toSorted())
  const entry = [{ resource: numbered('MRN-2'), request: { method: 'POST', url: 'Patient' } }]
  const done = await client.transaction({ body: { resourceType: 'Bundle', type: 'transaction', entry } })
  expect(done).toMatchObject({ type: 'transaction-response', entry: [{ response: { status: '201 Created' } }] })
  const removed = client.delete({ resourceType: 'Observation', id: String(made[0]) })
  await expect(removed).resolves.toBeDefined()
})
