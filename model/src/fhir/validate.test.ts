import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseResource, validate } from './validate.ts'

const div = '<div xmlns="http://www.w3.org/1999/xhtml">x</div>'
const coded = { text: 'x' }
const observation = (more: object): object => ({ resourceType: 'Observation', status: 'final', code: coded, ...more })
const patient = (more: object): object => ({ resourceType: 'Patient', ...more })

test.each<[string, unknown]>([
  ['a small patient', patient({ name: [{ family: 'A', given: ['B'] }], birthDate: '1980-05' })],
  ['an empty patient', patient({})],
  [
    'a missing birth date with its reason',
    patient({ _birthDate: { extension: [{ url: 'http://e', valueCode: 'unknown' }] } }),
  ],
  [
    'a list of names with a gap',
    patient({ name: [{ given: ['A', null], _given: [null, { extension: [{ url: 'http://e', valueCode: 'x' }] }] }] }),
  ],
  [
    'an id beside a value',
    patient({ birthDate: '1980', _birthDate: { id: 'x' }, name: [{ given: ['A'], _given: [{ id: 'y' }] }] }),
  ],
  [
    'only extensions in a list',
    patient({ name: [{ _given: [{ id: 'x', extension: [{ url: 'http://e', valueCode: 'x' }] }] }] }),
  ],
  ['a value of a choice', observation({ valueQuantity: { value: 1.5, unit: 'mg' } })],
  [
    'a value of a choice by its extension alone',
    observation({ _valueString: { extension: [{ url: 'http://e', valueCode: 'x' }] } }),
  ],
  [
    'a contained resource that is referred to',
    observation({ contained: [{ resourceType: 'Patient', id: 'p' }], subject: { reference: '#p' } }),
  ],
  [
    'a reference to the resource itself',
    observation({
      contained: [
        { resourceType: 'Observation', id: 'o', status: 'final', code: coded, hasMember: [{ reference: '#' }] },
      ],
    }),
  ],
  [
    'elements that repeat another',
    {
      resourceType: 'Questionnaire',
      status: 'draft',
      item: [{ linkId: '1', type: 'group', item: [{ linkId: '2', type: 'string' }] }],
    },
  ],
  [
    'resources in a bundle',
    { resourceType: 'Bundle', type: 'collection', entry: [{ resource: patient({}) }, { resource: observation({}) }] },
  ],
  ['a nested extension', patient({ extension: [{ url: 'http://e', extension: [{ url: 'a', valueString: 'x' }] }] })],
  [
    'a code from a required value set in a concept',
    {
      resourceType: 'Condition',
      subject: { reference: 'Patient/1' },
      clinicalStatus: {
        coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }],
      },
    },
  ],
])('%s is valid', (_, value) => {
  expect(validate(value)).toEqual([])
})

