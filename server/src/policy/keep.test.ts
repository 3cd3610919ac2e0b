import { formatJson, parseJson, type Resource, type ResourceType } from '@chartkeep/model/fhir'
import { describe, expect, test } from 'vitest'
import { Refusal } from '#base'
import { appointment, cancelled, known, masked, patient, race, text, unknown } from '../../test/unseen.ts'
import type { Role } from './roles.ts'
import { sightOf } from './show.ts'
import { View } from './view.ts'

const other = { url: 'https://example.com/y', valueString: 'unseen too' }
const viewOf = (role: Role, type: ResourceType) => new View(sightOf(role, type)!)
const chargeItem = (over: object): Resource => ({ resourceType: 'ChargeItem', ...over })
const keep = (sent: Resource, old: Resource) => viewOf('front-desk', old.resourceType).keep(sent, old)

test('where all was shown, all that was sent stands', () => {
  const whole = patient({
    name: [{ family: 'Moser', _given: [null, { id: 'x' }], given: ['A', 'B'] }],
    extension: [known],
  })
  expect(keep(whole, patient({ name: [{ family: 'Before' }] }))).toEqual(whole)
})

describe('what stays', () => {
  test.each<[string, Resource, Resource, object]>([
    [
      'an extension that is not known, in its place',
      patient({ extension: [known] }),
      patient({ extension: [unknown, known, other] }),
      { extension: [unknown, known, other] },
    ],
    [
      'also when all that was seen goes',
      patient({}),
      patient({ extension: [unknown, known, other] }),
      { extension: [unknown, other] },
    ],
    [
      'behind what stood before it, when the order changes',
      patient({ extension: [{ ...known, valueString: 'B' }, known] }),
      patient({ extension: [known, unknown] }),
      { extension: [{ ...known, valueString: 'B' }, known, unknown] },
    ],
    [
      'narrative and labels, though no meta is sent',
      patient({}),
      patient({ text: { div: 'x' }, meta: { tag: [{ code: 'x' }], profile: ['p'] } }),
      { text: { div: 'x' }, meta: { tag: [{ code: 'x' }] } },
    ],
    [
      'what was sent in its place does not',
      patient({ text: { div: 'y' } }),
      patient({ text: { div: 'x' } }),
      { text: { div: 'x' } },
    ],
    ['nor what is new there', patient({ text: { div: 'y' }, active: true }), patient({}), { active: true }],
    [
      'what stands beside a primitive, though that is changed',
      patient({ birthDate: '1961' }),
      patient({ birthDate: '1960', _birthDate: { extension: [unknown] } }),
      { birthDate: '1961', _birthDate: { extension: [unknown] } },
    ],
    [
      'and its known part goes with whoever takes it out',
      patient({ birthDate: '1960' }),
      patient({ birthDate: '1960', _birthDate: { extension: [known, unknown] } }),
      { birthDate: '1960', _birthDate: { extension: [unknown] } },
    ],
    [
      'beside a list of primitives, in its place',
      patient({ name: [{ given: ['C', 'B'] }] }),
      patient({ name: [{ given: ['A', 'B'], _given: [null, { extension: [unknown] }] }] }),
      { name: [{ given: ['C', 'B'], _given: [null, { extension: [unknown] }] }] },
    ],
    [
      'what an item holds, though it is changed where it stands',
      patient({ name: [{ family: 'B' }] }),
      patient({ name: [{ family: 'A', extension: [unknown] }] }),
      { name: [{ family: 'B', extension: [unknown] }] },
    ],
    [
      'what is contained and not shown',
      patient({}),
      patient({ contained: [{ resourceType: 'Condition', id: 'c' }] }),
      { contained: [{ resourceType: 'Condition', id: 'c' }] },
    ],
    [
      'what a contained record holds',
      patient({ contained: [{ resourceType: 'Organization', id: 'o', name: 'B' }] }),
      patient({ contained: [{ resourceType: 'Organization', id: 'o', name: 'A', extension: [unknown] }] }),
      { contained: [{ resourceType: 'Organization', id: 'o', name: 'B', extension: [unknown] }] },
    ],
    [
      'a masked code is the code it stands for',
      { resourceType: 'ChargeItem', code: masked },
      { resourceType: 'ChargeItem', code: { text: 'x' } },
      { code: { text: 'x' } },
    ],
    [
      'words about what is referred to',
      appointment({ basedOn: [{ reference: 'ServiceRequest/1' }] }),
      appointment({ basedOn: [{ reference: 'ServiceRequest/1', display: 'x' }] }),
      { status: 'noshow', basedOn: [{ reference: 'ServiceRequest/1', display: 'x' }] },
    ],
    [
      'and go with it',
      appointment({ basedOn: [{ reference: 'ServiceRequest/2' }] }),
      appointment({ basedOn: [{ reference: 'ServiceRequest/1', display: 'x' }] }),
      { status: 'noshow', basedOn: [{ reference: 'ServiceRequest/2' }] },
    ],
    [
      'or with all of them',
      appointment({}),
      appointment({ basedOn: [{ reference: 'ServiceRequest/1', display: 'x' }] }),
      { status: 'noshow' },
    ],
    [
      'words of a code',
      appointment({ cancelationReason: { coding: [{ system: cancelled, code: 'pat' }] } }),
      appointment({ cancelationReason: { text: 'x', coding: [{ system: cancelled, code: 'pat' }] } }),
      { status: 'noshow', cancelationReason: { text: 'x', coding: [{ system: cancelled, code: 'pat' }] } },
    ],
    [
      'and go with another',
      appointment({ cancelationReason: { coding: [{ system: cancelled, code: 'prov' }] } }),
      appointment({ cancelationReason: { text: 'x', coding: [{ system: cancelled, code: 'pat' }] } }),
      { status: 'noshow', cancelationReason: { coding: [{ system: cancelled, code: 'prov' }] } },
    ],
    [
      'or with none',
      appointment({}),
      appointment({ cancelationReason: { text: 'x', coding: [{ system: cancelled, code: 'pat' }] } }),
      { status: 'noshow' },
    ],
    [
      'a reference to what is contained and not shown',
      patient({}),
      patient({ contained: [{ resourceType: 'Condition', id: 'c' }], managingOrganization: { reference: '#c' } }),
      { contained: [{ resourceType: 'Condition', id: 'c' }], managingOrganization: { reference: '#c' } },
    ],
    [
      'an extension that is not known, when the first known one is added',
      patient({ extension: [known] }),
      patient({ extension: [unknown] }),
      { extension: [unknown, known] },
    ],
    [
      'a part that is not known, when the extension before it is changed',
      patient({ extension: [{ ...known, valueString: 'B' }, race(text)] }),
      patient({ extension: [known, race(text, unknown)] }),
      { extension: [{ ...known, valueString: 'B' }, race(text, unknown)] },
    ],
    [
      'an element that holds nothing but an extension that is not known',
      patient({}),
      patient({ maritalStatus: { id: 'x', extension: [unknown] } }),
      { maritalStatus: { id: 'x', extension: [unknown] } },
    ],
    [
      'beside a list of primitives in its place, with what is sent beside another',
      patient({ name: [{ given: ['A', 'B', 'C'], _given: [{ extension: [known] }, null, { extension: [known] }] }] }),
      patient({ name: [{ given: ['A', 'B'], _given: [null, { extension: [unknown] }] }] }),
      {
        name: [
          {
            given: ['A', 'B', 'C'],
            _given: [{ extension: [known] }, { extension: [unknown] }, { extension: [known] }],
          },
        ],
      },
    ],
    [
      'a composed extension with a part that is not known',
      patient({ extension: [race(text)] }),
      patient({ extension: [race(text, unknown)] }),
      { extension: [race(text, unknown)] },
    ],
  ])('%s', (_, sent, old, expected) => {
    expect(keep(sent, old)).toStrictEqual({ resourceType: old.resourceType, ...expected })
  })

  const organization = (over: object) => patient({ managingOrganization: { reference: 'Organization/1', ...over } })

  test.each<[string, Resource, Resource, object]>([
    [
      'what a reference holds deeper stays with it',
      organization({ display: 'B', identifier: { value: 'y' } }),
      organization({ display: 'A', identifier: { value: 'x', extension: [unknown] } }),
      { reference: 'Organization/1', display: 'B', identifier: { value: 'y', extension: [unknown] } },
    ],
    [
      'and goes with another',
      organization({ reference: 'Organization/2' }),
      organization({ extension: [unknown] }),
      { reference: 'Organization/2' },
    ],
    [
      'its own words are taken out by whoever sees them',
      organization({}),
      organization({ display: 'A', extension: [unknown] }),
      { reference: 'Organization/1', extension: [unknown] },
    ],
  ])('of a reference: %s', (_, sent, old, expected) => {
    expect(keep(sent, old)).toStrictEqual(patient({ managingOrganization: expected }))
  })

  test('numbers stay as they were written, those that were sent and those that were kept', () => {
    const read = (claim: string) => parseJson(Buffer.from(claim), { bytes: 1000 }) as Resource
    const item = (price: string) =>
      `{"sequence":1,"factor":1.50,"unitPrice":{"value":${price}},"extension":[{"url":"u:x","valueDecimal":2.00}]}`
    const old = read(`{"resourceType":"Claim","item":[${item('10.00')}]}`)
    const view = viewOf('biller', 'Claim')
    expect(formatJson(view.show(old))).toBe(
      '{"resourceType":"Claim","item":[{"sequence":1,"factor":1.50,"unitPrice":{"value":10.00}}]}',
    )
    const kept = view.keep(
      read('{"resourceType":"Claim","item":[{"sequence":1,"factor":1.500,"unitPrice":{"value":11.0}}]}'),
      old,
    )
    expect(formatJson(kept)).toBe(
      '{"resourceType":"Claim","item":[{"sequence":1,"factor":1.500,"unitPrice":{"value":11.0},"extension":[{"url":"u:x","valueDecimal":2.00}]}]}',
    )
  })

  test('of a choice one value: what was sent of another type gives way to what was not seen', () => {
    const old: Resource = { resourceType: 'Consent', sourceAttachment: { title: 'x' } }
    const sent: Resource = { resourceType: 'Consent', sourceReference: { reference: 'Consent/1' } }
    expect(viewOf('privacy-officer', 'Consent').keep(sent, old)).toEqual(old)
  })

  test('of a choice that is seen the type that is sent, unless what is not seen would go', () => {
    const billing = viewOf('biller', 'ChargeItem')
    const words = chargeItem({ productCodeableConcept: { text: 'x' } })
    const substance = chargeItem({ productReference: { reference: 'Substance/1', display: 'x' } })
    expect(billing.keep(words, substance)).toStrictEqual(words)
    const within = { contained: [{ resourceType: 'Substance', id: 's' }], productReference: { reference: '#s' } }
    expect(() => billing.keep(words, chargeItem(within))).toThrow(Refusal)
    expect(billing.keep(chargeItem({}), chargeItem(within))).toStrictEqual(chargeItem(within))
  })

  test('words about what may not be read stand, whatever words are sent in their place', () => {
    const old = patient({ managingOrganization: { type: 'Condition', display: 'x' } })
    expect(keep(patient({ managingOrganization: { display: 'y' } }), old)).toEqual(old)
  })
})

