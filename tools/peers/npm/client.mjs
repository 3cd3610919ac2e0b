// npm fhirclient (SMART on FHIR). One line for each operation: `name ok`, or `name failed why`.
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const { default: Client } = require('fhirclient/lib/FhirClient.js')

const { FHIR_BASE: base, FHIR_TOKEN: token } = process.env
const mrn = `peer-${Date.now()}`
const client = new Client(base)
const headers = { authorization: `Bearer ${token}` }
const numbered = (value) => ({
  resourceType: 'Patient',
  name: [{ family: 'Zwyssig', given: ['Quirina'] }],
  identifier: [{ system: 'urn:mrn', value }],
})
const observation = (reference) => ({
  resourceType: 'Observation',
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '8480-6' }] },
  subject: { reference },
})
const check = (condition, what) => {
  if (!condition) throw new Error(what)
}

async function step(name, work) {
  try {
    await work()
    console.log(`${name} ok`)
  } catch (error) {
    process.exitCode = 1
    console.log(`${name} failed ${String(error.message).replaceAll('\n', ' ').slice(0, 300)}`)
  }
}

let patient
let result
await step('create', async () => {
  patient = await client.create(numbered(mrn), { headers })
})
await step('read', async () => {
  const read = await client.fhirRequest(`Patient/${patient.id}`, { headers })
  check(read.name[0].family === 'Zwyssig', 'another patient')
})
await step('conditional create', async () => {
  const conditional = { ...headers, 'if-none-exist': `identifier=urn:mrn|${mrn}` }
  check((await client.create(numbered(mrn), { headers: conditional })).id === patient.id, 'a second patient')
})
await step('update with a version', async () => {
  await client.update({ ...patient, gender: 'female' }, { headers: { ...headers, 'if-match': 'W/"1"' } })
})
await step('update without a version', async () => {
  await client.update({ ...patient, gender: 'other' }, { headers })
})
await step('patch without a version', async () => {
  await client.patch(`Patient/${patient.id}`, [{ op: 'add', path: '/active', value: true }], { headers })
})
await step('search with pages', async () => {
  for (let at = 0; at < 5; at++) result = await client.create(observation(`Patient/${patient.id}`), { headers })
  const seen = new Set()
  let address = `Observation?subject=Patient/${patient.id}&_count=2`
  while (address !== undefined) {
    const page = await client.fhirRequest(address, { headers })
    for (const { resource } of page.entry) seen.add(resource.id)
    address = page.link.find(({ relation }) => relation === 'next')?.url
  }
  check(seen.size === 5, `${seen.size} instead of 5`)
})
await step('transaction', async () => {
  const urn = 'urn:uuid:0f0d8c8a-2d6f-4a1d-9d35-1df5d7b1a001'
  const post = (url) => ({ method: 'POST', url })
  const entry = [
    { fullUrl: urn, resource: numbered(`${mrn}-t`), request: post('Patient') },
    { resource: observation(urn), request: post('Observation') },
  ]
  const body = JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry })
  const type = { 'content-type': 'application/fhir+json' }
  const answer = await client.fhirRequest(base, { method: 'POST', headers: { ...headers, ...type }, body })
  check(answer.entry.length === 2, 'entries are missing')
})
await step('delete', async () => {
  await client.delete(`Observation/${result.id}`, { headers })
})
