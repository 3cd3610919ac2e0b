import { describe, expect, test } from 'vitest'
import { hasPatientCompartment, patientsOf } from './compartment.ts'
import type { Resource } from './resource.ts'

const to = (reference: string): { reference: string } => ({ reference })

describe('the patients whose compartment a record is in', () => {
  test.each<[string, Resource, string[]]>([
    ['an observation: its subject', { resourceType: 'Observation', subject: to('Patient/a') }, ['Patient/a']],
    ['a patient: its own', { resourceType: 'Patient', id: 'a' }, ['Patient/a']],
    [
      'a patient linked to another: its own first',
      {
        resourceType: 'Patient',
        id: 'a',
        link: [{ other: to('Patient/b'), type: 'seealso' }, { other: to('RelatedPerson/c') }],
      },
      ['Patient/a', 'Patient/b'],
    ],
    [
      'the patient a record is about comes before one who took part',
      { resourceType: 'Observation', performer: [to('Patient/b'), to('Practitioner/c')], subject: to('Patient/a') },
      ['Patient/a', 'Patient/b'],
    ],
    [
      'coverage: the person insured before the policy holder',
      { resourceType: 'Coverage', policyHolder: to('Patient/parent'), beneficiary: to('Patient/child') },
      ['Patient/child', 'Patient/parent'],
    ],
    [
      'an appointment: everyone who comes',
      {
        resourceType: 'Appointment',
        participant: [{ actor: to('Practitioner/x') }, { actor: to('Patient/a') }, { actor: to('Patient/b') }],
      },
      ['Patient/a', 'Patient/b'],
    ],
    [
      'each once',
      { resourceType: 'AllergyIntolerance', patient: to('Patient/a'), asserter: to('Patient/a') },
      ['Patient/a'],
    ],
    ['a version says nothing', { resourceType: 'Condition', subject: to('Patient/a/_history/3') }, ['Patient/a']],
    ['a urn, whose type is not known', { resourceType: 'Condition', subject: to('urn:uuid:1') }, ['urn:uuid:1']],
    ['a condition', { resourceType: 'Condition', subject: to('Patient?identifier=x|1') }, ['Patient?identifier=x|1']],
    [
      'another server',
      { resourceType: 'Condition', subject: to('https://b.example/fhir/Patient/1') },
      ['https://b.example/fhir/Patient/1'],
    ],
    ['not a group', { resourceType: 'Condition', subject: to('Group/a') }, []],
    ['not a contained patient', { resourceType: 'Condition', subject: to('#p') }, []],
    [
      'not a patient named by an identifier alone',
      { resourceType: 'Condition', subject: { identifier: { value: '1' } } },
      [],
    ],
    ['not a reference elsewhere in the record', { resourceType: 'Observation', focus: [to('Patient/b')] }, []],
    ['none for a type outside', { resourceType: 'Device', patient: to('Patient/a') }, []],
    ['none in malformed content', { resourceType: 'Condition', subject: [[{ reference: 7 }], null, 'x'] }, []],
  ])('%s', (_, resource, patients) => {
    expect(patientsOf(resource)).toEqual(patients)
  })
})

test('which types can be in one at all', () => {
  expect(hasPatientCompartment('Observation')).toBe(true)
  expect(hasPatientCompartment('Organization')).toBe(false)
  expect(hasPatientCompartment('constructor')).toBe(false)
})
