import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ResourceType } from './resource-type.ts'
import type { Resource } from './resource.ts'
import { matches } from './search-match.ts'
import { parseQuery, type QueryOptions } from './search-query.ts'

function found(resource: Resource, name: string, value: string, options: QueryOptions = {}): boolean {
  const parsed = parseQuery(resource.resourceType, name, value, options)
  if ('refused' in parsed) throw new Error(parsed.refused)
  return matches(resource, parsed.query)
}

const observation: Resource = {
  resourceType: 'Observation',
  id: 'o1',
  status: 'final',
  meta: { profile: ['http://hl7.org/fhir/StructureDefinition/bp|4.0.1'], tag: [{ code: 'x' }] },
  code: {
    coding: [{ system: 'http://loinc.org', code: '8480-6', display: 'Systolic pressure' }, { code: 'local' }],
    text: 'Blood pressure, upper',
  },
  subject: { reference: 'Patient/p1', identifier: { system: 'urn:mrn', value: '77' } },
  effectiveDateTime: '2020-03-04T10:30:00+02:00',
  valueQuantity: { value: 5.4, unit: 'mg', system: 'http://unitsofmeasure.org', code: 'mg' },
  component: [
    { code: { coding: [{ system: 's', code: 'a' }] }, valueQuantity: { value: 1, unit: 'kg' } },
    { code: { coding: [{ system: 's', code: 'b' }] }, valueQuantity: { value: 2, unit: 'kg' } },
  ],
}

const patient: Resource = {
  resourceType: 'Patient',
  id: 'p1',
  active: true,
  gender: 'female',
  name: [{ family: 'Müller-Straße', given: ['Ana María', 'Zoë'] }],
  birthDate: '1980-05',
  telecom: [
    { system: 'phone', value: '(212) 555-0123' },
    { system: 'email', value: 'Ana@Example.org' },
  ],
  identifier: [
    { system: 'urn:mrn', value: 'A|1,2', type: { coding: [{ system: 't', code: 'MR' }], text: 'Medical record' } },
  ],
  address: [{ line: ['1 High St'], city: 'Köln', postalCode: '50667' }],
}

type Row = [string, Resource, string, string, boolean]

describe('token', () => {
  test.each<Row>([
    ['a code of any system', observation, 'code', '8480-6', true],
    ['a code and its system', observation, 'code', 'http://loinc.org|8480-6', true],
    ['a code of another system', observation, 'code', 'http://snomed.info/sct|8480-6', false],
    ['a code without a system', observation, 'code', '|local', true],
    ['a code that has a system, asked for without', observation, 'code', '|8480-6', false],
    ['any code of a system', observation, 'code', 'http://loinc.org|', true],
    ['codes are compared to the letter', observation, 'code', 'LOCAL', false],
    ['one of several', observation, 'code', 'zzz,local', true],
    ['none of several', observation, 'code', 'zzz,yyy', false],
    [
      'a plain code with the system of its value set',
      patient,
      'gender',
      'http://hl7.org/fhir/administrative-gender|female',
      true,
    ],
    ['true', patient, 'active', 'true', true],
    ['not', patient, 'gender:not', 'male', true],
    ['not one of several', patient, 'gender:not', 'male,female', false],
    ['not, where there is none', observation, 'method:not', 'x', true],
    ['the words of a code from their start', observation, 'code:text', 'blood', true],
    ['the words of a display', observation, 'code:text', 'SYSTOLIC', true],
    ['words from the middle', observation, 'code:text', 'pressure', false],
    ['an identifier with separators in it, escaped', patient, 'identifier', String.raw`urn:mrn|A\|1\,2`, true],
    ['an identifier of a type', patient, 'identifier:of-type', String.raw`t|MR|A\|1\,2`, true],
    ['an identifier of another type', patient, 'identifier:of-type', String.raw`t|SS|A\|1\,2`, false],
    ['a telephone number by its digits', patient, 'phone', '212-555-0123', true],
    ['an e-mail address without case', patient, 'email', 'ana@example.org', true],
    ['an e-mail address is no telephone number', patient, 'phone', 'ana@example.org', false],
    ['telecom of a kind', patient, 'telecom', 'email|ana@example.org', true],
    ['a death that is not there', patient, 'deceased', 'false', true],
    ['a death that is', { resourceType: 'Patient', deceasedDateTime: '2020' }, 'deceased', 'true', true],
    ['the id', observation, '_id', 'o1', true],
    ['a tag', observation, '_tag', '|x', true],
  ])('%s', (_, resource, name, value, expected) => {
    expect(found(resource, name, value)).toBe(expected)
  })
})

