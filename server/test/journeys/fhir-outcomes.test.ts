import { expect } from 'vitest'
import { type Json, listOf, type Reply } from '../desk.ts'
import { observation } from '../fixtures.ts'
import { test } from '../rest-rig.ts'

// what a program shows its user is often the diagnostics of the first issue alone, so that says what is wrong and
// where: elements and R4's own names of parameters, places and offsets; nothing that was sent.

const issuesOf = ({ json }: Reply): Json[] => listOf(json['issue'])
const first = (reply: Reply): string => String(issuesOf(reply)[0]?.['diagnostics'])

test('R-15: an element that is wrong is named in the first issue, and the reference kept', async ({
  rest: { fhir, patient },
}) => {
  const sent = await fhir('POST', '/Observation', { ...observation(await patient()), status: 'CANARY' })
  expect(first(sent)).toMatch(
    /^The resource does not follow its R4 definition\. Observation\.status: .* Reference [0-9a-f-]{36}\.$/,
  )
  expect(issuesOf(sent)[1]).toMatchObject({ expression: ['Observation.status'] })
  const many = await fhir('POST', '/Patient', { resourceType: 'Patient', a: 1, b: 1, c: 1, d: 1, e: 1 })
  expect(first(many)).toContain('And 2 more.')
  expect(sent.text + many.text).not.toContain('CANARY')
})

test.for<[string, string, string]>([
  ['/Patient?birthdate=CANARY', 'birthdate', 'http.birthdate'],
  ['/Patient?birthdate:CANARY=1', 'in place 1', 'http'],
  ['/Observation?subject:Patient.birthdate=CANARY', 'subject:Patient.birthdate', 'http.subject:Patient.birthdate'],
  ['/Patient?name=x&_count=CANARY', '_count', 'http._count'],
  ['/Patient?name=x&_summary=CANARY', '_summary', 'http._summary'],
  ['/Patient/_history?_since=CANARY', '_since', 'http._since'],
  ['/Patient/01890a5d-ac96-8abc-b123-0123456789ab/$everything?_type=CANARY', '_type', 'http._type'],
  ['/Patient/01890a5d-ac96-8abc-b123-0123456789ab/$everything?_since=2020&CANARY=1', 'in place 2', 'http'],
])('R-15: %s names the parameter: %s', async ([path, named, location], { rest: { fhir } }) => {
  const refused = await fhir('GET', path)
  expect([refused.status, first(refused)]).toEqual([400, expect.stringContaining(`The parameter ${named} `)])
  expect(issuesOf(refused)[1]).toMatchObject({ location: [location] })
  expect(refused.text).not.toContain('CANARY')
})

test('R-15: a parameter that is not known is told by its place when the caller is strict', async ({
  rest: { fhir },
}) => {
  const refused = await fhir('GET', '/Patient?name=x&CANARY=1', undefined, { prefer: 'handling=strict' })
  expect([refused.status, first(refused)]).toEqual([400, expect.stringContaining('The parameter in place 2 ')])
  expect(refused.text).not.toContain('CANARY')
})

test('R-15: a body that is no JSON is told by its offset', async ({ rest: { fhir } }) => {
  for (const [body, offset] of [
    ['{"resourceType":"Patient",}', 26],
    ['{"a":1,"a":2}', 7],
    ['', 0],
  ] as const) {
    const refused = await fhir('POST', '/Patient', body)
    expect([body, refused.status, first(refused)]).toEqual([
      body,
      400,
      expect.stringContaining(`at byte ${offset} of the body`),
    ])
  }
})
