import { expect } from 'vitest'
import { test } from '../rest-rig.ts'

const marital = 'http://terminology.hl7.org/CodeSystem/v3-MaritalStatus'
const patient = {
  resourceType: 'Patient',
  name: [{ family: 'Zwyssig' }],
  maritalStatus: { coding: [{ system: marital, code: 'XYZ' }] },
}
const warning = {
  severity: 'warning',
  code: 'code-invalid',
  expression: ['Patient.maritalStatus.coding[0]'],
}
const jsonPatch = { 'content-type': 'application/json-patch+json', 'if-match': 'W/"1"' }
const outcome = { prefer: 'return=OperationOutcome' }

test('a code that its system does not have is saved, and said to be doubtful to whoever asks', async ({
  rest: { fhir },
}) => {
  const validated = await fhir('POST', '/Patient/$validate', patient)
  expect(validated.json['issue']).toContainEqual(expect.objectContaining(warning))
  const saved = await fhir('POST', '/Patient', patient, outcome)
  expect([saved.status, saved.json['issue']]).toEqual([
    201,
    [expect.objectContaining({ severity: 'information' }), expect.objectContaining(warning)],
  ])
  const entry = [{ resource: patient, request: { method: 'POST', url: 'Patient' } }]
  const bundle = await fhir('POST', '/', { resourceType: 'Bundle', type: 'transaction', entry }, outcome)
  expect(bundle.text).toContain('has a code that its code system does not have')
  const fine = await fhir('POST', '/Patient', { ...patient, maritalStatus: undefined }, outcome)
  expect(fine.json['issue']).toHaveLength(1)
})

test('what is doubtful about a code is kept sealed beside the version, whichever way it was written', async ({
  rest: { fhir, make, entries },
}) => {
  const request = { method: 'POST', url: 'Patient' }
  const bundled = (type: string) => ({ resourceType: 'Bundle', type, entry: [{ resource: patient, request }] })
  const fine = { ...patient, maritalStatus: { text: 'married' } }
  const [created, updated, patched] = [await make(patient), await make(fine), await make(fine)]
  const match = { 'if-match': 'W/"1"' }
  await fhir('PUT', `/Patient/${updated}`, { ...patient, id: updated }, match)
  const operations = [{ op: 'replace', path: '/maritalStatus', value: patient.maritalStatus }]
  await fhir('PATCH', `/Patient/${patched}`, JSON.stringify(operations), jsonPatch)
  await fhir('PUT', '/Patient?identifier=urn:x|1', patient)
  await fhir('POST', '/', bundled('transaction'))
  await fhir('POST', '/', bundled('batch'))
  const marked = (await entries()).flatMap(({ details, records }) => {
    const notes: unknown = (details as { notes?: unknown } | undefined)?.notes
    return Array.isArray(notes) ? [{ notes, records }] : []
  })
  const note = { doubtful: [{ expression: warning.expression[0], text: expect.stringContaining('does not have') }] }
  expect(marked.map(({ notes }) => notes)).toEqual(Array.from({ length: 6 }, () => [note]))
  expect(marked.slice(0, 3).map(({ records }) => records.map(({ id }) => id))).toEqual([
    [created],
    [updated],
    [patched],
  ])
})