describe('string', () => {
  test.each<Row>([
    ['from its start', patient, 'family', 'Mül', true],
    ['without accents and case', patient, 'family', 'MULLER-STRASSE', true],
    ['each part of a family name by itself', patient, 'family', 'straße', true],
    ['not from the middle of a part', patient, 'family', 'traße', false],
    ['not from the middle of what is no name', patient, 'address', 'High', false],
    ['without punctuation', patient, 'family', 'muller  STRASSE', true],
    ['any part of a name', patient, 'name', 'zoe', true],
    ['any part of an address', patient, 'address', 'köln', true],
    ['contains', patient, 'family:contains', 'ller-s', true],
    ['exact', patient, 'given:exact', 'Ana María', true],
    ['exact minds case', patient, 'given:exact', 'ana maría', false],
    ['exact minds accents', patient, 'given:exact', 'Ana Maria', false],
    ['exact minds the end', patient, 'given:exact', 'Ana', false],
    ['a sound', patient, 'phonetic', 'Mueler Strase', true],
    ['another sound', patient, 'phonetic', 'Smith', false],
    ['a city', patient, 'address-city', 'Koln', true],
  ])('%s', (_, resource, name, value, expected) => {
    expect(found(resource, name, value)).toBe(expected)
  })
})

describe('date', () => {
  const at = (effective: object): Resource => ({ resourceType: 'Observation', ...effective })
  const day = at({ effectiveDateTime: '2013-01-14' })
  const month = at({ effectiveDateTime: '2013-01' })
  const open = at({ effectivePeriod: { start: '2013-01-14' } })
  test.each<Row>([
    ['the same day', day, 'date', '2013-01-14', true],
    ['a month has its days', day, 'date', '2013-01', true],
    ['a day has not its month', month, 'date', '2013-01-14', false],
    ['a year has its months', month, 'date', '2013', true],
    ['not equal', day, 'date', 'ne2013-01-15', true],
    ['not equal to a month around it', day, 'date', 'ne2013-01', false],
    ['after', day, 'date', 'gt2013-01-13', true],
    ['not after its own day', day, 'date', 'gt2013-01-14', false],
    ['a month reaches beyond its 14th', month, 'date', 'gt2013-01-14', true],
    ['after the start of its own day', day, 'date', 'gt2013-01-14T10:00', true],
    ['from', day, 'date', 'ge2013-01-14', true],
    ['before', day, 'date', 'lt2013-01-15', true],
    ['before its own day', day, 'date', 'lt2013-01-14', false],
    ['until', day, 'date', 'le2013-01-14', true],
    ['starts after', day, 'date', 'sa2013-01-13', true],
    ['does not start after within', month, 'date', 'sa2013-01-14', false],
    ['ends before', day, 'date', 'eb2013-01-15', true],
    ['does not end before while open', open, 'date', 'eb2030-01-01', false],
    ['goes on after', open, 'date', 'gt2030-01-01', true],
    ['about: an overlap', month, 'date', 'ap2013-01-14', true],
    ['the offset counts', observation, 'date', '2020-03-04T08:30:00Z', true],
    [
      'the offset counts where the day turns',
      at({ effectiveDateTime: '2020-03-04T23:30:00-05:00' }),
      'date',
      '2020-03-05',
      true,
    ],
    ['an offset whose plus became a space', observation, 'date', '2020-03-04T10:30:00 02:00', true],
    [
      'a fraction lies in its second',
      at({ effectiveInstant: '2020-03-04T10:30:00.250Z' }),
      'date',
      '2020-03-04T10:30:00Z',
      true,
    ],
    [
      'an instant is a point in time, however it is written',
      at({ effectiveInstant: '2020-03-04T10:30:00Z' }),
      'date',
      'gt2020-03-04T10:30:00.500Z',
      false,
    ],
    [
      'a series of times reaches from first to last',
      at({ effectiveTiming: { event: ['2013-01-05', '2013-01-20'] } }),
      'date',
      '2013-01',
      true,
    ],
    ['one of two', day, 'date', '2012,2013', true],
  ])('%s', (_, resource, name, value, expected) => {
    expect(found(resource, name, value)).toBe(expected)
  })

  test('about: a tenth of the time until now', () => {
    const now = Date.UTC(2023, 0, 14)
    expect(found(day, 'date', 'ap2013-10-01', { now })).toBe(true)
    expect(found(day, 'date', 'ap2014-06-01', { now })).toBe(false)
  })

  const text = fc
    .date({ min: new Date('1900-01-01T00:00:00Z'), max: new Date('2100-01-01T00:00:00Z'), noInvalidDate: true })
    .chain((date) => fc.constantFrom(4, 7, 10, 24).map((length) => date.toISOString().slice(0, length)))
  const on = (date: string): Resource => at({ effectiveDateTime: date })

  test('laws: eq or ne; ge is gt or eq; le is lt or eq; sa and eb exclude each other and eq', () => {
    fc.assert(
      fc.property(text, text, (one, other) => {
        const is = (prefix: string): boolean => found(on(one), 'date', prefix + other)
        expect(is('eq')).toBe(!is('ne'))
        expect(is('ge')).toBe(is('gt') || is('eq'))
        expect(is('le')).toBe(is('lt') || is('eq'))
        if (is('sa')) expect([is('gt'), is('eb'), is('eq'), is('lt')]).toEqual([true, false, false, false])
        if (is('eb')) expect([is('lt'), is('sa'), is('eq'), is('gt')]).toEqual([true, false, false, false])
      }),
    )
  })
})

