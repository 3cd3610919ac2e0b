import { once } from 'node:events'
import { expect } from 'vitest'
import { listOf } from '../../desk.ts'
import { test } from '../../rest-rig.ts'

const bytes = Buffer.from('canary document, 45 bytes or thereabouts')

test('a document goes up and comes down: who, what and when stand in the chart', async ({ rest }) => {
  const patient = await rest.patient()
  const desk = await rest.desk('nurse')
  const before = (await rest.entries()).length
  const headers = { 'content-type': 'image/png', 'x-title': encodeURIComponent('Röntgen, canary “left”') }
  const stored = await desk.office('POST', `/patients/${patient}/documents`, bytes, headers)
  expect(stored.status).toBe(201)
  expect(stored.json).toMatchObject({
    resourceType: 'DocumentReference',
    description: 'Röntgen, canary “left”',
    subject: { reference: `Patient/${patient}` },
    author: [{ display: desk.name }],
    content: [{ attachment: { contentType: 'image/png', url: expect.stringMatching(/^Binary\/[0-9a-f-]{36}$/) } }],
  })
  const url = String(listOf(stored.json['content'])[0]?.['attachment']?.['url'])
  const got = await desk.office('GET', `/patients/${patient}/documents/${url.slice('Binary/'.length)}`)
  expect(got.text).toBe(bytes.toString())
  expect((await rest.entries()).slice(before)).toMatchObject([
    { action: 'create', types: ['Binary'], patients: [patient] },
    { action: 'create', types: ['DocumentReference'], patients: [patient] },
    { action: 'read', types: ['Binary'], patients: [patient], actor: { id: desk.id } },
  ])
})

test.for<[string, string, string, RegExp]>([
  ['image/png', 'image/png', 'inline', /^sandbox; default-src 'none'/],
  ['IMAGE/PNG; x=y', 'image/png', 'inline', /^sandbox; /],
  ['text/plain; charset=latin1', 'text/plain; charset=utf-8', 'inline', /^sandbox; /],
  ['application/pdf', 'application/pdf', 'inline', /^default-src 'none'; /],
  ['text/html', 'application/octet-stream', 'attachment', /^sandbox; /],
  ['application/xhtml+xml', 'application/octet-stream', 'attachment', /^sandbox; /],
  ['image/svg+xml', 'application/octet-stream', 'attachment', /^sandbox; /],
  ['text/html\t; a', 'application/octet-stream', 'attachment', /^sandbox; /],
  ['nonsense', 'application/octet-stream', 'attachment', /^sandbox; /],
])(
  'V3: what came as %s comes down as %s, %s, and can do nothing here',
  async ([sent, type, disposition, policy], { rest }) => {
    const patient = await rest.patient()
    const desk = await rest.desk('clinician')
    const stored = await desk.office('POST', `/patients/${patient}/documents`, bytes, { 'content-type': sent })
    const url = String(listOf(stored.json['content'])[0]?.['attachment']?.['url'])
    const { headers } = await desk.office('GET', `/patients/${patient}/documents/${url.slice('Binary/'.length)}`)
    expect(headers).toMatchObject({
      'content-type': type,
      'content-disposition': disposition,
      'content-security-policy': expect.stringMatching(policy),
      'x-content-type-options': 'nosniff',
      'content-length': String(bytes.length),
      'cache-control': 'no-store',
    })
    expect(headers['content-security-policy']).not.toMatch(/script-src|allow-/)
  },
)

test('V8: another patient’s document is not found, is not opened, and its entry says so', async ({ rest }) => {
  const [patient, other] = [await rest.patient(), await rest.patient()]
  const binary = await rest.make({
    resourceType: 'Binary',
    contentType: 'text/plain',
    securityContext: { reference: `Patient/${other}` },
    data: bytes.toString('base64'),
  })
  const ofNobody = await rest.make({
    resourceType: 'Binary',
    contentType: 'text/plain',
    data: bytes.toString('base64'),
  })
  const desk = await rest.desk('clinician')
  const before = (await rest.entries()).length
  for (const id of [binary, ofNobody]) {
    const got = await desk.office('GET', `/patients/${patient}/documents/${id}`)
    expect([got.status, got.text.includes('canary')]).toEqual([404, false])
  }
  expect((await rest.entries()).slice(before)).toMatchObject([
    { outcome: 'refused', patients: [patient], types: ['Binary'] },
    { outcome: 'refused', patients: [patient], types: ['Binary'] },
  ])
})

test('an empty file, and a title that cannot be one, are refused and leave nothing', async ({ rest, owner }) => {
  const patient = await rest.patient()
  const desk = await rest.desk('clinician')
  const store = (body: Buffer, headers = {}) => desk.office('POST', `/patients/${patient}/documents`, body, headers)
  expect((await store(Buffer.alloc(0))).json).toMatchObject({ code: 'input-invalid', remedy: '"file" is empty.' })
  for (const title of ['%', '%E0%A4%A', 'x'.repeat(301), 'a%00b', 'a%0Ab'])
    expect((await store(bytes, { 'x-title': title })).json, title).toMatchObject({ code: 'input-invalid' })
  expect((await owner.query('select 1 from records.chunk')).rowCount).toBe(0)
})

test.for([
  ['the web app', (patient: string) => `/office/patients/${patient}/documents`],
  ['FHIR', () => '/fhir/R4/Binary'],
] as const)(
  'an upload through %s that breaks off half way leaves no piece behind',
  async ([, pathOf], { rig, rest, owner }) => {
    const patient = await rest.patient()
    const desk = await rest.desk('clinician')
    const socket = await rig.connect()
    socket.write(
      `POST ${pathOf(patient)} HTTP/1.1\r\nhost: localhost\r\ncookie: ${desk.cookie()}\r\nx-chartkeep: 1\r\nsec-fetch-site: same-origin\r\ncontent-type: application/dicom\r\nx-security-context: Patient/${patient}\r\ncontent-length: 3000000\r\n\r\n`,
    )
    socket.write(Buffer.alloc(1_000_000, 7))
    const pieces = async () => (await owner.query('select 1 from records.chunk')).rowCount
    await expect.poll(pieces).toBeGreaterThan(0)
    socket.destroy()
    await once(socket, 'close')
    await expect.poll(pieces).toBe(0)
    const shown = await desk.office('GET', `/patients/${patient}/records?type=DocumentReference&type=Binary`)
    expect(shown.json['records']).toEqual([])
  },
)
