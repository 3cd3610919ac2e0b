// What an import does with what is here already: by the same name in the source, or by a condition.
import { describe, expect } from 'vitest'
import { type Id, newId } from '#base'
import { importedId } from '#import'
import { Grant, parseScope } from '#policy'
import { actor, bundle, entry, lines, observation, patient, reasons, test, urn } from './importing.ts'

const dated = (lastUpdated: string) => ({ meta: { lastUpdated } })
const [spring, summer, autumn] = ['2024-03-01T00:00:00Z', '2024-06-01T00:00:00Z', '2024-09-01T00:00:00Z'] as const
const counts = (report: object) =>
  Object.fromEntries(
    Object.entries(report).filter(([name]) => ['imported', 'unchanged', 'updated', 'contradictory'].includes(name)),
  )
const grant = <A extends 'create' | 'update' | 'search'>(action: A, type: 'Patient' | 'Practitioner' | 'Observation') =>
  Grant.for({ actor, action, type, purpose: 'SYSADMIN' })

describe('a record that was imported before', () => {
  test('is replaced by a changed one, and the report says how many', async ({ setting }) => {
    const files = (status: string) => ({
      'a.ndjson': lines(patient('p'), observation('o1', 'Patient/p', { status }), observation('o2', 'Patient/p')),
    })
    expect(counts(await setting.bring(files('preliminary')))).toEqual({
      ...{ imported: 3, unchanged: 0, updated: 0, contradictory: 0 },
    })
    expect(counts(await setting.bring(files('final')))).toEqual({
      ...{ imported: 3, unchanged: 2, updated: 1, contradictory: 0 },
    })
    expect(await setting.stored('Observation', 'Observation/o1', 'Patient/p')).toMatchObject({
      ...{ status: 'final', meta: { versionId: '2' } },
    })
    expect(counts(await setting.bring(files('final')))).toMatchObject({ unchanged: 3, updated: 0 })
  })

  test.for([
    ['a newer state replaces it', spring, summer, 'male', { updated: 1 }],
    ['an older state does not', summer, spring, 'female', { contradictory: 1 }],
    ['one of the same time does', summer, summer, 'male', { updated: 1 }],
    ['one without a time is older than one with', summer, undefined, 'female', { contradictory: 1 }],
    ['of two without a time, the later import counts', undefined, undefined, 'male', { updated: 1 }],
  ] as const)('%s', async ([, before, after, gender, counted], { setting }) => {
    const at = (time: string | undefined) => (time === undefined ? {} : dated(time))
    await setting.bring({ 'a.ndjson': lines(patient('p', at(before))) })
    const report = await setting.bring({ 'b.ndjson': lines(patient('p', { ...at(after), gender: 'male' })) })
    expect(report).toMatchObject(counted)
    expect(await setting.stored('Patient', 'Patient/p')).toMatchObject({ gender })
  })

  test('of an import that replaced it, remembers the newer state', async ({ setting }) => {
    for (const [time, gender] of [
      [spring, 'female'],
      [autumn, 'male'],
      [summer, 'other'],
    ] as const)
      await setting.bring({ 'a.ndjson': lines(patient('p', { ...dated(time), gender })) })
    expect(await setting.stored('Patient', 'Patient/p')).toMatchObject({ gender: 'male' })
  })

  test.for(['update', 'delete'] as const)(
    'and changed here since by an %s, is left as it is',
    async (kind, { setting }) => {
      const { records, parts, bring } = setting
      await bring({ 'a.ndjson': lines(patient('p')) })
      const id = importedId<string>(parts.idKey, 'test', 'Patient/p')
      const scopes = [parseScope('system/Patient.cruds')!]
      const client = { ...actor, kind: 'client', id: newId<'client'>(0), scopes } as const
      const by = <A extends 'update' | 'delete'>(action: A) =>
        Grant.for({ actor: client, action, type: 'Patient', purpose: 'TREAT' })
      const resource = { resourceType: 'Patient', gender: 'other' } as const
      await records.write(
        [
          kind === 'update'
            ? { kind, id, grant: by('update'), resource }
            : { kind, id, grant: by('delete'), type: 'Patient' },
        ],
        newId(0),
      )
      const again = await bring({ 'a.ndjson': lines(patient('p', { gender: 'male' })) })
      expect(again).toMatchObject({ imported: 0, contradictory: 1 })
      expect(reasons(again)[0]).toMatch(/(changed|deleted) here since it was imported/)
      const unchanged = await bring({ 'a.ndjson': lines(patient('p'), observation('o', 'Patient/p')) })
      expect(unchanged.contradictory).toBe(1)
      expect(unchanged.imported).toBe(kind === 'update' ? 1 : 0)
    },
  )

  test('is held against what is here to the digit', async ({ setting }) => {
    const valued = (text: string) =>
      `${lines(patient('p'))}\n${lines(
        observation('o', 'Patient/p', { valueQuantity: { value: 1234, unit: 'mg' } }),
      ).replace('1234', text)}`
    await setting.bring({ 'a.ndjson': valued('1.0') })
    expect(await setting.bring({ 'a.ndjson': valued('1.0') })).toMatchObject({ unchanged: 2 })
    expect(await setting.bring({ 'a.ndjson': valued('1.00') })).toMatchObject({ unchanged: 1, updated: 1 })
  })
})