test.each<[string, Resource, Resource]>([
  [
    'an element that holds something unseen',
    patient({}),
    patient({ maritalStatus: { text: 'M', extension: [unknown] } }),
  ],
  ['an item that does', patient({ name: [] }), patient({ name: [{ family: 'A', extension: [unknown] }] })],
  [
    'one of several items',
    patient({ name: [{ family: 'C' }] }),
    patient({ name: [{ family: 'A', extension: [unknown] }, { family: 'B' }] }),
  ],
  [
    'the place of what stands beside primitives',
    patient({ name: [{ given: ['A'] }] }),
    patient({ name: [{ given: ['A', 'B'], _given: [null, { extension: [unknown] }] }] }),
  ],
  [
    'the extension that holds an unknown part',
    patient({ extension: [race({ ...text, valueString: 'y' })] }),
    patient({ extension: [race(text, unknown)] }),
  ],
  [
    'a primitive with something unseen beside it, by choosing another type',
    patient({ deceasedDateTime: '2020-05-06' }),
    patient({ deceasedBoolean: true, _deceasedBoolean: { extension: [unknown] } }),
  ],
  [
    'nor one with something seen in part beside it',
    patient({ deceasedDateTime: '2020-05-06' }),
    patient({ deceasedBoolean: true, _deceasedBoolean: { extension: [unknown, known] } }),
  ],
  [
    'a reference to what is contained and not seen',
    patient({ managingOrganization: { reference: 'Organization/1' } }),
    patient({ contained: [{ resourceType: 'Condition', id: 'c' }], managingOrganization: { reference: '#c' } }),
  ],
  [
    'a contained record of another type',
    patient({ contained: [{ resourceType: 'Location', id: 'o' }] }),
    patient({ contained: [{ resourceType: 'Organization', id: 'o', name: 'A', extension: [unknown] }] }),
  ],
])('nobody takes out %s', (_, sent, old) => {
  const error = (() => {
    try {
      return keep(sent, old)
    } catch (thrown) {
      return thrown
    }
  })()
  expect(error).toBeInstanceOf(Refusal)
  expect(error).toMatchObject({
    code: 'not-permitted',
    rule: 'part-not-seen',
    remedy: expect.stringContaining('Ask someone'),
  })
})
