import fc from 'fast-check'
import { expect } from 'vitest'
import { type Json, listOf, type Reply } from '../desk.ts'
import { test } from '../rest-rig.ts'

const genders = 'http://hl7.org/fhir/ValueSet/administrative-gender'
const actCode = 'http://terminology.hl7.org/CodeSystem/v3-ActCode'
const loinc = 'http://loinc.org'

const codesIn = ({ json }: Reply): string[] => listOf(json['expansion']?.['contains']).map(({ code }) => String(code))

const outputsIn = ({ json }: Reply, name: string): Json[] =>
  listOf(json['parameter']).filter((one) => String(one['name']) === name)

/** The output parameters by name; of several the last. */
const outputOf = ({ json }: Reply): Record<string, unknown> =>
  Object.fromEntries(
    listOf(json['parameter']).map(({ name, ...rest }): [string, unknown] => [String(name), Object.values(rest)[0]]),
  )

const refusalOf = ({ status, json }: Reply): unknown[] => {
  const [issue] = listOf(json['issue'])
  const details = issue?.['details'] as { coding: { code: string }[] } | undefined
  return [status, details?.coding[0]?.code]
}

const parameters = (...parameter: object[]) => ({ resourceType: 'Parameters', parameter })

const shifts = {
  resourceType: 'CodeSystem',
  url: 'https://example.com/shifts',
  version: '2',
  status: 'active',
  content: 'complete',
  hierarchyMeaning: 'is-a',
  concept: [
    { code: 'duty', display: 'On duty', concept: [{ code: 'night', display: 'Night shift' }] },
    { code: 'off', display: 'Off duty', designation: [{ language: 'de', value: 'Frei' }] },
  ],
}

const working = {
  resourceType: 'ValueSet',
  url: 'https://example.com/working',
  status: 'active',
  compose: {
    include: [{ system: shifts.url, filter: [{ property: 'concept', op: 'is-a', value: 'duty' }] }],
  },
}

test('R-14: a shipped value set is expanded by its canonical, by GET and POST, in pages and by words', async ({
  rest,
}) => {
  const whole = await rest.fhir('GET', `/ValueSet/$expand?url=${genders}`)
  expect(whole.json).toMatchObject({
    resourceType: 'ValueSet',
    url: genders,
    status: 'active',
    expansion: {
      total: 4,
      offset: 0,
      parameter: [{ name: 'version', valueUri: 'http://hl7.org/fhir/administrative-gender|4.0.1' }],
    },
  })
  expect(codesIn(whole)).toEqual(['male', 'female', 'other', 'unknown'])
  expect(JSON.stringify(whole.json)).not.toContain('valueset-unclosed')
  const posted = await rest.fhir(
    'POST',
    '/ValueSet/$expand',
    parameters({ name: 'url', valueUri: `${genders}|4.0.1` }, { name: 'filter', valueString: 'MALE' }),
  )
  expect(codesIn(posted)).toEqual(['male', 'female'])
  const page = await rest.fhir('GET', `/ValueSet/$expand?url=${genders}&offset=1&count=2`)
  expect([codesIn(page), Number(page.json['expansion']?.['total'])]).toEqual([['female', 'other'], 4])
  const counted = await rest.fhir('GET', `/ValueSet/$expand?url=${genders}&count=0`)
  expect(counted.json['expansion']).not.toHaveProperty('contains')
})

test('what comes with the server is not served as records, and looking at it leaves no entry', async ({ rest }) => {
  const before = (await rest.entries()).length
  await rest.fhir('GET', `/ValueSet/$expand?url=${genders}`)
  await rest.fhir('GET', `/CodeSystem/$lookup?system=${actCode}&code=IMP`)
  expect(await rest.entries()).toHaveLength(before)
  const found = await rest.fhir('GET', `/ValueSet?url=${genders}`)
  expect([found.status, listOf(found.json['entry'])]).toEqual([200, []])
})

