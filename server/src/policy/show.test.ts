import { formatJson, parseJson, type Resource } from '@chartkeep/model/fhir'
import { describe, expect, test } from 'vitest'
import { appointment, cancelled, known, masked, patient, race, text, unknown } from '../../test/unseen.ts'
import type { Role } from './roles.ts'
import { sightOf } from './show.ts'
import { View } from './view.ts'

const showTo = (role: Role, resource: Resource) => new View(sightOf(role, resource.resourceType)!).show(resource)
const show = (resource: Resource) => showTo('front-desk', resource)

test.each([
  patient({
    id: 'a',
    name: [{ family: 'Moser', _given: [null, { id: 'x' }], given: ['A', 'B'] }],
    extension: [known, race(text)],
    contained: [{ resourceType: 'Organization', name: 'O' }],
    generalPractitioner: [{ reference: 'Practitioner/1', display: 'Dr Z' }],
  }),
  appointment({ cancelationReason: { coding: [{ system: cancelled, code: 'pat' }] } }),
])('a record of which all is shown is the very same', (whole) => {
  expect(show(whole)).toBe(whole)
})

describe('what is shown', () => {
  test.each<[string, Resource, object]>([
    [
      'known extensions, and their known parts',
      patient({ extension: [unknown, known, race(text, unknown)] }),
      { extension: [known, race(text)] },
    ],
    ['no extension of which nothing is left', patient({ extension: [unknown] }), {}],
    ['of a composed one no part that is known elsewhere only', patient({ extension: [race(known)] }), {}],
    ['no modifier that is not known', patient({ modifierExtension: [unknown] }), {}],
    ['no element with nothing but an id', patient({ maritalStatus: { id: 'x', extension: [unknown] } }), {}],
    [
      'nothing beside a primitive but what is known',
      patient({ _gender: { extension: [unknown] }, _birthDate: { id: 'b', extension: [unknown, known] } }),
      { _birthDate: { id: 'b', extension: [known] } },
    ],
    [
      'in lists of primitives each in its place',
      patient({ name: [{ given: ['A', 'B'], _given: [{ extension: [unknown] }, { extension: [known] }] }] }),
      { name: [{ given: ['A', 'B'], _given: [null, { extension: [known] }] }] },
    ],
    [
      'no list beside primitives of which nothing is left',
      patient({ name: [{ given: ['A'], _given: [{ extension: [unknown] }] }] }),
      { name: [{ given: ['A'] }] },
    ],
    [
      'no narrative, label or tag',
      patient({
        text: { status: 'generated', div: 'x' },
        meta: { versionId: '1', tag: [{ code: 'x' }], security: [{ code: 'x' }] },
      }),
      { meta: { versionId: '1' } },
    ],
    ['nothing that R4 does not have', patient({ diagnosis: 'x', active: true }), { active: true }],
    [
      'what must be there and is not shown, as masked',
      { resourceType: 'ChargeItem', status: 'billable', code: { text: 'x' } },
      { status: 'billable', code: masked },
    ],
    [
      'of a reason to cancel the public code alone',
      appointment({
        cancelationReason: {
          text: 'x',
          coding: [{ system: cancelled, code: 'pat', display: 'x' }, { system: 'urn:x', code: 'y' }, { code: 'z' }, 7],
        },
      }),
      { status: 'noshow', cancelationReason: { coding: [{ system: cancelled, code: 'pat' }] } },
    ],
    [
      'what must be there and has nothing but an unknown extension, as masked',
      { resourceType: 'ChargeItem', _status: { extension: [unknown] } },
      { _status: masked },
    ],
    [
      'and none that is not public',
      appointment({ cancelationReason: { text: 'x', coding: [{ system: 'urn:x', code: 'y' }] } }),
      { status: 'noshow' },
    ],
    ['nor words without a code', appointment({ cancelationReason: { text: 'x' } }), { status: 'noshow' }],
    [
      'a bare code as it is',
      appointment({ cancelationReason: { coding: [{ system: cancelled, code: 'pat' }] } }),
      { status: 'noshow', cancelationReason: { coding: [{ system: cancelled, code: 'pat' }] } },
    ],
    [
      'no part of a known extension that is no extension',
      patient({
        extension: [
          { ...race(text), extension: [text, null, 'x'] },
          { ...known, extension: text },
        ],
      }),
      { extension: [race(text), known] },
    ],
    [
      'in the value of a known extension nothing that is not known',
      patient({ extension: [{ url: known.url, valueCoding: { code: 'x', extension: [unknown] } }] }),
      { extension: [{ url: known.url, valueCoding: { code: 'x' } }] },
    ],
    [
      'of a datatype that nobody has judged nothing but what must be there, as masked',
      patient({ extension: [{ url: known.url, valueExpression: { language: 'text/cql', expression: 'x' } }] }),
      { extension: [{ url: known.url, valueExpression: { _language: masked } }] },
    ],
    [
      'no known extension of which nothing but its url and id is left',
      patient({ extension: [{ id: 'x', url: known.url, extension: [unknown] }] }),
      {},
    ],
    ['nothing in place of a primitive', patient({ gender: { extension: [known] } }), {}],
    [
      'no codes that are no list',
      appointment({ cancelationReason: { coding: { system: cancelled } } }),
      { status: 'noshow' },
    ],
    [
      'nothing contained without a type',
      patient({ contained: [{ id: 'x' }, { resourceType: 'Nothing' }, { resourceType: 'Condition' }] }),
      {},
    ],
  ])('%s', (_, resource, expected) => {
    expect(show(resource)).toEqual({ resourceType: resource.resourceType, ...expected })
  })

  test('numbers stay as they were written beside what is left out', () => {
    const price = '"total":{"value":10.00,"currency":"USD"'
    const claim = `{"resourceType":"Claim",${price},"extension":[{"url":"u:x","valueString":"x"}]}}`
    const read = parseJson(Buffer.from(claim), { bytes: 1000 }) as Resource
    expect(formatJson(show(read))).toBe(`{"resourceType":"Claim",${price}}}`)
  })

  test('of a choice each type is judged for itself, and what stands beside it with it', () => {
    const beside = { extension: [known] }
    const claim = (info: object): Resource => ({ resourceType: 'Claim', supportingInfo: [{ sequence: 1, ...info }] })
    expect(showTo('biller', claim({ valueBoolean: true, _valueBoolean: beside }))).toEqual(
      claim({ valueBoolean: true, _valueBoolean: beside }),
    )
    expect(showTo('biller', claim({ valueString: 'x', _valueString: beside }))).toEqual(claim({}))
  })

  test('of a type that nobody has judged nothing is shown', () => {
    const observation: Resource = { resourceType: 'Observation', id: 'a', valueString: 'x', status: 'final' }
    expect(showTo('front-desk', observation)).toEqual({ resourceType: 'Observation', id: 'a', _status: masked })
  })
})

