import { formatJson, parseJson, type Resource } from '@chartkeep/model/fhir'
import { describe, expect, test } from 'vitest'
import { Refusal } from '#base'
import { viewOf } from './view.ts'

const unknown = { url: 'https://example.com/x', valueString: 'unseen' }
const other = { url: 'https://example.com/y', valueString: 'unseen too' }
const known = { url: 'http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName', valueString: 'Moser' }
const masked = {
  extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'masked' }],
}
const race = (...parts: object[]) => ({
  url: 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-race',
  extension: parts,
})
const text = { url: 'text', valueString: 'x' }

const patient = (over: object): Resource => ({ resourceType: 'Patient', ...over })
const appointment = (over: object): Resource => ({ resourceType: 'Appointment', status: 'noshow', ...over })
const desk = (type: 'Patient' | 'Appointment' | 'ChargeItem' | 'Claim' | 'Organization') => viewOf('front-desk', type)!
const keep = (sent: Resource, old: Resource) => desk(old.resourceType as 'Patient').keep(sent, old)
const show = (resource: Resource) => desk(resource.resourceType as 'Patient').show(resource)
const cancelled = 'http://terminology.hl7.org/CodeSystem/appointment-cancellation-reason'

test('a record of which all is shown is the very same', () => {
  const whole = patient({
    id: 'a',
    name: [{ family: 'Moser', _given: [null, { id: 'x' }], given: ['A', 'B'] }],
    extension: [known],
  })
  expect(show(whole)).toBe(whole)
  expect(keep(whole, patient({ name: [{ family: 'Before' }] }))).toEqual(whole)
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
          coding: [{ system: cancelled, code: 'pat', display: 'x' }, { system: 'urn:x', code: 'y' }, 7],
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
      'nothing contained without a type',
      patient({ contained: [{ id: 'x' }, { resourceType: 'Nothing' }, { resourceType: 'Condition' }] }),
      {},
    ],
  ])('%s', (_, resource, expected) => {
    expect(show(resource)).toEqual({ resourceType: resource.resourceType, ...expected })
  })

  test('numbers stay as they were written beside what is left out', () => {
    const claim: Resource = { resourceType: 'Claim', total: { value: 10, currency: 'USD', extension: [unknown] } }
    expect(show(claim)).toEqual({ resourceType: 'Claim', total: { value: 10, currency: 'USD' } })
  })
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
      patient({ managingOrganization: undefined }),
      patient({ contained: [{ resourceType: 'Condition', id: 'c' }], managingOrganization: { reference: '#c' } }),
      { contained: [{ resourceType: 'Condition', id: 'c' }], managingOrganization: { reference: '#c' } },
    ],
    [
      'a composed extension with a part that is not known',
      patient({ extension: [race(text)] }),
      patient({ extension: [race(text, unknown)] }),
      { extension: [race(text, unknown)] },
    ],
  ])('%s', (_, sent, old, expected) => {
    expect(JSON.parse(JSON.stringify(keep(sent, old)))).toEqual({ resourceType: old.resourceType, ...expected })
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
    expect(keep(sent, old)).toEqual(patient({ managingOrganization: expected }))
  })

  test('numbers stay as they were written, those that were sent and those that were kept', () => {
    const read = (claim: string) => parseJson(Buffer.from(claim), { bytes: 1000 }) as Resource
    const item = (price: string) =>
      `{"sequence":1,"factor":1.50,"unitPrice":{"value":${price}},"extension":[{"url":"u:x","valueDecimal":2.00}]}`
    const old = read(`{"resourceType":"Claim","item":[${item('10.00')}]}`)
    const view = viewOf('biller', 'Claim')!
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
    expect(viewOf('privacy-officer', 'Consent')?.keep(sent, old)).toEqual(old)
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