test('one source exported in another form is the same records', async ({ setting }) => {
  const [person, result] = ['00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-00000000000b']
  const under = (reference: string) => observation(result, reference)
  const at = (path: string, resource: object) => ({ fullUrl: `https://source.example/fhir/${path}`, resource })
  const withoutId = (resource: object) => ({ ...resource, id: undefined })
  const forms = [
    lines(patient(person), under(`Patient/${person}`)),
    bundle(entry(patient(person)), entry(under(urn(person)))),
    bundle(
      { fullUrl: urn(person), resource: withoutId(patient(person)) },
      { fullUrl: urn(result), resource: withoutId(under(urn(person))) },
    ),
    bundle(at(`Patient/${person}`, patient(person)), at(`Observation/${result}`, under(`Patient/${person}`))),
  ]
  for (const first of [0, 1, 2, 3]) {
    const source = `source ${first}`
    for (const [run, form] of [forms[first]!, ...forms].entries()) {
      const name = form.startsWith('{\n') ? `${run}.json` : `${run}.ndjson`
      const report = await setting.bring({ [name]: form }, { source })
      expect([source, run, counts(report)]).toEqual([
        ...[source, run],
        { imported: 2, unchanged: run === 0 ? 0 : 2, updated: 0, contradictory: 0 },
      ])
    }
  }
})

describe('of two copies in one import', () => {
  const copies = (first: object, second: object) => ({
    'a.ndjson': lines(patient('p', { ...first, gender: 'female' })),
    'b.ndjson': lines(patient('p', { ...second, gender: 'male' })),
  })

  test.for([
    ['the newer one counts', dated(summer), dated(spring), 'female'],
    ['also when it is read later', dated(spring), dated(summer), 'male'],
    ['without times, the one that is read later', {}, {}, 'male'],
  ] as const)('%s', async ([, first, second, gender], { setting }) => {
    const report = await setting.bring(copies(first, second))
    expect(counts(report)).toEqual({ imported: 1, unchanged: 0, updated: 0, contradictory: 1 })
    expect(report.rejected).toMatchObject([{ file: expect.stringContaining(gender === 'male' ? 'a.nd' : 'b.nd') }])
    expect(await setting.stored('Patient', 'Patient/p')).toMatchObject({ gender })
  })

  test('what differs in white space, version and time alone is the same', async ({ setting }) => {
    const report = await setting.bring({
      'a.ndjson': lines(patient('p', { meta: { versionId: '1', lastUpdated: spring } })),
      'b.json': JSON.stringify(patient('p', { meta: { versionId: '9', lastUpdated: autumn } }), undefined, 2),
    })
    expect(counts(report)).toEqual({ imported: 2, unchanged: 1, updated: 0, contradictory: 0 })
  })

  test('the chart is that of the copy that counts', async ({ setting }) => {
    const report = await setting.bring({
      'a.ndjson': lines(patient('p'), patient('q'), observation('o', 'Patient/p', dated(spring))),
      'b.ndjson': lines(observation('o', 'Patient/q', dated(summer))),
    })
    expect(report).toMatchObject({ imported: 3, contradictory: 1 })
    const { id } = await setting.stored('Patient', 'Patient/q')
    expect((await setting.stored('Observation', 'Observation/o', 'Patient/q')).subject.reference).toBe(`Patient/${id}`)
  })
})