test('a practice’s own definitions are found by canonical and by id, and looking at them is recorded', async ({
  rest,
}) => {
  await rest.make(shifts)
  const id = await rest.make(working)
  const before = (await rest.entries()).length
  expect(codesIn(await rest.fhir('GET', `/ValueSet/$expand?url=${working.url}`))).toEqual(['duty', 'night'])
  const entries = (await rest.entries()).slice(before)
  expect(entries.flatMap(({ types }) => types)).toEqual(expect.arrayContaining(['ValueSet', 'CodeSystem']))
  expect(codesIn(await rest.fhir('GET', `/ValueSet/${id}/$expand`))).toEqual(['duty', 'night'])
  // Its own value set may name both what is stored and what is shipped.
  const mixed = {
    ...working,
    url: 'https://example.com/mixed',
    compose: { include: [{ valueSet: [working.url] }, { valueSet: [genders] }] },
  }
  expect(
    codesIn(await rest.fhir('POST', '/ValueSet/$expand', parameters({ name: 'valueSet', resource: mixed }))),
  ).toEqual(['duty', 'night', 'male', 'female', 'other', 'unknown'])
  // A change counts at once.
  await rest.fhir('PUT', `/ValueSet/${id}`, {
    ...working,
    id,
    compose: { include: [{ system: shifts.url, concept: [{ code: 'off' }] }] },
  })
  expect(codesIn(await rest.fhir('GET', `/ValueSet/$expand?url=${working.url}`))).toEqual(['off'])
})

test('of several versions the one that is named counts, else the newest that is in use', async ({ rest }) => {
  const of = (version: string, status: string, code: string) =>
    rest.make({ ...working, version, status, compose: { include: [{ system: shifts.url, concept: [{ code }] }] } })
  await of('9', 'active', 'nine')
  await of('10', 'active', 'ten')
  await of('11', 'draft', 'eleven')
  expect(codesIn(await rest.fhir('GET', `/ValueSet/$expand?url=${working.url}`))).toEqual(['ten'])
  expect(codesIn(await rest.fhir('GET', `/ValueSet/$expand?url=${working.url}|11`))).toEqual(['eleven'])
  expect(codesIn(await rest.fhir('GET', `/ValueSet/$expand?url=${working.url}&valueSetVersion=9`))).toEqual(['nine'])
})

test('what cannot be worked out is refused, and what is known in part says so', async ({ rest: { fhir } }) => {
  const expand = (query: string) => fhir('GET', `/ValueSet/$expand?${query}`)
  const sent = (compose: object) =>
    fhir(
      'POST',
      '/ValueSet/$expand',
      parameters({ name: 'valueSet', resource: { resourceType: 'ValueSet', status: 'draft', compose } }),
    )
  expect(refusalOf(await expand('url=https://example.com/none'))).toEqual([404, 'value-set-unknown'])
  expect(refusalOf(await expand(`url=${genders}|9`))).toEqual([404, 'value-set-unknown'])
  expect(refusalOf(await expand(''))).toEqual([422, 'input-invalid'])
  expect(refusalOf(await expand(`url=${genders}&count=-1`))).toEqual([400, 'parameter-invalid'])
  expect(refusalOf(await expand(`url=${genders}&context=x`))).toEqual([400, 'parameter-unknown'])
  expect(refusalOf(await sent({ include: [{ system: 'http://snomed.info/sct' }] }))).toEqual([
    422,
    'value-set-unusable',
  ])
  const filter = (op: string, value: string) => ({
    include: [{ system: actCode, filter: [{ property: 'code', op, value }] }],
  })
  expect(refusalOf(await sent(filter('regex', '(a)\\1')))).toEqual([422, 'value-set-unusable'])
  expect(refusalOf(await sent(filter('regex', '(a{99}){99}')))).toEqual([422, 'expansion-too-costly'])
  expect(
    refusalOf(
      await fhir('POST', '/ValueSet/$expand', parameters({ name: 'valueSet', resource: { resourceType: 'ValueSet' } })),
    ),
  ).toEqual([422, 'resource-invalid'])
  const part = await sent({
    include: [
      { system: loinc, concept: [{ code: '8480-6' }] },
      { system: loinc, filter: [{ property: 'parent', op: '=', value: 'x' }] },
    ],
  })
  expect(part.json['expansion']).toMatchObject({
    extension: [{ url: expect.stringContaining('valueset-unclosed'), valueBoolean: true }],
    parameter: [{ name: 'unknown', valueUri: loinc }],
    contains: [{ system: loinc, code: '8480-6' }],
  })
})