describe('found, with where and why', () => {
  test.each<[string, unknown, [string, string][]]>([
    ['no object', 'x', [['Resource', 'structure']]],
    ['null', null, [['Resource', 'structure']]],
    ['an array', [], [['Resource', 'structure']]],
    ['no type', {}, [['Resource', 'required']]],
    ['a type of another version', { resourceType: 'SubscriptionStatus' }, [['Resource', 'value']]],
    ['a type of JavaScript', { resourceType: 'toString' }, [['Resource', 'value']]],
    ['an abstract type', { resourceType: 'DomainResource' }, [['Resource', 'value']]],
    ['a data type', { resourceType: 'HumanName' }, [['Resource', 'value']]],
    ['an unknown element', patient({ nickname: 'x' }), [['Patient', 'structure']]],
    [
      'an unknown element within',
      patient({ name: [{ surname: 'x', family: 'y' }] }),
      [['Patient.name[0]', 'structure']],
    ],
    [
      'an element of Medplum',
      patient({ meta: { project: 'x', tag: [{ code: 'x' }] } }),
      [['Patient.meta', 'structure']],
    ],
    [
      'resourceType within',
      patient({ name: [{ resourceType: 'Patient', family: 'x' }] }),
      [['Patient.name[0]', 'structure']],
    ],
    ['a missing required element', { resourceType: 'Observation', code: coded }, [['Observation.status', 'required']]],
    [
      'two missing',
      { resourceType: 'Observation' },
      [
        ['Observation.status', 'required'],
        ['Observation.code', 'required'],
      ],
    ],
    ['a missing one within', patient({ link: [{ type: 'seealso' }] }), [['Patient.link[0].other', 'required']]],
    ['one where many may be', patient({ name: { family: 'x' } }), [['Patient.name', 'structure']]],
    ['many where one may be', patient({ birthDate: ['1980'] }), [['Patient.birthDate', 'structure']]],
    ['an empty array', patient({ name: [] }), [['Patient.name', 'structure']]],
    ['an empty object', patient({ name: [{}] }), [['Patient.name[0]', 'structure']]],
    ['an object with only an id', patient({ name: [{ id: 'x' }] }), [['Patient.name[0]', 'structure']]],
    ['an empty string', patient({ name: [{ family: '' }] }), [['Patient.name[0].family', 'value']]],
    ['white space alone', patient({ name: [{ family: ' \n' }] }), [['Patient.name[0].family', 'value']]],
    ['a control character', patient({ name: [{ family: 'a\u0000b' }] }), [['Patient.name[0].family', 'value']]],
    ['null', patient({ birthDate: null }), [['Patient.birthDate', 'structure']]],
    ['null in a list of objects', patient({ name: [null] }), [['Patient.name[0]', 'structure']]],
    [
      'null without its other half',
      patient({ name: [{ given: ['A', null] }] }),
      [['Patient.name[0].given[1]', 'structure']],
    ],
    ['an id beside no value', patient({ _birthDate: { id: 'x' } }), [['Patient.birthDate', 'structure']]],
    [
      'more extensions than values',
      patient({
        name: [{ given: ['A'], _given: [{ id: 'x' }, { extension: [{ url: 'http://e', valueCode: 'x' }] }] }],
      }),
      [['Patient.name[0].given', 'structure']],
    ],
    ['a companion that is no object', patient({ _birthDate: 'x' }), [['Patient.birthDate', 'structure']]],
    ['a companion of what has none', patient({ _name: [{ id: 'x' }] }), [['Patient', 'structure']]],
    ['a companion of the id', patient({ _id: { id: 'x' } }), [['Patient', 'structure']]],
    [
      'two values of a choice',
      observation({ valueString: 'a', valueBoolean: true }),
      [['Observation.value', 'structure']],
    ],
    [
      'two values of a choice, one by its extension',
      observation({ valueString: 'a', _valueBoolean: { extension: [{ url: 'http://e', valueCode: 'x' }] } }),
      [['Observation.value', 'structure']],
    ],
    ['a type that the choice has not', observation({ valueAge: { value: 1 } }), [['Observation', 'structure']]],
    ['the choice without its type', observation({ value: 'x' }), [['Observation', 'structure']]],
    [
      'a required choice missing',
      { resourceType: 'MedicationRequest', status: 'active', intent: 'order', subject: { reference: 'Patient/1' } },
      [['MedicationRequest.medication', 'required']],
    ],
    ['a code outside its required value set', patient({ gender: 'woman' }), [['Patient.gender', 'code-invalid']]],
    ['a code of JavaScript', patient({ gender: 'constructor' }), [['Patient.gender', 'code-invalid']]],
    [
      'a concept without a code of its required value set',
      { resourceType: 'Condition', subject: { reference: 'Patient/1' }, clinicalStatus: { text: 'active' } },
      [['Condition.clinicalStatus', 'code-invalid']],
    ],
    [
      'a concept with a code of another system',
      {
        resourceType: 'Condition',
        subject: { reference: 'Patient/1' },
        clinicalStatus: { coding: [{ system: 'http://x', code: 'active' }] },
      },
      [['Condition.clinicalStatus', 'code-invalid']],
    ],
    [
      'a reference to a type that may not stand there',
      observation({ subject: { reference: 'Organization/1' } }),
      [['Observation.subject.reference', 'value']],
    ],
    [
      'also on another server',
      observation({ subject: { reference: 'https://x.example/fhir/Organization/1' } }),
      [['Observation.subject.reference', 'value']],
    ],
    [
      'also by a condition',
      observation({ subject: { reference: 'Organization?name=x' } }),
      [['Observation.subject.reference', 'value']],
    ],
    [
      'a type that contradicts the reference',
      observation({ subject: { reference: 'Patient/1', type: 'Group' } }),
      [['Observation.subject.type', 'value']],
    ],
    [
      'a contained resource that is not there',
      observation({ subject: { reference: '#p' } }),
      [['Observation.subject.reference', 'not-found']],
    ],
    [
      'a contained resource of the wrong type',
      observation({ contained: [{ resourceType: 'Basic', id: 'p', code: coded }], subject: { reference: '#p' } }),
      [['Observation.subject.reference', 'value']],
    ],
    [
      'contained in contained',
      observation({
        contained: [{ resourceType: 'Patient', id: 'p', contained: [{ resourceType: 'Basic', id: 'b', code: coded }] }],
        subject: { reference: '#p' },
      }),
      [
        ['Observation.contained[0]', 'invariant'],
        ['Observation.contained[0].contained', 'structure'],
      ],
    ],
    [
      'a fault in a contained resource',
      observation({ contained: [{ resourceType: 'Patient', id: 'p', active: 'yes' }], subject: { reference: '#p' } }),
      [['Observation.contained[0].active', 'structure']],
    ],
    [
      'a fault in a bundle',
      { resourceType: 'Bundle', type: 'collection', entry: [{ resource: patient({ active: 1 }) }] },
      [['Bundle.entry[0].resource.active', 'structure']],
    ],
    [
      'an unknown type in a bundle',
      { resourceType: 'Bundle', type: 'collection', entry: [{ resource: { resourceType: 'X' } }] },
      [['Bundle.entry[0].resource', 'value']],
    ],
    [
      'an extension without url',
      patient({ extension: [{ valueString: 'x' }] }),
      [['Patient.extension[0].url', 'required']],
    ],
    [
      'an extension without content',
      patient({ extension: [{ url: 'http://e' }] }),
      [['Patient.extension[0]', 'structure']],
    ],
    [
      'an extension with both',
      patient({ extension: [{ url: 'http://e', valueString: 'x', extension: [{ url: 'a', valueString: 'b' }] }] }),
      [['Patient.extension[0]', 'structure']],
    ],
    [
      'an extension with two values',
      patient({ extension: [{ url: 'http://e', valueString: 'x', valueCode: 'x' }] }),
      [['Patient.extension[0].value', 'structure']],
    ],
    [
      'a script in the narrative',
      patient({ text: { status: 'generated', div: div.replace('x<', '<script>x</script><') } }),
      [['Patient.text.div', 'invalid']],
    ],
    [
      'deep in a list',
      observation({ component: [{ code: coded }, { code: coded, valueQuantity: { value: 'x' } }] }),
      [['Observation.component[1].value.value', 'structure']],
    ],
  ])('%s', (_, value, found) => {
    expect(validate(value).map(({ expression, issue }) => [expression, issue])).toEqual(found)
    expect('findings' in parseResource(value)).toBe(true)
  })
})

