import { describe, expect, test } from 'vitest'
import { isOmissiblePath, omissibleAt } from './leave-out.ts'
import type { Resource } from './resource.ts'
import { validate } from './validate.ts'

const patient = (more: object): Resource => ({ resourceType: 'Patient', ...more })

describe('what may be left out of a resource', () => {
  test.each<[string, Resource, string, Resource]>([
    ['a primitive', patient({ birthDate: 'soon', gender: 'male' }), 'Patient.birthDate', patient({ gender: 'male' })],
    ['with its extensions', patient({ birthDate: 'x', _birthDate: { id: 'a' } }), 'Patient.birthDate', patient({})],
    [
      'one of a list',
      patient({ contact: [{ gender: 'x' }, { gender: 'male' }] }),
      'Patient.contact.gender',
      patient({ contact: [{}, { gender: 'male' }] }),
    ],
    [
      'one of a list of primitives with their extensions',
      patient({ name: [{ given: ['A', '', 'B'], _given: [null, null, { id: 'b' }] }] }),
      'Patient.name.given',
      patient({ name: [{ given: ['A', 'B'], _given: [null, { id: 'b' }] }] }),
    ],
    ['narrative as a whole', patient({ text: { status: 'generated', div: '<p>' } }), 'Patient.text', patient({})],
    [
      'a choice',
      { resourceType: 'Observation', status: 'final', code: { text: 'x' }, valueDateTime: 'x' },
      'Observation.value',
      { resourceType: 'Observation', status: 'final', code: { text: 'x' } },
    ],
  ])('%s', (_, resource, element, expected) => {
    const found = omissibleAt(resource, validate(resource)[0]!.expression)
    expect(found?.element).toBe(element)
    found?.leaveOut()
    expect(resource).toEqual(expected)
  })

  test.each([
    ['what R4 requires', { resourceType: 'Observation', status: 'x', code: { text: 'x' } }],
    ['what is missing', { resourceType: 'Observation', status: 'final' }],
    ['what modifies the meaning', patient({ active: 'x' })],
    [
      'part of what modifies the meaning',
      { resourceType: 'Condition', subject: { reference: 'Patient/1' }, clinicalStatus: { coding: [{ system: 7 }] } },
    ],
    ['what modifies it wherever it is', patient({ modifierExtension: [{}] })],
    [
      'what says whose it is',
      { resourceType: 'Observation', status: 'final', code: { text: 'x' }, subject: { reference: '' } },
    ],
    ['what R4 does not know', patient({ colour: 'x' })],
  ] as const)('never %s', (_, resource) => {
    expect(omissibleAt(resource, validate(resource)[0]!.expression)).toBeUndefined()
  })

  test('is known by its path', () => {
    const paths = ['Patient.birthDate', 'Observation.value', 'Patient.contact.telecom', 'Patient.contained.name']
    expect(paths.filter(isOmissiblePath)).toEqual(paths)
    const never = [
      'Patient',
      'Patient.active',
      'Observation.status',
      'Patient.name.use',
      'Condition.clinicalStatus.coding',
      'Patient.modifierExtension.value',
      'Patient.colour',
      'Observation.subject',
      'x',
      'Patient.id',
    ]
    expect(never.filter(isOmissiblePath)).toEqual([])
  })
})
