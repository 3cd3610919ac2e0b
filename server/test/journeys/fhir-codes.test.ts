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