test('an unknown name is not repeated; one that R4 knows is offered', () => {
  expect(validate(patient({ birthdate: '1980', 'Jane Doe 900-45-6789': 1 }))).toEqual([
    {
      expression: 'Patient',
      issue: 'structure',
      text: 'property 2 of the object (is birthDate meant?) is not an element of its type',
    },
    { expression: 'Patient', issue: 'structure', text: 'property 3 of the object is not an element of its type' },
  ])
})

test('no finding repeats anything that was sent', () => {
  const secret = 'zqxcanary'
  const words = fc.constantFrom(
    'resourceType',
    'name',
    'family',
    'birthDate',
    '_birthDate',
    'text',
    'div',
    'contact',
    secret,
  )
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom<unknown>(secret, 1, null, true, `${secret}${secret}`),
      tie('list'),
      tie('object'),
    ),
    list: fc.array(tie('tree'), { maxLength: 3 }),
    object: fc.dictionary(words, tie('tree'), { maxKeys: 5 }),
  }))
  fc.assert(
    fc.property(fc.dictionary(words, tree), (value) => {
      expect(JSON.stringify(validate({ ...value, resourceType: 'Patient' }))).not.toContain(secret)
    }),
  )
})

test('a flood of faults gives 500 findings', () => {
  expect(validate(patient({ name: Array.from({ length: 2000 }, () => ({})) }))).toHaveLength(500)
})

describe('formats', () => {
  const path = { resourceType: 'Parameters', parameter: [{ name: 'x' }] }
  const faults = (value: object): number => validate({ ...path, parameter: [{ name: 'x', ...value }] }).length
  test.each<[string, unknown[], unknown[]]>([
    ['valueBoolean', [true, false], ['true', 1, {}]],
    ['valueInteger', [0, -5, 2147483647], [1.5, 2147483648, '1', true]],
    ['valueUnsignedInt', [0, 5], [-1, 0.5]],
    ['valuePositiveInt', [1], [0, -1]],
    ['valueDecimal', [1.5, -0.001, 1e10], ['1.5', true]],
    [
      'valueDate',
      ['2020', '2020-02', '2020-02-29'],
      ['20', '2020-2', '2020-13', '2021-02-29', '2020-02-03T10:00:00Z', 2020],
    ],
    [
      'valueDateTime',
      ['2020', '2020-02-03T10:00:00Z', '2020-02-03T10:00:00.123-05:00'],
      ['2020-02-03T10:00Z', '2020-02-03T10:00:00', '2020-02-03T24:00:00Z', '2020-02-30', 'now'],
    ],
    ['valueInstant', ['2020-02-03T10:00:00Z'], ['2020-02-03', '2020-02-03T10:00:00']],
    ['valueTime', ['10:00:00', '23:59:59.5'], ['24:00:00', '10:00', '10:00:00Z']],
    ['valueCode', ['a', 'a b'], [' a', 'a  b', 'a ', 'a\tb', '']],
    ['valueId', ['a-1.B'], ['a_b', 'a'.repeat(65), '']],
    ['valueUri', ['urn:x', 'http://a/b'], ['a b', '', ' ']],
    ['valueOid', ['urn:oid:1.2.3'], ['1.2.3', 'urn:oid:3.1', 'urn:oid:1.02']],
    [
      'valueUuid',
      ['urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0'],
      ['urn:uuid:0C3151BD-1cbf-4d64-b04d-cd9187a4c6e0', 'urn:uuid:1'],
    ],
    ['valueBase64Binary', ['YWJj', 'YW Jj\n', 'YQ=='], ['YWJ', 'Y*Jj', '=YWJ', '']],
    ['valueString', ['x', 'a\r\n\tb'], ['', '\u0007']],
  ])('%s', (name, right, wrong) => {
    for (const value of right) expect([value, faults({ [name]: value })]).toEqual([value, 0])
    for (const value of wrong) expect([value, faults({ [name]: value })]).toEqual([value, 1])
  })
})
