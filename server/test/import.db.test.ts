import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test as base } from 'vitest'
import { newId, Refusal, systemClock } from '#base'
import { openDatabase } from '#db'
import { importFiles, type ImportParts, type ImportReport, ImportStopped } from '#import'
import { openLedger } from '#ledger'
import { Grant } from '#policy'
import { firstTenant, openRecords, type Records, turnsOf } from '#records'
import {
  actor,
  bundle,
  entry,
  lines,
  log,
  observation,
  patient,
  practitioner,
  reasons,
  test,
  urn,
} from './importing.ts'

const [ann, ben, dr] = [
  '11111111-1111-4111-8111-111111111111',
  '22222222-2222-4222-8222-222222222222',
  '33333333-3333-4333-8333-333333333333',
]

describe('an import', () => {
  test('maps urns and conditions to the ids that the records have here, whatever the order of the files', async ({
    setting,
  }) => {
    const report = await setting.bring({
      'a-patient.json': bundle(
        entry(patient(ann)),
        entry(
          observation('44444444-4444-4444-8444-444444444444', urn(ann), {
            performer: [{ reference: 'Practitioner?identifier=urn:npi|7' }],
          }),
        ),
      ),
      'z-practice.json': bundle(entry(practitioner(dr, '7'))),
    })
    expect(report).toMatchObject({ read: 3, imported: 3, rejected: [], dangling: 0, complete: true })
    const found = await setting.stored(
      'Observation',
      'Observation/44444444-4444-4444-8444-444444444444',
      `Patient/${ann}`,
    )
    const who = await setting.stored('Patient', `Patient/${ann}`)
    const by = await setting.stored('Practitioner', `Practitioner/${dr}`)
    expect(found.subject.reference).toBe(`Patient/${who.id}`)
    expect(found.performer[0]?.reference).toBe(`Practitioner/${by.id}`)
  })

  test('maps references of NDJSON, and counts those that lead to nothing', async ({ setting }) => {
    const report = await setting.bring({
      'Observation.ndjson': lines(
        observation('o1', 'Patient/p1', {
          encounter: { reference: 'Encounter/e1' },
          focus: [{ reference: 'Encounter/gone' }],
        }),
      ),
      'Encounter.ndjson': lines({
        resourceType: 'Encounter',
        id: 'e1',
        status: 'finished',
        class: { code: 'AMB' },
        subject: { reference: 'Patient/p1' },
      }),
      'Patient.ndjson': lines(patient('p1')),
    })
    expect(report).toMatchObject({ read: 3, imported: 3, dangling: 1 })
    const found = await setting.stored('Observation', 'Observation/o1', 'Patient/p1')
    expect(found.encounter.reference).toBe(
      `Encounter/${(await setting.stored('Encounter', 'Encounter/e1', 'Patient/p1')).id}`,
    )
    expect(found.focus[0]?.reference).toMatch(/^Encounter\/[0-9a-f-]{36}$/)
  })

  test('a record that comes later has the id that was given for it when it was missing', async ({ setting }) => {
    await setting.bring({
      'Patient.ndjson': lines(patient('p1')),
      'Observation.ndjson': lines(observation('o1', 'Patient/p1', { encounter: { reference: 'Encounter/e1' } })),
    })
    await setting.bring({
      'Encounter.ndjson': lines({
        resourceType: 'Encounter',
        id: 'e1',
        status: 'finished',
        class: { code: 'AMB' },
        subject: { reference: 'Patient/p1' },
      }),
    })
    const found = await setting.stored('Observation', 'Observation/o1', 'Patient/p1')
    expect(found.encounter.reference).toBe(
      `Encounter/${(await setting.stored('Encounter', 'Encounter/e1', 'Patient/p1')).id}`,
    )
  })

  test('run again, adds nothing and says what was there', async ({ setting }) => {
    const files = { 'a.json': bundle(entry(patient(ann)), entry(observation(ben, urn(ann)))) }
    await setting.bring(files)
    expect(await setting.bring(files)).toMatchObject({ read: 2, imported: 2, alreadyThere: 2, rejected: [] })
    expect(setting.records.patientCount(firstTenant)).toBe(1)
  })

  test('reads gzip whatever the name says, and a byte order mark', async ({ setting }) => {
    const report = await setting.bring({
      'a.json': gzipSync(`\uFEFF${bundle(entry(patient(ann)))}`),
      'b.ndjson.gz': gzipSync(lines(patient('p'))),
      'c.json': JSON.stringify(patient('q')),
    })
    expect(report).toMatchObject({ read: 3, imported: 3 })
  })

  test('takes records that come before their patient in the file', async ({ setting }) => {
    const report = await setting.bring({ 'a.json': bundle(entry(observation(ben, urn(ann))), entry(patient(ann))) })
    expect(report).toMatchObject({ read: 2, imported: 2, rejected: [] })
  })

  test('takes turns with a server that creates on the same condition: one of them makes the record', async ({
    setting: { records, bring },
    db,
    keys,
    target,
  }) => {
    const served = openDatabase(target, log)
    const ledger = openLedger({ db, keys, clock: systemClock, log, witnesses: [], origin: 'chartkeep/test' })
    const server = await openRecords({ db: served, keys, ledger, clock: systemClock, log })
    const condition = 'identifier=urn:npi|7'
    const resource = { resourceType: 'Practitioner', identifier: [{ system: 'urn:npi', value: '7' }] } as const
    let bringing: Promise<ImportReport> | undefined
    await server.inTurn(turnsOf('Practitioner', condition), async (held) => {
      bringing = bring({ 'a.json': bundle(entry(practitioner(dr, '7'), { ifNoneExist: condition })) })
      // The import comes to its turn, and waits there.
      await new Promise((resolve) => setTimeout(resolve, 700))
      const grant = Grant.for({ actor, action: 'create', type: 'Practitioner', purpose: 'SYSADMIN' })
      await server.write([{ kind: 'create', grant, resource }], newId(0), held)
    })
    expect(await bringing).toMatchObject({ imported: 1, alreadyThere: 1 })
    const search = Grant.for({ actor, action: 'search', type: 'Practitioner', purpose: 'SYSADMIN' })
    expect(await records.match(search, condition, newId(0))).toHaveLength(1)
    await ledger.stop()
    await served.close()
  })

  test('adds what a condition matches only once', async ({ setting }) => {
    const same = { ifNoneExist: 'identifier=urn:npi|7' }
    await setting.bring({ 'a.json': bundle(entry(practitioner(dr, '7'), same)) })
    const report = await setting.bring({
      'b.json': bundle(
        entry(practitioner(ann, '7'), same),
        entry(patient(ben, { generalPractitioner: [{ reference: urn(ann) }] })),
      ),
    })
    expect(report).toMatchObject({ read: 2, imported: 2, alreadyThere: 1 })
    const known = await setting.stored('Practitioner', `Practitioner/${dr}`)
    expect((await setting.stored('Patient', `Patient/${ben}`)).generalPractitioner[0]?.reference).toBe(
      `Practitioner/${known.id}`,
    )
    await expect(setting.stored('Practitioner', `Practitioner/${ann}`)).rejects.toMatchObject({ code: 'not-found' })
  })

  test('keeps a condition that matches nothing as a logical reference', async ({ setting }) => {
    const report = await setting.bring({
      'a.json': bundle(
        entry(
          patient(ann, { generalPractitioner: [{ reference: 'Practitioner?identifier=urn:npi|9', display: 'x' }] }),
        ),
      ),
    })
    expect(report).toMatchObject({ imported: 1, dangling: 1 })
    expect((await setting.stored('Patient', `Patient/${ann}`)).generalPractitioner).toEqual([
      { type: 'Practitioner', identifier: { system: 'urn:npi', value: '9' }, display: 'x' },
    ])
  })
})

