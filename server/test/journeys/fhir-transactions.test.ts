import { expect } from 'vitest'
import { listOf, type Reply } from '../desk.ts'
import { observation } from '../fixtures.ts'
import { test } from '../rest-rig.ts'

// R4 http, 3.1.0.11, by the book.

type Entry = { fullUrl?: string; resource?: object; request: Record<string, string> }

const transaction = (...entry: Entry[]) => ({ resourceType: 'Bundle', type: 'transaction', entry })
const batch = (...entry: Entry[]) => ({ resourceType: 'Bundle', type: 'batch', entry })
const organization = (name: string, over: object = {}) => ({ resourceType: 'Organization', name, ...over })
const identified = (value: string, over: object = {}) =>
  organization(value, { identifier: [{ system: 'urn:org', value }], ...over })
const post = (resource: { resourceType: string }, more: Record<string, string> = {}): Entry => ({
  resource,
  request: { method: 'POST', url: resource.resourceType, ...more },
})
const put = (url: string, resource: object, more: Record<string, string> = {}): Entry => ({
  resource,
  request: { method: 'PUT', url, ...more },
})
const remove = (url: string): Entry => ({ request: { method: 'DELETE', url } })
const get = (url: string): Entry => ({ request: { method: 'GET', url } })
const patchBinary = (operations: object[]) => ({
  ...{ resourceType: 'Binary', contentType: 'application/json-patch+json' },
  data: Buffer.from(JSON.stringify(operations)).toString('base64'),
})
const statuses = ({ json }: Reply) =>
  listOf(json['entry']).map(({ response }) => String(response?.['status']).slice(0, 3))
const idsOf = ({ json }: Reply) =>
  listOf(json['entry']).map(({ response }) => /\/([0-9a-f-]{36})\/_history/.exec(String(response?.['location']))?.[1])
const places = ({ json }: Reply) => listOf(json['issue']).flatMap(({ expression }) => listOf(expression).map(String))

test('R-09: all methods at once, answered in the order sent, with one entry in the ledger', async ({
  rest: { fhir, make, entries },
}) => {
  const [gone, changed, patched] = [
    await make(identified('1')),
    await make(identified('2')),
    await make(identified('3')),
  ]
  const before = (await entries()).length
  const answer = await fhir(
    'POST',
    '',
    transaction(
      get(`Organization/${changed}`),
      {
        resource: patchBinary([{ op: 'replace', path: '/name', value: 'p' }]),
        request: { method: 'PATCH', url: `Organization/${patched}` },
      },
      put(`Organization/${changed}`, identified('2', { id: changed, name: 'new' }), { ifMatch: 'W/"1"' }),
      post(identified('4')),
      remove(`Organization/${gone}`),
    ),
  )
  expect(answer.status, answer.text).toBe(200)
  expect(answer.json).toMatchObject({ resourceType: 'Bundle', type: 'transaction-response' })
  expect(statuses(answer)).toEqual(['200', '200', '200', '201', '204'])
  const [read, , updated] = listOf(answer.json['entry'])
  expect(read).toMatchObject({ resource: { name: 'new' } })
  expect(updated).toMatchObject({
    response: { etag: 'W/"2"', location: expect.any(String), lastModified: expect.any(String) },
  })
  const made = (await entries()).slice(before)
  expect(made.filter(({ records }) => records.some((one) => one.changed))).toMatchObject([
    { action: 'transaction', records: { length: 4 }, outcome: 'done' },
  ])
})

test('R-09: conditions within a transaction, and what is deleted in it meets none of them', async ({
  rest: { fhir, make },
}) => {
  const [here, gone] = [await make(identified('here')), await make(identified('gone'))]
  const condition = (value: string) => `identifier=urn:org|${value}`
  const answer = await fhir(
    'POST',
    '',
    transaction(
      post(identified('here'), { ifNoneExist: condition('here') }),
      post(identified('gone'), { ifNoneExist: condition('gone') }),
      put(`Organization?${condition('new')}`, identified('new')),
      remove(`Organization?${condition('nowhere')}`),
      remove(`Organization/${gone}`),
    ),
  )
  expect(answer.status, answer.text).toBe(200)
  expect(statuses(answer)).toEqual(['200', '201', '201', '204', '204'])
  expect(idsOf(answer)[1]).not.toBe(gone)
  const again = await fhir(
    'POST',
    '',
    transaction(
      put(`Organization?${condition('new')}`, identified('new', { name: 'x' })),
      remove(`Organization?${condition('here')}`),
      {
        resource: patchBinary([{ op: 'replace', path: '/name', value: 'p' }]),
        request: { method: 'PATCH', url: `Organization?${condition('gone')}` },
      },
    ),
  )
  expect(statuses(again)).toEqual(['200', '204', '200'])
  expect((await fhir('GET', `/Organization/${here}`)).status).toBe(410)
  await make(identified('twice'))
  await make(identified('twice'))
  for (const entry of [
    put(`Organization?${condition('twice')}`, identified('twice')),
    remove(`Organization?${condition('twice')}`),
    post(identified('twice'), { ifNoneExist: condition('twice') }),
  ]) {
    const refused = await fhir('POST', '', transaction(post(organization('x')), entry))
    expect([refused.status, places(refused)]).toEqual([412, ['Bundle.entry[1]']])
  }
})