describe('number and quantity', () => {
  const risk = (probabilityDecimal: number): Resource => ({
    resourceType: 'RiskAssessment',
    prediction: [{ probabilityDecimal }],
  })
  const value = (quantity: object): Resource => ({ resourceType: 'Observation', valueQuantity: quantity })
  test.each<Row>([
    ['within the digits asked for', risk(99.5), 'probability', '100', true],
    ['half a digit above is out', risk(100.5), 'probability', '100', false],
    ['with more digits', risk(100.4), 'probability', '100.00', false],
    ['with an exponent', risk(104.9), 'probability', '1e2', true],
    ['below an exponent', risk(94.9), 'probability', '1e2', false],
    ['negative', risk(-0.3), 'probability', '-0.3', true],
    ['greater, exactly', risk(100.4), 'probability', 'gt100', true],
    ['not greater than itself', risk(100), 'probability', 'gt100', false],
    ['at least itself', risk(100), 'probability', 'ge100', true],
    ['about a tenth', risk(110), 'probability', 'ap100', true],
    ['more than about a tenth', risk(110.1), 'probability', 'ap100', false],
    ['with an exponent and a fraction, half of its last digit', risk(0.005405), 'probability', '5.40e-3', false],
    ['just within it', risk(0.0054049), 'probability', '5.40e-3', true],
    [
      'a Range without values says nothing',
      { resourceType: 'RiskAssessment', prediction: [{ probabilityRange: {} }] },
      'probability',
      'gt0',
      false,
    ],
    ['a quantity of any unit', observation, 'value-quantity', '5.4', true],
    ['a quantity with system and code', observation, 'value-quantity', '5.4|http://unitsofmeasure.org|mg', true],
    ['a quantity of another system', observation, 'value-quantity', '5.4|http://example.org|mg', false],
    ['a quantity by its unit', value({ value: 5.4, unit: 'MG' }), 'value-quantity', '5.4||MG', true],
    ['a quantity of another unit', observation, 'value-quantity', '5.4||kg', false],
    ['at most', observation, 'value-quantity', 'le5.40|http://unitsofmeasure.org|mg', true],
    ['less than 3 could be 2', value({ value: 3, comparator: '<' }), 'value-quantity', 'lt2', true],
    ['less than 3 is not 3', value({ value: 3, comparator: '<' }), 'value-quantity', '3', false],
    [
      'money by its currency',
      { resourceType: 'Invoice', totalNet: { value: 12.5, currency: 'EUR' } },
      'totalnet',
      '12.5|urn:iso:std:iso:4217|EUR',
      true,
    ],
  ])('%s', (_, resource, name, wanted, expected) => {
    expect(found(resource, name, wanted)).toBe(expected)
  })
})