describe('is rejected, with its place and reason:', () => {
  test('a record whose patient is not here, or was rejected', async ({ setting }) => {
    const report = await setting.bring({
      'a.ndjson': lines(
        observation('o1', 'Patient/nobody'),
        { ...patient('p1'), birthDate: 'soon' },
        observation('o2', 'Patient/p1'),
        observation('o3', 'https://elsewhere.example/Patient/1'),
      ),
    })
    expect(report).toMatchObject({ read: 4, imported: 0 })
    expect(report.rejected.map(({ position }) => position)).toEqual([1, 2, 3, 4])
    expect(report.rejected.map(({ reason }) => reason.slice(0, 15))).toEqual([
      'The patient who',
      'The resource do',
      'Because its Pat',
      'The patient who',
    ])
    expect(JSON.stringify(report)).not.toContain('soon')
  })

  test('what is no resource, or none that is kept', async ({ setting }) => {
    const report = await setting.bring({
      'a.json': bundle(
        { resource: patient('a') },
        { fullUrl: 'x' },
        { resource: { resourceType: 'Cat' } },
        { resource: { resourceType: 'OperationOutcome' } },
        { request: { method: 'DELETE', url: 'Patient/a' } },
        { resource: { resourceType: 'AuditEvent' } },
      ),
      'b.ndjson': '{"a":1,"a":2}\n[]\n{"resourceType":"Patient","__proto__":{}}\nnot json\n',
    })
    expect(report).toMatchObject({ read: 10, imported: 1 })
    expect(reasons(report).map((text) => text.slice(0, 24))).toEqual([
      '1 The entry holds no res',
      '2 The resource names no ',
      '3 Records of this type a',
      '4 The entry asks to dele',
      '5 Records of this type a',
      '1 One JSON object names ',
      '2 The entry holds no res',
      '3 Not well-formed JSON i',
      '4 Not well-formed JSON i',
    ])
  })

  test('a record that claims a profile and does not follow it', async ({ setting }) => {
    const meta = { profile: ['http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient'] }
    const claiming = (id: string, identifier: object) =>
      patient(id, { meta, name: [{ family: 'A' }], identifier: [identifier] })
    const report = await setting.bring({
      'a.ndjson': lines(claiming('p1', { value: '1' }), claiming('p2', { system: 'urn:mrn', value: '1' })),
    })
    expect(report).toMatchObject({ read: 2, imported: 1 })
    expect(reasons(report)).toEqual([
      '1 The resource does not follow a profile that it claims. Patient.identifier[0].system: is required (us-core-patient 8.0.0)',
    ])
  })

  test('another record under the same name; the same one again is not', async ({ setting }) => {
    const report = await setting.bring({
      'a.ndjson': lines(patient('p', { gender: 'male' }), patient('p'), patient('p')),
    })
    expect(report).toMatchObject({ read: 3, imported: 2, alreadyThere: 1, contradictory: 1 })
    expect(report.rejected).toMatchObject([{ position: 1 }])
  })

  test('the rest of a file that breaks off, or expands without end', async ({ setting }) => {
    const whole = bundle(entry(patient(ann)), entry(patient(ben)))
    const report = await setting.bring({
      'a.json': whole.slice(0, -40),
      'b.json': gzipSync(lines(patient('x'))).subarray(0, -9),
      'c.ndjson.gz': gzipSync(Buffer.alloc(80 * 1024 * 1024, '\n')),
      'd.json': '',
    })
    expect(report).toMatchObject({ read: 5, imported: 1 })
    expect(reasons(report).map((text) => text.slice(0, 40))).toEqual([
      '1 The file ends in the middle; what foll',
      '0 The file ends in the middle; what foll',
      '67108865 The compressed file expands too',
      '0 The file is empty.',
    ])
  })
})

