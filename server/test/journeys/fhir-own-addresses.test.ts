import { describe, expect } from 'vitest'
import { listOf } from '../desk.ts'
import { type Rest, test } from '../rest-rig.ts'

// R4 references, 2.3.0.1: an absolute address of ours and its relative form mean the same record, in conditions too.

const observation = (id: string, code = 'x') => ({
  ...{ resourceType: 'Observation', status: 'final', code: { text: code, coding: [{ system: 'urn:c', code }] } },
  subject: { reference: `Patient/${id}` },
})
const transaction = (...requests: object[]) => ({ resourceType: 'Bundle', type: 'transaction', entry: requests })

describe.each<[string, (base: string) => string]>([
  ['the address of this service', (base) => base],
  ['its address in capitals', (base) => base.replace(/^https:..[^/]*/, (host) => host.toUpperCase())],
])('R4 references, 2.3.0.1: %s', (_, spell) => {
  const setUp = async ({ listening, patient, make }: Rest) => {
    const base = spell(`${listening.url}/fhir/R4`)
    const person = await patient()
    const other = await patient()
    const id = await make(observation(person))
    await make(observation(other))
    const address = `${base}/Patient/${person}`
    return { person, id, address, query: `subject=${encodeURIComponent(address)}` }
  }

  test('finds, plainly, by a list, through a chain and backwards', async ({ rest }) => {
    const { person, id, address, query } = await setUp(rest)
    const encoded = encodeURIComponent(address)
    const within = await rest.make({ ...observation(person), hasMember: [{ reference: `Observation/${id}` }] })
    const queries: [string, string[]][] = [
      [`Observation?${query}&has-member:missing=true`, [id]],
      [`Observation?patient=${encoded}&has-member:missing=true`, [id]],
      [`Observation?subject:Patient=${encoded}&has-member:missing=true`, [id]],
      [`Observation?subject=${encoded},Patient/${person}&has-member:missing=true`, [id]],
      [`Observation?patient=${person}&has-member:Observation.subject=${encoded}`, [within]],
      [
        `Patient?_has:Observation:subject:has-member=${encodeURIComponent(address.replace(/Patient.*/, `Observation/${id}`))}`,
        [person],
      ],
    ]
    for (const [asked, expected] of queries) {
      const { json, text } = await rest.fhir('GET', `/${asked}`)
      const ids = listOf(json['entry']).map(({ resource }) => resource?.['id'])
      expect([asked, ids], text).toEqual([asked, expected])
    }
    const lastn = await rest.fhir('GET', `/Observation/$lastn?patient=${encoded}`)
    expect(lastn.json['total']).toBeGreaterThan(0)
  })

  test('meets the condition of each change', async ({ rest }) => {
    const { person, id, query } = await setUp(rest)
    const { fhir } = rest
    const condition = `/Observation?${query}`
    const again = await fhir('POST', '/Observation', observation(person), { 'if-none-exist': query })
    expect([again.status, again.json['id']]).toEqual([200, id])
    const updated = await fhir('PUT', condition, observation(person, 'y'))
    expect([updated.status, updated.json['id']]).toEqual([200, id])
    const patch = JSON.stringify([{ op: 'replace', path: '/code/text', value: 'z' }])
    const patched = await fhir('PATCH', condition, patch, { 'content-type': 'application/json-patch+json' })
    expect([patched.status, patched.json['id']]).toEqual([200, id])
    const requests = [
      { resource: observation(person), request: { method: 'POST', url: 'Observation', ifNoneExist: query } },
      { resource: observation(person), request: { method: 'PUT', url: condition.slice(1) } },
    ]
    for (const one of requests) {
      const { status, json } = await fhir('POST', '', transaction(one))
      const [response] = listOf(json['entry']).map((answered) => answered['response'])
      expect([status, response?.['status']]).toEqual([200, expect.stringMatching(/^200/)])
    }
    const batch = await fhir('POST', '', { ...transaction(...requests), type: 'batch' })
    expect(listOf(batch.json['entry']).map(({ response }) => response?.['status'])).toEqual(['200', '200'])
    expect((await fhir('DELETE', condition)).status).toBe(204)
    expect((await fhir('GET', `/Observation/${id}`)).status).toBe(410)
  })

  test('and its relative form at once make one record', async ({ rest }) => {
    const { person, query } = await setUp(rest)
    const criteria = 'code=urn:c|new'
    const resource = observation(person, 'new')
    const made = await Promise.all(
      [`${query}&${criteria}`, `subject=Patient/${person}&${criteria}`, `${criteria}&patient=${person}`].map(
        async (text) => rest.fhir('POST', '/Observation', resource, { 'if-none-exist': text }),
      ),
    )
    expect(made.map(({ status }) => status).toSorted()).toEqual([200, 200, 201])
  })

  test('meets a condition that a reference states', async ({ rest }) => {
    const { person, id, query } = await setUp(rest)
    const hasMember = [{ reference: `Observation?${query}&code=urn:c|x` }]
    const resource = { ...observation(person, 'panel'), hasMember }
    const { status, json, text } = await rest.fhir(
      'POST',
      '',
      transaction({ resource, request: { method: 'POST', url: 'Observation' } }),
    )
    expect(status, text).toBe(200)
    expect(listOf(json['entry'])[0]?.['resource']?.['hasMember']).toEqual([{ reference: `Observation/${id}` }])
  })
})

test('what is compared as a text keeps its address', async ({ rest: { fhir, make, listening } }) => {
  const url = `${listening.url}/fhir/R4/ValueSet/of-mine`
  const id = await make({ resourceType: 'ValueSet', status: 'draft', url, identifier: [{ system: url, value: '1' }] })
  for (const query of [`url=${url}`, `identifier=${url}|1`, `url=${url}&status=draft`]) {
    const { json } = await fhir('GET', `/ValueSet?${query}`)
    expect(listOf(json['entry']).map(({ resource }) => resource?.['id'])).toEqual([id])
  }
  for (const query of [`url:above=${url}/more`, `url:below=${listening.url}/fhir/R4/ValueSet`])
    expect((await fhir('GET', `/ValueSet?${query}`)).json['entry']).toHaveLength(1)
  const questionnaire = `${listening.url}/fhir/R4/Questionnaire/of-mine`
  const response = await make({
    resourceType: 'QuestionnaireResponse',
    status: 'completed',
    questionnaire: `${questionnaire}|1.0`,
  })
  for (const query of [questionnaire, `${questionnaire}|1.0`, 'Questionnaire/of-mine', `${questionnaire}|2.0`]) {
    const { json } = await fhir('GET', `/QuestionnaireResponse?questionnaire=${query}`)
    const found = listOf(json['entry']).map(({ resource }) => resource?.['id'])
    expect([query, found]).toEqual([query, query.endsWith('2.0') ? [] : [response]])
  }
})