test.for<[string, (value: string) => Entry[]]>([
  [
    'with the system and without',
    (v) => [
      post(identified(v), { ifNoneExist: `identifier=urn:org|${v}` }),
      post(identified(v), { ifNoneExist: `identifier=${v}` }),
    ],
  ],
  [
    'escaped and not',
    (v) => [
      post(identified(v), { ifNoneExist: `identifier=urn:org|${v}` }),
      post(identified(v), { ifNoneExist: `identifier=urn%3Aorg%7C${v}` }),
    ],
  ],
  [
    'in another case',
    (v) => [
      post(identified(v), { ifNoneExist: `name=${v}-n` }),
      post(identified(v, { name: `${v}-n` }), { ifNoneExist: `name=${v.toUpperCase()}-N` }),
    ],
  ],
  [
    'in another order',
    (v) => [
      post(identified(v), { ifNoneExist: `identifier=${v}&name=${v}` }),
      post(identified(v), { ifNoneExist: `name=${v}&identifier=${v}` }),
    ],
  ],
  [
    'with a criterion more',
    (v) => [
      post(identified(v), { ifNoneExist: `identifier=${v}` }),
      post(identified(v), { ifNoneExist: `identifier=${v}&name=${v}` }),
    ],
  ],
  [
    'a create and an update',
    (v) => [
      put(`Organization?identifier=${v}`, identified(v)),
      post(identified(v), { ifNoneExist: `identifier=urn:org|${v}` }),
    ],
  ],
  [
    'two updates',
    (v) => [
      put(`Organization?identifier=${v}`, identified(v)),
      put(`Organization?identifier=urn:org|${v}`, identified(v)),
    ],
  ],
  [
    'a create on it and one without',
    (v) => [post(identified(v)), post(identified(v), { ifNoneExist: `identifier=${v}` })],
  ],
])(
  'R-09: two entries of which one meets the condition of the other are refused: %s',
  async ([, spell], { rest: { fhir } }) => {
    const value = 'twice'
    const refused = await fhir('POST', '', transaction(post(organization('x')), ...spell(value)))
    expect([refused.status, places(refused)], refused.text).toEqual([400, ['Bundle.entry[2].request']])
    expect((await fhir('GET', `/Organization?identifier=${value}`)).json['total'] ?? 0).toBe(0)
  },
)

test('R-09: entries on conditions that only look alike are carried out', async ({ rest: { fhir, make } }) => {
  const old = await make(identified('swap'))
  const answer = await fhir(
    'POST',
    '',
    transaction(
      post(identified('one'), { ifNoneExist: 'identifier=urn:org|one' }),
      post(identified('two'), { ifNoneExist: 'identifier=two' }),
      post(identified('one', { identifier: [{ system: 'urn:other', value: 'one' }] }), {
        ifNoneExist: 'identifier=urn:other|one',
      }),
      // What is deleted is replaced under the same condition.
      remove('Organization?identifier=swap'),
      post(identified('swap'), { ifNoneExist: 'identifier=swap' }),
    ),
  )
  expect(statuses(answer), answer.text).toEqual(['201', '201', '201', '204', '201'])
  expect(idsOf(answer)[4]).not.toBe(old)
})