test.each<[Role, Resource, boolean]>([
  ['administrator', { resourceType: 'Organization', name: 'O' }, true],
  ['administrator', { resourceType: 'Questionnaire', title: 'Q' }, true],
  ['administrator', { resourceType: 'InsurancePlan', name: 'P' }, false],
  ['front-desk', { resourceType: 'Organization', name: 'O' }, false],
  ['biller', { resourceType: 'Questionnaire', title: 'Q' }, false],
])(
  'that a %s sees narrative, labels and extensions of %j is %s: whoever keeps such records does',
  (role, named, all) => {
    const more = { text: { status: 'additional', div: '<div/>' }, extension: [unknown], meta: { tag: [{ code: 'x' }] } }
    expect(showTo(role, { ...named, ...more })).toEqual(all ? { ...named, ...more } : named)
  },
)

const referring = (to: object, more: object = {}) => patient({ ...more, managingOrganization: to })
const condition = { contained: [{ resourceType: 'Condition', id: 'c' }] }

test.each<[string, Resource, Resource]>([
  [
    'to what may be read: its words, too',
    referring({ reference: 'Practitioner/1', display: 'x' }),
    referring({ reference: 'Practitioner/1', display: 'x' }),
  ],
  [
    'to nothing that is named: its words',
    referring({ display: 'x', identifier: { value: '1' } }),
    referring({ display: 'x', identifier: { value: '1' } }),
  ],
  [
    'to what may not be read: where it leads, without words',
    referring({ id: 'i', reference: 'Condition/1', type: 'Condition', display: 'x', identifier: { value: '1' } }),
    referring({ id: 'i', reference: 'Condition/1', type: 'Condition' }),
  ],
  [
    'the type that stands in the reference counts',
    referring({ reference: 'Condition/1', type: 'Patient', display: 'x' }),
    referring({ reference: 'Condition/1', type: 'Patient' }),
  ],
  [
    'also in a search for it',
    referring({ reference: 'Condition?code=x', display: 'x' }),
    referring({ reference: 'Condition?code=x' }),
  ],
  ['by its type alone: nothing', referring({ type: 'Condition', display: 'x' }), patient({})],
  [
    'by a type that R4 does not have: nothing',
    referring({ type: 'http://hl7.org/fhir/StructureDefinition/Condition', display: 'x' }),
    patient({}),
  ],
  [
    'to what is contained and shown',
    referring({ reference: '#o', display: 'x' }, { contained: [{ resourceType: 'Organization', id: 'o', name: 'O' }] }),
    referring({ reference: '#o', display: 'x' }, { contained: [{ resourceType: 'Organization', id: 'o', name: 'O' }] }),
  ],
  ['to what is contained and not shown: nothing', referring({ reference: '#c', display: 'x' }, condition), patient({})],
  [
    'in what is contained, too',
    patient({
      contained: [
        ...condition.contained,
        { resourceType: 'Organization', id: 'o', partOf: { reference: '#c' }, name: 'O' },
      ],
    }),
    patient({ contained: [{ resourceType: 'Organization', id: 'o', name: 'O' }] }),
  ],
])('of a reference is shown, %s', (_, resource, expected) => {
  expect(show(resource)).toEqual(expected)
})

test('a bare reference is shown without words, though what it leads to may be read', () => {
  const leading = (to: object): Resource => ({ resourceType: 'Provenance', target: [to] })
  const shown = showTo('privacy-officer', leading({ reference: 'Patient/1', display: 'x' }))
  expect(shown['target']).toEqual([{ reference: 'Patient/1' }])
})