test('a value set too long for one answer is listed in pages, or cut off on request', async ({ rest: { fhir } }) => {
  const concept = Array.from({ length: 10_001 }, (_, at) => ({ code: `c${at}` }))
  const resource = { resourceType: 'ValueSet', status: 'draft', compose: { include: [{ system: loinc, concept }] } }
  const ask = (...more: object[]) =>
    fhir('POST', '/ValueSet/$expand', parameters({ name: 'valueSet', resource }, ...more))
  expect(refusalOf(await ask())).toEqual([422, 'expansion-too-costly'])
  expect(codesIn(await ask({ name: 'offset', valueInteger: 10_000 }))).toEqual(['c10000'])
  const cut = await ask({ name: 'limitedExpansion', valueBoolean: true })
  expect([codesIn(cut).length, JSON.stringify(cut.json).includes('valueset-unclosed')]).toEqual([10_000, true])
})

test('R-14: a code is looked up with what stands above and below it, and only what is wanted', async ({ rest }) => {
  const all = await rest.fhir('GET', `/CodeSystem/$lookup?system=${actCode}&code=IMP`)
  expect(outputOf(all)).toMatchObject({ name: 'v3.ActCode', version: '2018-08-12', display: 'inpatient encounter' })
  const parts = outputsIn(all, 'property').map(({ part }) =>
    listOf(part).map((one) => one['valueCode'] ?? one['valueBoolean']),
  )
  expect(parts).toEqual([
    ['parent', '_ActEncounterCode'],
    ['child', 'ACUTE'],
    ['child', 'NONAC'],
    ['inactive', false],
  ])
  const coding = { system: actCode, code: 'IMP' }
  const some = await rest.fhir(
    'POST',
    '/CodeSystem/$lookup',
    parameters({ name: 'coding', valueCoding: coding }, { name: 'property', valueCode: 'parent' }),
  )
  expect(outputsIn(some, 'property')).toHaveLength(1)
  await rest.make(shifts)
  const own = await rest.fhir('GET', `/CodeSystem/$lookup?system=${shifts.url}&version=2&code=off&property=lang.de`)
  expect(listOf(own.json['parameter']).map(({ name }) => name)).toEqual(['name', 'version', 'display', 'designation'])
  const refused = async (query: string) => refusalOf(await rest.fhir('GET', `/CodeSystem/$lookup?${query}`))
  expect(await refused(`system=${actCode}&code=nothing`)).toEqual([404, 'code-unknown'])
  expect(await refused(`system=${loinc}&code=8480-6`)).toEqual([404, 'code-system-unknown'])
  expect(await refused('code=8480-6')).toEqual([422, 'input-invalid'])
  expect(await refused(`system=${actCode}`)).toEqual([422, 'input-invalid'])
})

test('R-14: a code is validated against a value set, with the reason when it is not right', async ({ rest }) => {
  const validate = async (query: string) => outputOf(await rest.fhir('GET', `/ValueSet/$validate-code?${query}`))
  const system = 'http://hl7.org/fhir/administrative-gender'
  expect(await validate(`url=${genders}&system=${system}&code=female`)).toEqual({ result: true, display: 'Female' })
  expect(await validate(`url=${genders}&system=${system}&code=female&display=Male`)).toMatchObject({
    result: false,
    message: expect.stringContaining('display'),
    display: 'Female',
  })
  expect(await validate(`url=${genders}&code=woman`)).toMatchObject({ result: false })
  const conditions = 'http://hl7.org/fhir/ValueSet/condition-code'
  expect(await validate(`url=${conditions}&system=http://snomed.info/sct&code=44054006`)).toMatchObject({
    result: false,
    message: expect.stringContaining('not known here'),
  })
  const concept = {
    coding: [
      { system: loinc, code: '8480-6' },
      { system, code: 'male' },
    ],
  }
  const several = parameters(
    { name: 'url', valueUri: genders },
    { name: 'codeableConcept', valueCodeableConcept: concept },
  )
  expect(outputOf(await rest.fhir('POST', '/ValueSet/$validate-code', several))).toMatchObject({ result: true })
  await rest.make(shifts)
  const id = await rest.make(working)
  const coding = { system: shifts.url, code: 'night', display: 'night SHIFT' }
  const one = await rest.fhir(
    'POST',
    `/ValueSet/${id}/$validate-code`,
    parameters({ name: 'coding', valueCoding: coding }),
  )
  expect(outputOf(one)).toEqual({ result: true, display: 'Night shift' })
})