test('R-09: references to entries, by urn, by RESTful fullUrl, in attachments and in narrative', async ({
  rest: { fhir },
}) => {
  const [patientUrn, orgOid] = ['urn:uuid:0f0d8c8a-2d6f-4a1d-9d35-1df5d7b1a001', 'urn:oid:1.2.3.4']
  const div = `<div xmlns="http://www.w3.org/1999/xhtml"><a href="${patientUrn}">who</a></div>`
  const answer = await fhir(
    'POST',
    '',
    transaction(
      {
        ...post({
          ...observation('x'),
          text: { status: 'generated', div },
          performer: [{ reference: orgOid }],
        } as never),
        fullUrl: 'urn:uuid:0f0d8c8a-2d6f-4a1d-9d35-1df5d7b1a002',
      },
      { ...post({ resourceType: 'Patient', name: [{ family: 'Zwyssig' }] } as never), fullUrl: patientUrn },
      { ...post(organization('o')), fullUrl: orgOid },
      {
        ...post({
          resourceType: 'Location',
          name: 'l',
          managingOrganization: { reference: 'Organization/7' },
        } as never),
        fullUrl: 'http://example.org/fhir/Location/1',
      },
      { ...post(organization('seven')), fullUrl: 'http://example.org/fhir/Organization/7' },
    ),
  )
  // The observation still points to a patient who is not here.
  expect([answer.status, places(answer)]).toEqual([422, ['Bundle.entry[0].resource.subject']])
  const linked = {
    ...observation('x'),
    subject: { reference: patientUrn },
    text: { status: 'generated', div },
    performer: [{ reference: orgOid }],
  }
  const done = await fhir(
    'POST',
    '',
    transaction(
      { ...post(linked), fullUrl: 'urn:uuid:0f0d8c8a-2d6f-4a1d-9d35-1df5d7b1a002' },
      { ...post({ resourceType: 'Patient', name: [{ family: 'Zwyssig' }] } as never), fullUrl: patientUrn },
      { ...post(organization('o')), fullUrl: orgOid },
      {
        ...post({
          resourceType: 'Location',
          name: 'l',
          managingOrganization: { reference: 'Organization/7' },
        } as never),
        fullUrl: 'http://example.org/fhir/Location/1',
      },
      { ...post(organization('seven')), fullUrl: 'http://example.org/fhir/Organization/7' },
    ),
  )
  expect(done.status, done.text).toBe(200)
  const [observed, patient, org, , seven] = idsOf(done)
  const [first, , , location] = listOf(done.json['entry'])
  expect(first).toMatchObject({
    resource: {
      id: observed,
      subject: { reference: `Patient/${patient}` },
      performer: [{ reference: `Organization/${org}` }],
    },
  })
  expect(String(first?.['resource']?.['text']?.['div'])).toContain(`href="Patient/${patient}"`)
  expect(location).toMatchObject({ resource: { managingOrganization: { reference: `Organization/${seven}` } } })
})

const wrong = (id: string): [string, number, Entry[], string][] => [
  [
    'changes a record twice',
    400,
    [put(`Organization/${id}`, organization('a', { id })), remove(`Organization/${id}`)],
    'Bundle.entry[0].request.url',
  ],
  [
    'names a fullUrl twice',
    400,
    [
      { ...post(organization('a')), fullUrl: 'urn:uuid:1' },
      { ...post(organization('b')), fullUrl: 'urn:uuid:1' },
    ],
    'Bundle.entry[1].fullUrl',
  ],
  [
    'has an entry of another version',
    412,
    [post(organization('a')), put(`Organization/${id}`, organization('a', { id }), { ifMatch: 'W/"9"' })],
    'Bundle.entry[1]',
  ],
  [
    'has an invalid resource',
    422,
    [post(organization('a')), post({ resourceType: 'Patient', gender: 'CANARY-VALUE' } as never)],
    'Bundle.entry[1].resource.gender',
  ],
  [
    'updates what is not here',
    405,
    [
      put(
        'Organization/01890a5d-ac96-8abc-b123-0123456789ab',
        organization('a', { id: '01890a5d-ac96-8abc-b123-0123456789ab' }),
      ),
    ],
    'Bundle.entry[0]',
  ],
  [
    'has a patch that does not fit',
    422,
    [
      {
        resource: patchBinary([{ op: 'remove', path: '/canary' }]),
        request: { method: 'PATCH', url: `Organization/${id}` },
      },
    ],
    'Bundle.entry[0].resource[0]',
  ],
  [
    'has a reference that leads nowhere',
    422,
    [post(organization('a', { partOf: { reference: 'urn:uuid:2' } }))],
    'Bundle.entry[0].resource.partOf',
  ],
  [
    'refers on a condition that nothing meets',
    422,
    [post(organization('a', { partOf: { reference: 'Organization?identifier=urn:org|none' } }))],
    'Bundle.entry[0].resource.partOf',
  ],
  ['deletes by no condition', 400, [remove('Organization?')], 'Bundle.entry[0]'],
  [
    'has an unknown method',
    400,
    [{ request: { method: 'CANARY', url: 'Organization' } }],
    'Bundle.entry[0].request.method',
  ],
]