describe('reference', () => {
  const to = (reference: string): Resource => ({ resourceType: 'Observation', subject: { reference } })
  test.each<Row>([
    ['by type and id', observation, 'subject', 'Patient/p1', true],
    ['by id', observation, 'subject', 'p1', true],
    ['by id and a type in the modifier', observation, 'subject:Patient', 'p1', true],
    ['by id and another type', observation, 'subject:Group', 'p1', false],
    ['by another type', observation, 'subject', 'Group/p1', false],
    ['patient finds a patient', observation, 'patient', 'p1', true],
    ['patient finds no group', to('Group/p1'), 'patient', 'p1', false],
    ['elsewhere is not here', to('https://a.example/Patient/p1'), 'subject', 'Patient/p1', false],
    ['elsewhere', to('https://a.example/Patient/p1'), 'subject', 'https://a.example/Patient/p1', true],
    ['a version in the reference', to('Patient/p1/_history/2'), 'subject', 'Patient/p1', true],
    ['a urn', to('urn:uuid:1'), 'subject', 'urn:uuid:1', true],
    ['by its identifier', observation, 'subject:identifier', 'urn:mrn|77', true],
    ['by another identifier', observation, 'subject:identifier', 'urn:mrn|78', false],
    [
      'a canonical of any version',
      { resourceType: 'QuestionnaireResponse', questionnaire: 'http://q|2' },
      'questionnaire',
      'http://q',
      true,
    ],
    [
      'a canonical of its version',
      { resourceType: 'QuestionnaireResponse', questionnaire: 'http://q|2' },
      'questionnaire',
      'http://q|2',
      true,
    ],
    [
      'a canonical of another version',
      { resourceType: 'QuestionnaireResponse', questionnaire: 'http://q|2' },
      'questionnaire',
      'http://q|3',
      false,
    ],
  ])('%s', (_, resource, name, value, expected) => {
    expect(found(resource, name, value)).toBe(expected)
  })

  test('our own address is no elsewhere', () => {
    const base = 'https://here/fhir/R4/'
    expect(found(observation, 'subject', `${base}Patient/p1`, { base })).toBe(true)
    expect(found(to(`${base}Patient/p1`), 'subject', 'Patient/p1', { base })).toBe(true)
    const answers = (questionnaire: string): Resource => ({ resourceType: 'QuestionnaireResponse', questionnaire })
    const named = answers(`${base}Questionnaire/q|1`)
    expect(found(named, 'questionnaire', `${base}Questionnaire/q`, { base })).toBe(true)
    expect(found(named, 'questionnaire', `${base}Questionnaire/q|1`, { base })).toBe(true)
    expect(found(named, 'questionnaire', `${base}Questionnaire/q|2`, { base })).toBe(false)
    expect(found(answers(`https://there/Questionnaire/q`), 'questionnaire', 'Questionnaire/q', { base })).toBe(false)
  })
})