test('R-14: a code is validated against its system, and an unknown system is a reason, not an error', async ({
  rest,
}) => {
  const validate = async (query: string) => outputOf(await rest.fhir('GET', `/CodeSystem/$validate-code?${query}`))
  expect(await validate(`url=${actCode}&code=IMP`)).toMatchObject({ result: true, display: 'inpatient encounter' })
  expect(await validate(`url=${actCode}&code=nothing`)).toMatchObject({ result: false })
  expect(await validate(`url=${actCode}&code=_ActEncounterCode`)).toMatchObject({ result: false })
  expect(await validate(`url=${actCode}&code=_ActEncounterCode&abstract=true`)).toMatchObject({ result: true })
  expect(await validate(`url=${loinc}&code=8480-6`)).toMatchObject({
    result: false,
    message: expect.stringContaining('not known here'),
  })
  const id = await rest.make(shifts)
  const own = await rest.fhir('GET', `/CodeSystem/${id}/$validate-code?code=night`)
  expect(outputOf(own)).toEqual({ result: true, display: 'Night shift' })
  const sent = parameters({ name: 'codeSystem', resource: shifts }, { name: 'code', valueCode: 'day' })
  expect(outputOf(await rest.fhir('POST', '/CodeSystem/$validate-code', sent))).toMatchObject({ result: false })
})

test('R-14: of two codes it is told which means more', async ({ rest }) => {
  const ask = (a: string, b: string) =>
    rest.fhir('GET', `/CodeSystem/$subsumes?system=${actCode}&codeA=${a}&codeB=${b}`)
  expect(outputOf(await ask('IMP', 'ACUTE'))).toEqual({ outcome: 'subsumes' })
  expect(outputOf(await ask('ACUTE', 'IMP'))).toEqual({ outcome: 'subsumed-by' })
  expect(refusalOf(await ask('ACUTE', 'nothing'))).toEqual([404, 'code-unknown'])
  const id = await rest.make(shifts)
  expect(outputOf(await rest.fhir('GET', `/CodeSystem/${id}/$subsumes?codeA=duty&codeB=off`))).toEqual({
    outcome: 'not-subsumed',
  })
  const coding = (name: string, system: string, code: string) => ({ name, valueCoding: { system, code } })
  const mixed = parameters(coding('codingA', actCode, 'IMP'), coding('codingB', loinc, 'IMP'))
  expect(refusalOf(await rest.fhir('POST', '/CodeSystem/$subsumes', mixed))).toEqual([404, 'code-unknown'])
})

test('R-10: a search by value set or by meaning knows what is shipped and what the practice has stored', async ({
  rest,
  rig,
}) => {
  await rest.make(shifts)
  await rest.make(working)
  const patient = await rest.patient()
  const observe = (system: string, code: string) =>
    rest.make({
      resourceType: 'Observation',
      status: 'final',
      subject: { reference: `Patient/${patient}` },
      code: { coding: [{ system, code }] },
    })
  const night = await observe(shifts.url, 'night')
  const off = await observe(shifts.url, 'off')
  const inpatient = await observe(actCode, 'ACUTE')
  const find = async (query: string) => {
    const { json } = await rest.fhir('GET', `/Observation?patient=${patient}&${query}`)
    return listOf(json['entry']).map((entry) => String(entry['resource']?.['id']))
  }
  expect(await find(`code:in=${working.url}`)).toEqual([night])
  expect((await find(`code:not-in=${working.url}`)).toSorted()).toEqual([off, inpatient].toSorted())
  expect(await find(`code:below=${shifts.url}|duty`)).toEqual([night])
  expect(await find(`code:below=${actCode}|IMP`)).toEqual([inpatient])
  expect(await find('code:in=http://terminology.hl7.org/ValueSet/v3-ActEncounterCode')).toEqual([inpatient])
  const { status } = await rest.fhir('GET', `/Observation?patient=${patient}&code:in=https://example.com/none`)
  expect(status).toBe(400)
  // Pages go on with the same definitions.
  const first = await rest.fhir('GET', `/Observation?patient=${patient}&code:not-in=${working.url}&_count=1`)
  const next = String(listOf(first.json['link']).find(({ relation }) => String(relation) === 'next')?.['url'])
  const second = await rest.fhir('GET', next.slice(next.indexOf('/fhir/R4') + '/fhir/R4'.length))
  expect(listOf(second.json['entry'])).toHaveLength(1)
  // Who may not see definitions learns nothing from one by way of a search.
  const { authorization } = await rig.token('system/Observation.rs')
  const narrow = { authorization }
  const refused = await rest.fhir('GET', `/Observation?patient=${patient}&code:in=${working.url}`, undefined, narrow)
  expect(refusalOf(refused)).toEqual([403, 'scope-insufficient'])
  const shipped = await rest.fhir('GET', `/Observation?patient=${patient}&code:below=${actCode}|IMP`, undefined, narrow)
  expect(shipped.status).toBe(200)
})