describe('an entry on a condition', () => {
  const mrn = (value: string, more: object = {}) => ({ identifier: [{ system: 'urn:mrn', value }], ...more })
  const put = (uuid: string, resource: object, query = 'identifier=urn:mrn|1') => ({
    fullUrl: urn(uuid),
    resource,
    request: { method: 'PUT', url: `Patient?${query}` },
  })
  const [ann, ben] = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222'] as const

  async function patients({ records }: { records: { match: Function } }): Promise<{ id: Id<string> }[]> {
    return records.match(grant('search', 'Patient'), 'identifier=urn:mrn|1', newId(0))
  }

  test('replaces what an earlier import brought, under whatever urn', async ({ setting }) => {
    await setting.bring({ 'a.json': bundle(put(ann, { resourceType: 'Patient', ...mrn('1') })) })
    const report = await setting.bring({
      'b.json': bundle(put(ben, { resourceType: 'Patient', ...mrn('1', { gender: 'male' }) }), {
        fullUrl: urn('o'),
        resource: observation('o', urn(ben)),
      }),
    })
    expect(report).toMatchObject({ read: 2, imported: 2, updated: 1 })
    expect(await patients(setting)).toHaveLength(1)
    expect(await setting.stored('Patient', `Patient/${ann}`)).toMatchObject({ gender: 'male' })
  })

  test.for([
    ['small', 1],
    ['read in a thread', 1_200_000],
  ] as const)('leads its chart to the patient whom somebody made here: %s', async ([, blanks], { setting }) => {
    const { records, bring } = setting
    const made = { resourceType: 'Patient', ...mrn('1') } as const
    const [stored] = await records.write(
      [{ kind: 'create', grant: grant('create', 'Patient'), resource: made }],
      newId(0),
    )
    const text = bundle(
      { fullUrl: urn('o'), resource: observation('o', urn(ann)) },
      put(ann, { ...made, gender: 'male' }, 'identifier=urn%3Amrn%7C1'),
    )
    const report = await bring({ 'a.json': `${' '.repeat(blanks)}${text}` })
    expect(report).toMatchObject({ read: 2, imported: 2, updated: 1, rejected: [] })
    expect(await patients(setting)).toEqual([{ id: stored!.id, version: 2 }])
    const search = { type: 'Observation', parameters: [['patient', stored!.id]], strict: true, count: 5 } as const
    expect((await records.search(grant('search', 'Observation'), search, newId(0))).records).toHaveLength(1)
  })

  test('is the same record as another entry on it, and as one that has the identifier', async ({ setting }) => {
    const report = await setting.bring({
      'a.json': bundle(
        put(ann, { resourceType: 'Patient', ...mrn('1') }),
        put(ben, { resourceType: 'Patient', ...mrn('1') }),
      ),
      'b.ndjson': lines(patient('p', mrn('1', dated(summer))), observation('o1', 'Patient/p')),
      'c.json': bundle({ resource: observation('o2', urn(ben)) }),
    })
    expect(report).toMatchObject({ read: 5, imported: 3, contradictory: 2 })
    expect(await patients(setting)).toHaveLength(1)
  })

  test('creates nothing where one matches, and nothing is changed', async ({ setting }) => {
    const post = (uuid: string, resource: object) => ({
      ...{ fullUrl: urn(uuid), resource },
      request: { method: 'POST', url: 'Patient', ifNoneExist: 'Patient?identifier=urn:mrn|1' },
    })
    await setting.bring({ 'a.json': bundle(post(ann, { resourceType: 'Patient', ...mrn('1') })) })
    const report = await setting.bring({
      'b.json': bundle(post(ben, { resourceType: 'Patient', ...mrn('1', { gender: 'male' }) }), {
        resource: observation('o', urn(ben)),
      }),
    })
    expect(report).toMatchObject({ read: 2, imported: 2, unchanged: 1, updated: 0 })
    expect(await patients(setting)).toHaveLength(1)
    expect(await setting.stored('Patient', `Patient/${ann}`)).not.toHaveProperty('gender')
  })

  test('that more than one record meets is refused, and so is its chart', async ({ setting }) => {
    await setting.bring({ 'a.ndjson': lines(patient('p', mrn('1')), patient('q', mrn('1'))) })
    const report = await setting.bring({
      'b.json': bundle(put(ann, { resourceType: 'Patient', ...mrn('1') }), { resource: observation('o', urn(ann)) }),
    })
    expect(reasons(report)).toEqual([
      '0 More than one record matches the condition under which this one is added or replaced.',
      '1 Because its Patient was rejected, for the reason given there, this record was too.',
    ])
    expect(report.rejected[1]?.because).toMatchObject({ position: 0 })
  })
})