test('whatever a file holds, what was read is imported or rejected', async ({ setting }) => {
  const piece = fc.oneof(
    fc.json(),
    fc
      .constantFrom(
        patient('p'),
        patient('q', { birthDate: 'x' }),
        observation('o', 'Patient/p'),
        observation('r', 'Patient/q'),
        observation('s', urn('t')),
      )
      .map((one) => JSON.stringify(one)),
    fc.string({ maxLength: 12, size: 'max' }),
  )
  const document = fc.oneof(
    fc.array(piece, { maxLength: 6 }).map((pieces) => ['a.ndjson', pieces.join('\n')] as const),
    fc
      .array(piece, { maxLength: 6 })
      .map(
        (pieces) =>
          [
            'a.json',
            `{"resourceType":"Bundle","entry":[${pieces.map((one) => `{"resource":${one}}`).join(',')}]}`,
          ] as const,
      ),
    fc.tuple(fc.constant('a.json'), piece),
  )
  const cut = fc.tuple(document, fc.integer({ min: 0, max: 200 }), fc.boolean())
  await fc.assert(
    fc.asyncProperty(cut, async ([[name, text], off, zip]) => {
      const bytes = zip ? gzipSync(text) : Buffer.from(text)
      const report = await setting.bring({ [name]: off > 150 ? bytes.subarray(0, off % (bytes.length + 1)) : bytes })
      expect(report.imported + report.rejected.length).toBe(report.read)
      expect(report.complete).toBe(true)
    }),
    { numRuns: 60 },
  )
})

test('a store that stays away stops the import, and its report is about what was settled', async ({ setting }) => {
  const { records } = setting
  let calls = 0
  const failing = {
    ...records,
    write: async (...args: Parameters<Records['write']>) =>
      ++calls > 1 ? Promise.reject(new Refusal('storage-unavailable')) : records.write(...args),
  }
  const many = lines(...Array.from({ length: 600 }, (_, at) => patient(`p${at}`)))
  const stopped = await setting
    .bring({ 'a.ndjson': many }, { records: failing, patienceSeconds: 0 })
    .catch((error: unknown) => error)
  expect(stopped).toBeInstanceOf(ImportStopped)
  const { report } = stopped as ImportStopped
  expect(report).toMatchObject({ read: 250, imported: 250, rejected: [], complete: false })
  expect(await setting.bring({ 'a.ndjson': many })).toMatchObject({ read: 600, imported: 600, alreadyThere: 250 })
})

base('a folder or file that is not there is said before anything is done', async () => {
  await expect(importFiles(['/nowhere/at/all.json'], {} as ImportParts)).rejects.toThrow('There is no file or folder')
})