test('the CapabilityStatement tells of these operations where they are served', async ({ rest }) => {
  const { json } = await rest.fhir('GET', '/metadata')
  const resources = listOf(listOf(json['rest'])[0]?.['resource'])
  const of = (type: string) =>
    listOf(resources.find((one) => String(one['type']) === type)?.['operation']).map(({ name }) => name)
  expect(of('ValueSet')).toEqual(expect.arrayContaining(['expand', 'validate-code']))
  expect(of('CodeSystem')).toEqual(expect.arrayContaining(['lookup', 'validate-code', 'subsumes']))
  expect(of('Patient')).not.toContain('expand')
})

const word = fc.constantFrom(
  ...[
    '',
    'female',
    genders,
    actCode,
    'IMP',
    'true',
    '-1',
    '1e9',
    '|',
    '*',
    'is-a',
    'regex',
    '(a+)+$',
    '__proto__',
    '\u0000',
  ],
)
const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    word,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom(
        'system',
        'code',
        'display',
        'version',
        'coding',
        'resourceType',
        'compose',
        'include',
        'filter',
        'valueSet',
        'concept',
        'url',
        'property',
        'op',
        'value',
        'status',
      ),
      tie('value'),
      { maxKeys: 5 },
    ),
  ),
})).value
const parameter = fc.record(
  {
    name: fc.constantFrom(
      'url',
      'valueSet',
      'code',
      'system',
      'coding',
      'codeableConcept',
      'filter',
      'count',
      'offset',
      'codeA',
      'codeB',
      'codingA',
      'codeSystem',
      'property',
      'display',
      'resource',
    ),
    valueString: value,
    valueCoding: value,
    resource: value,
  },
  { requiredKeys: ['name'] },
)
const set = fc.record({
  resourceType: fc.constant('ValueSet'),
  status: fc.constant('active'),
  compose: fc.record({
    include: fc.array(
      fc.record(
        {
          system: fc.constantFrom(actCode, loinc, 'urn:x'),
          concept: fc.array(fc.record({ code: fc.constantFrom('IMP', 'a') }), { minLength: 1, maxLength: 2 }),
          filter: fc.array(
            fc.record({
              property: fc.constantFrom('concept', 'code', 'display', 'taste'),
              op: fc.constantFrom(
                'is-a',
                'descendent-of',
                'is-not-a',
                'generalizes',
                'regex',
                'in',
                'not-in',
                'exists',
                '=',
              ),
              value: fc.oneof(
                fc.constantFrom('IMP', '(a+)+$', '[', 'true'),
                fc.string({ minLength: 1, unit: 'grapheme-ascii' }),
              ),
            }),
            { minLength: 1, maxLength: 2 },
          ),
          valueSet: fc.array(fc.constantFrom(genders, 'urn:y'), { minLength: 1, maxLength: 2 }),
        },
        { requiredKeys: ['system'] },
      ),
      { minLength: 1, maxLength: 3 },
    ),
  }),
})

test('R-14, R-16: whatever is sent to them, they answer or refuse, and say nothing back of what was sent', async ({
  rest,
}) => {
  const paths = [
    '/ValueSet/$expand',
    '/ValueSet/$validate-code',
    '/CodeSystem/$validate-code',
    '/CodeSystem/$lookup',
    '/CodeSystem/$subsumes',
  ]
  const canary = { name: 'display', valueString: 'canary-77' }
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...paths), fc.array(parameter, { maxLength: 4 }), async (path, list) => {
      const { status, text } = await rest.fhir('POST', path, parameters(...list, canary))
      expect(status).toBeLessThan(500)
      expect(text).not.toContain('canary-77')
    }),
    { numRuns: 400 },
  )
  await fc.assert(
    fc.asyncProperty(set, async (resource) => {
      const { status } = await rest.fhir('POST', '/ValueSet/$expand', parameters({ name: 'valueSet', resource }))
      expect([200, 422]).toContain(status)
    }),
    { numRuns: 200 },
  )
})