test('what an entry asks for and is not done, is said', async ({ setting }) => {
  const asking = (method: string, url: string, resource: object = patient('p')) => ({
    resource,
    request: { method, url },
  })
  const report = await setting.bring({
    'a.json': bundle(
      asking('PUT', 'Patient/p'),
      asking('DELETE', 'Patient/p'),
      asking('GET', 'Patient/p'),
      asking('PUT', 'Patient/other'),
      asking('PUT', 'Group/p'),
      asking('PUT', 'Patient?'),
      asking('POST', 'Group'),
    ),
  })
  expect(report).toMatchObject({ read: 7 })
  expect(reasons(report).map((text) => text.slice(0, 26))).toEqual([
    '1 The entry asks to delete',
    '2 The entry asks for somet',
    "3 The entry's request name",
    "4 The entry's request name",
    '5 The condition in the ent',
    "6 The entry's request name",
  ])
})

test('an entry without an id is called by the id that its request names', async ({ setting }) => {
  const { id: _, ...nameless } = patient('p')
  const report = await setting.bring({
    'a.json': bundle(
      { resource: nameless, request: { method: 'PUT', url: 'Patient/p' } },
      { resource: observation('o', 'Patient/p') },
    ),
  })
  expect(report).toMatchObject({ read: 2, imported: 2 })
})

test('a Binary whose security context is not here is left as it is', async ({ setting }) => {
  const binary = {
    ...{ resourceType: 'Binary', id: 'b', contentType: 'text/plain', data: 'eA==' },
    securityContext: { reference: 'DocumentReference/none' },
  }
  const files = { 'a.ndjson': lines(binary, patient('p')) }
  expect(await setting.bring(files)).toMatchObject({ imported: 2 })
  expect(await setting.bring(files)).toMatchObject({ imported: 2, unchanged: 2 })
  expect((await setting.verify(files)).differences).toMatchObject([{ position: 1, kind: 'missing' }])
})

test('an id that is a number is named', async ({ setting }) => {
  const report = await setting.bring({ 'a.ndjson': lines({ resourceType: 'Patient', id: 7 }) })
  expect(reasons(report)).toEqual(["1 The resource's id is not a text."])
})

describe('another person under the same identity', () => {
  const person = (family: string, birthDate: string, more: object = {}) =>
    patient('1', { name: [{ family }], birthDate, ...more })

  test('is not a newer state of the one who is here, and nothing comes into that chart', async ({ setting }) => {
    await setting.bring({ 'a.ndjson': lines(person('Ash', '1950-01-01')) })
    const report = await setting.bring({
      'b.ndjson': lines(person('Birch', '1999-09-09'), observation('o', 'Patient/1')),
    })
    expect(report).toMatchObject({ imported: 0, contradictory: 1 })
    expect(report.rejected[1]?.because).toMatchObject({ position: 1 })
    expect(await setting.stored('Patient', 'Patient/1')).toMatchObject({ birthDate: '1950-01-01' })
  })

  test('in one import leaves both without what is about either', async ({ setting }) => {
    const report = await setting.bring({
      'a.ndjson': lines(person('Ash', '1950-01-01'), observation('o1', 'Patient/1')),
      'b.ndjson': lines(person('Birch', '1999-09-09'), observation('o2', 'Patient/1')),
    })
    expect(report).toMatchObject({ imported: 1, contradictory: 1 })
    expect(report.rejected.map(({ reason }) => reason.slice(0, 19))).toEqual([
      'No patient, or more',
      'Another Patient has',
      'No patient, or more',
    ])
  })

  test.for([
    ['a name', person('Birch', '1950-01-01')],
    ['a birth date', person('Ash', '1950-01-02')],
    ['all but a number', person('Birch', '1999-09-09', { identifier: [{ system: 'urn:mrn', value: '1' }] })],
  ] as const)('is not who has %s corrected', async ([, corrected], { setting }) => {
    await setting.bring({
      'a.ndjson': lines(person('Ash', '1950-01-01', { identifier: [{ system: 'urn:mrn', value: '1' }] })),
    })
    expect(await setting.bring({ 'a.ndjson': lines(corrected) })).toMatchObject({ updated: 1 })
  })
})