describe('uri, composite, missing, near', () => {
  const set = (url: string): Resource => ({ resourceType: 'ValueSet', url })
  test.each<Row>([
    ['a uri to the letter', set('http://a/b'), 'url', 'http://a/b', true],
    ['a uri minds case', set('http://a/b'), 'url', 'http://a/B', false],
    ['below', set('http://a/b/c'), 'url:below', 'http://a/b', true],
    ['below is by whole segments', set('http://a/bc'), 'url:below', 'http://a/b', false],
    ['above', set('http://a/b'), 'url:above', 'http://a/b/c/d', true],
    ['urns have no above', set('urn:oid:1.2'), 'url:above', 'urn:oid:1.2.3', false],
    ['a profile of any version', observation, '_profile', 'http://hl7.org/fhir/StructureDefinition/bp', true],
    ['parts of one component', observation, 'component-code-value-quantity', 's|a$1', true],
    ['parts of two components', observation, 'component-code-value-quantity', 's|a$2', false],
    ['parts with an order', observation, 'combo-code-value-quantity', '8480-6$gt5', true],
    ['missing', observation, 'method:missing', 'true', true],
    ['not missing', observation, 'code:missing', 'false', true],
    ['missing, but there', observation, 'code:missing', 'true', false],
    [
      'near',
      { resourceType: 'Location', position: { latitude: 42.256, longitude: -83.694 } },
      'near',
      '42.3|-83.7|10|km',
      true,
    ],
    [
      'not near',
      { resourceType: 'Location', position: { latitude: 42.256, longitude: -83.694 } },
      'near',
      '42.3|-83.7|1|km',
      false,
    ],
  ])('%s', (_, resource, name, value, expected) => {
    expect(found(resource, name, value)).toBe(expected)
  })
})

describe('what cannot be asked is refused with a code', () => {
  test.each<[string, ResourceType, string, string, string]>([
    ['an unknown parameter', 'Patient', 'nonsense', 'x', 'parameter-unknown'],
    ['a name of JavaScript', 'Patient', 'constructor', 'x', 'parameter-unknown'],
    ['a modifier of another type', 'Patient', 'birthdate:exact', '2020', 'modifier-unsupported'],
    ['an unknown modifier', 'Patient', 'name:fuzzy', 'x', 'modifier-unsupported'],
    ['two modifiers', 'Patient', 'name:exact:missing', 'x', 'modifier-unsupported'],
    ['a type that the reference cannot have', 'Observation', 'subject:Organization', 'x', 'modifier-unsupported'],
    ['a value set', 'Observation', 'code:in', 'http://v', 'modifier-unsupported'],
    ['no value', 'Patient', 'name', '', 'value-invalid'],
    ['one empty value', 'Patient', 'name', 'a,', 'value-invalid'],
    ['a day that is none', 'Patient', 'birthdate', '2021-02-29', 'value-invalid'],
    ['a date in words', 'Patient', 'birthdate', 'yesterday', 'value-invalid'],
    ['an unknown prefix', 'Patient', 'birthdate', 'xx2020', 'value-invalid'],
    ['a number in words', 'RiskAssessment', 'probability', 'ten', 'value-invalid'],
    ['two prefixes', 'RiskAssessment', 'probability', 'gtlt5', 'value-invalid'],
    ['half a composite', 'Observation', 'code-value-quantity', 'a', 'value-invalid'],
    ['neither true nor false', 'Patient', 'name:missing', 'yes', 'value-invalid'],
    ['a token with three parts', 'Patient', 'identifier', 'a|b|c', 'value-invalid'],
    ['a bar alone', 'Patient', 'identifier', '|', 'value-invalid'],
    ['a chain', 'Observation', 'subject:Patient.name', 'x', 'chained'],
    ['a reverse chain', 'Patient', '_has:Observation:patient:code', 'x', 'reverse'],
  ])('%s', (_, type, name, value, refused) => {
    expect(parseQuery(type, name, value)).toEqual({ refused })
  })

  test('whatever is asked, the answer is a query or a code', () => {
    const parameter = fc.constantFrom(
      'code',
      'date',
      'value-quantity',
      'subject',
      'code-value-quantity',
      '_profile',
      'value-string',
      'value-string:text',
      'code:text',
      'subject:identifier',
      '_profile:below',
      '_content',
      '_text',
    )
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      // Of what queries are written with, so that more of them are read.
      fc.stringMatching(/^[ge0-9.|$,\\()" -]{0,20}$/),
    )
    fc.assert(
      fc.property(parameter, text, (name, value) => {
        const parsed = parseQuery('Observation', name, value)
        if ('query' in parsed) expect(typeof matches(observation, parsed.query)).toBe('boolean')
        else expect(parsed.refused).toBe('value-invalid')
      }),
    )
  })
})