test('R-09: a transaction that fails names the entry and leaves nothing but one entry of the refusal', async ({
  rest: { fhir, make, entries },
}) => {
  const id = await make(organization('there'))
  for (const [what, status, list, place] of wrong(id)) {
    const before = (await entries()).length
    const refused = await fhir('POST', '', transaction(post(organization('never')), ...list))
    const shifted = place.replace(/\[(\d)\]/, (_, at: string) => `[${Number(at) + 1}]`)
    expect([what, refused.status, places(refused)[0]]).toEqual([what, status, shifted])
    expect(refused.text).not.toContain('CANARY')
    const made = (await entries()).slice(before)
    expect([what, made.filter(({ outcome }) => outcome === 'refused').length]).toEqual([what, 1])
    expect(made.every(({ records }) => records.every(({ changed }) => !changed))).toBe(true)
  }
  expect((await fhir('GET', '/Organization?name=never')).json['total']).toBe(0)
  expect((await fhir('GET', `/Organization/${id}`)).headers['etag']).toBe('W/"1"')
})

test('R-09: a batch does conditions and patches, and its entries know nothing of each other', async ({
  rest: { fhir, make },
}) => {
  const id = await make(identified('1'))
  const answer = await fhir(
    'POST',
    '',
    batch(
      post(identified('1'), { ifNoneExist: 'identifier=urn:org|1' }),
      put('Organization?identifier=urn:org|2', identified('2')),
      {
        resource: patchBinary([{ op: 'replace', path: '/name', value: 'p' }]),
        request: { method: 'PATCH', url: `Organization/${id}` },
      },
      { ...get(`Organization/${id}`), request: { method: 'GET', url: `Organization/${id}`, ifNoneMatch: 'W/"2"' } },
      get(`Organization/${id}/_history?_count=1`),
      get('Organization/_history?_count=1'),
      { ...post(organization('parent')), fullUrl: 'urn:uuid:1' },
      post(organization('child', { partOf: { reference: 'urn:uuid:1' } })),
      remove('Organization?identifier=urn:org|2'),
      remove('Organization'),
    ),
  )
  expect(statuses(answer)).toEqual(['200', '201', '200', '304', '200', '200', '201', '422', '204', '400'])
  expect(listOf(answer.json['entry'])[4]).toMatchObject({ resource: { type: 'history' } })
})

test('R-04: Prefer tells what comes back of a transaction', async ({ rest: { fhir } }) => {
  const ask = (prefer: string) => fhir('POST', '', transaction(post(organization('x'))), { prefer })
  expect(listOf((await ask('return=minimal')).json['entry'])[0]).not.toHaveProperty('resource')
  expect(listOf((await ask('return=representation')).json['entry'])[0]).toMatchObject({ resource: { name: 'x' } })
  expect(listOf((await ask('return=OperationOutcome')).json['entry'])[0]).toMatchObject({
    response: { outcome: { resourceType: 'OperationOutcome' } },
  })
})

test('R-16: each entry of a batch or transaction counts against a person’s rate, so no bundle goes round it', async ({
  rest,
}) => {
  const desk = await rest.desk('clinician')
  const began = performance.now()
  // Refused each for itself and at once: no such interaction.
  const many = await desk.fhir('POST', '', batch(...Array.from({ length: 3000 }, () => remove('Patient/x/_history/1'))))
  const answered = statuses(many).filter((status) => status !== '429')
  const refilled = ((performance.now() - began) / 1000) * 50
  expect(statuses(many)).toHaveLength(3000)
  expect(answered.length).toBeGreaterThan(400)
  expect(answered.length).toBeLessThanOrEqual(500 + refilled)

  const all = await desk.fhir(
    'POST',
    '',
    transaction(...Array.from({ length: 500 }, () => get('Patient?_summary=count'))),
  )
  expect([all.status, listOf(all.json['issue'])[0]?.['code']]).toEqual([429, 'throttled'])
  expect(Number(all.headers['retry-after'])).toBeGreaterThan(0)
  const limited = (await rest.entries()).filter(
    ({ details }) => (details as { code?: string } | undefined)?.code === 'rate-limited',
  )
  expect(limited).toHaveLength(1)
})