describe('a record that the source has moved to another patient', () => {
  const people = [patient('a'), patient('b')]
  const under = (subject: string, more: object = {}) => observation('o', subject, more)
  const moved = /in the chart of another patient than the source names now, and was kept there/

  test.for([
    ['by its id', (subject: string) => lines(...people, under(`Patient/${subject}`))],
    [
      'by its urn',
      (subject: string) =>
        bundle(...people.map((one) => ({ fullUrl: urn(one.id), resource: one })), {
          ...{ fullUrl: urn('o'), resource: under(urn(subject)) },
        }),
    ],
    [
      'by a condition',
      (subject: string) =>
        bundle(...people.map((one) => ({ resource: one })), {
          resource: under(`Patient/${subject}`, { identifier: [{ system: 'urn:lab', value: '7' }] }),
          request: { method: 'PUT', url: 'Observation?identifier=urn:lab|7' },
        }),
    ],
    [
      'that was only to be added if there was none',
      (subject: string) =>
        bundle(...people.map((one) => ({ resource: one })), {
          resource: under(`Patient/${subject}`, { identifier: [{ system: 'urn:lab', value: '7' }] }),
          request: { method: 'POST', url: 'Observation', ifNoneExist: 'identifier=urn:lab|7' },
        }),
    ],
    [
      'and whose patient only the store can tell',
      (subject: string) =>
        lines(
          ...people.map((one) => ({ ...one, identifier: [{ system: 'urn:mrn', value: one.id }], birthDate: '1961' })),
          under(`Patient?identifier=urn:mrn|${subject}&birthdate=1961`),
        ),
    ],
  ] as const)('%s is kept where it is, and the report says so', async ([, file], { setting }) => {
    const name = file('a').startsWith('{"resourceType":"Patient"') ? 'a.ndjson' : 'a.json'
    if (name === 'a.ndjson') await setting.bring({ [name]: file('a').replace(/\n[^\n]*$/, '') })
    expect(await setting.bring({ [name]: file('a') })).toMatchObject({ read: 3, imported: 3 })
    for (let run = 0; run < 2; run++) {
      const report = await setting.bring({ [name]: file('b') })
      expect(counts(report)).toEqual({ imported: 2, unchanged: 2, updated: 0, contradictory: 1 })
      expect(reasons(report)[0]).toMatch(moved)
    }
    const charts = ['a', 'b'].map((id) => importedId<string>(setting.parts.idKey, 'test', `Patient/${id}`))
    const parameters = [['patient', charts.join(',')]] as const
    const asked = { type: 'Observation', parameters, strict: true, count: 10 } as const
    const all = await setting.records.search(grant('search', 'Observation'), asked, newId(0))
    expect(all.records).toHaveLength(1)
    const verified = await setting.verify({ [name]: file('b') })
    expect(verified.differences.map(({ kind }) => kind)).toContain('chart')
    expect(await setting.verify({ [name]: file('a') })).toMatchObject({ alike: 3, differing: 0 })
  })

  test('goes to the other chart when it was deleted here, and what refers to it leads there', async ({ setting }) => {
    const { records, parts, bring } = setting
    const report = (subject: string) =>
      observation('r', 'Patient/b', { hasMember: [{ reference: 'Observation/o' }], note: [{ text: subject }] })
    const file = (subject: string) => ({ 'a.ndjson': lines(...people, under(`Patient/${subject}`), report(subject)) })
    const idIn = (subject: string) => importedId<string>(parts.idKey, 'test', 'Observation/o', `Patient/${subject}`)
    await bring(file('a'))
    await bring(file('b'))
    const member = async () => {
      const stored = (await setting.stored('Observation', 'Observation/r', 'Patient/b')) as unknown as {
        hasMember: unknown
      }
      return stored.hasMember
    }
    expect(await member()).toEqual([{ reference: `Observation/${idIn('a')}` }])
    const scopes = [parseScope('system/Observation.cruds')!]
    const client = { ...actor, kind: 'client', id: newId<'client'>(0), scopes } as const
    const removing = Grant.for({ actor: client, action: 'delete', type: 'Observation', purpose: 'TREAT' })
    await records.write([{ kind: 'delete', id: idIn('a'), grant: removing, type: 'Observation' }], newId(0))
    expect(counts(await bring(file('b')))).toEqual({ imported: 4, unchanged: 2, updated: 1, contradictory: 0 })
    expect(await member()).toEqual([{ reference: `Observation/${idIn('b')}` }])
    expect(await setting.verify(file('b'))).toMatchObject({ alike: 4, differing: 0 })
    // Back again: in the first chart it was deleted, in the other it stands.
    expect(reasons(await bring(file('a')))[0]).toMatch(moved)
  })

  test('also in a large import, which is read on a thread', async ({ setting }) => {
    const note = [{ text: 'x'.repeat(20_000) }]
    const file = (subject: string) => ({
      'a.ndjson': lines(
        ...people,
        ...Array.from({ length: 60 }, (_, at) => observation(`o${at}`, `Patient/${at % 2 ? 'a' : subject}`, { note })),
      ),
    })
    await setting.bring(file('a'))
    expect(counts(await setting.bring(file('b')))).toEqual({
      ...{ imported: 32, unchanged: 32, updated: 0, contradictory: 30 },
    })
  })
})
