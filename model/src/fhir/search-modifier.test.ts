import { describe, expect, test } from 'vitest'
import type { ResourceType } from './resource-type.ts'
import type { Resource } from './resource.ts'
import { matches } from './search-match.ts'
import { parseQuery } from './search-query.ts'
import type { Terminology } from './search-terms.ts'

const system = 'http://example.org/animals'
const parents: Readonly<Record<string, string>> = { dog: 'mammal', cat: 'mammal', mammal: 'animal', ant: 'animal' }

function aboveOf(code: string): string[] {
  const parent = parents[code]
  return parent === undefined ? [] : [parent, ...aboveOf(parent)]
}

/** Knows one code system and two value sets, of which one is not known whole. */
const terminology: Terminology = {
  members: (set) =>
    set.startsWith('http://example.org/vs/')
      ? { complete: set.endsWith('pets'), contains: (of, code) => of === system && (code === 'dog' || code === 'cat') }
      : undefined,
  subsumed: (of, code) =>
    of === system ? new Set(Object.keys(parents).filter((one) => aboveOf(one).includes(code))) : undefined,
  subsumers: (of, code) => (of === system ? new Set(aboveOf(code)) : undefined),
}

function found(resource: Resource, name: string, value: string): boolean {
  const parsed = parseQuery(resource.resourceType, name, value, { terminology })
  if ('refused' in parsed) throw new Error(parsed.refused)
  return matches(resource, parsed.query)
}

const coded = (...codings: object[]): Resource => ({ resourceType: 'Observation', code: { coding: codings } })
const dog = coded({ system, code: 'dog' })
const ant = coded({ system, code: 'ant' })
const stranger = coded({ code: 'dog' })
const none: Resource = { resourceType: 'Observation' }
const pets = 'http://example.org/vs/pets'

type Row = [string, Resource, string, string, boolean]

describe('codes by their terminology', () => {
  test.each<Row>([
    ['in a value set', dog, 'code:in', pets, true],
    ['not among its members', ant, 'code:in', pets, false],
    ['a code of no system is in no value set', stranger, 'code:in', pets, false],
    ['one of several codings is in it', coded({ system, code: 'ant' }, { system, code: 'cat' }), 'code:in', pets, true],
    ['not in it', ant, 'code:not-in', pets, true],
    ['not in it, though it is', dog, 'code:not-in', pets, false],
    ['not in it, where there is none', none, 'code:not-in', pets, true],
    ['below a code', dog, 'code:below', `${system}|animal`, true],
    ['below itself', dog, 'code:below', `${system}|dog`, true],
    ['not below another', ant, 'code:below', `${system}|mammal`, false],
    ['above a code', coded({ system, code: 'animal' }), 'code:above', `${system}|dog`, true],
    ['above itself', dog, 'code:above', `${system}|dog`, true],
    ['not above what it is under', dog, 'code:above', `${system}|animal`, false],
    ['a code of no system is above and below nothing', stranger, 'code:below', `${system}|animal`, false],
    ['one of several', ant, 'code:below', `${system}|mammal,${system}|animal`, true],
  ])('%s', (_, resource, name, value, expected) => {
    expect(found(resource, name, value)).toBe(expected)
  })
})

describe('other hierarchies', () => {
  const document = (contentType: string): Resource => ({
    resourceType: 'DocumentReference',
    content: [{ attachment: { contentType } }],
  })
  const answered = (questionnaire: string): Resource => ({ resourceType: 'QuestionnaireResponse', questionnaire })
  test.each<Row>([
    ['a MIME type with parameters', document('text/xml; charset=UTF-8'), 'contenttype:below', 'text/xml', true],
    ['a MIME type itself', document('text/xml'), 'contenttype:below', 'TEXT/XML', true],
    ['another MIME type', document('text/xml2'), 'contenttype:below', 'text/xml', false],
    ['a canonical below a version', answered('http://q|1.2'), 'questionnaire:below', 'http://q|1', true],
    ['not below another version', answered('http://q|11'), 'questionnaire:below', 'http://q|1', false],
    ['only by whole versions without below', answered('http://q|1.2'), 'questionnaire', 'http://q|1', false],
  ])('%s', (_, resource, name, value, expected) => {
    expect(found(resource, name, value)).toBe(expected)
  })
})

describe('words', () => {
  const condition: Resource = {
    resourceType: 'Condition',
    text: {
      status: 'generated',
      div: '<div xmlns="http://www.w3.org/1999/xhtml"><p class="lung">Bone &amp; joint, M&uuml;ller&#39;s</p> metastases</div>',
    },
    code: { coding: [{ display: 'Liver cyst' }] },
    note: [{ text: 'Seen on ultrasound' }],
  }
  test.each<Row>([
    ['of the narrative', condition, '_text', 'bone', true],
    ['whole words only', condition, '_text', 'bon', false],
    ['not of its markup', condition, '_text', 'lung', false],
    ['not of the rest', condition, '_text', 'liver', false],
    ['with named and numbered characters', condition, '_text', 'muller', true],
    ['all that stand side by side', condition, '_text', 'metastases bone', true],
    ['not when one is missing', condition, '_text', 'metastases liver', false],
    ['one of two', condition, '_text', 'liver or bone', true],
    ['with brackets', condition, '_text', '(bone OR liver) and metastases', true],
    ['in a row', condition, '_text', '"bone joint"', true],
    ['not in a row', condition, '_text', '"bone metastases"', false],
    ['of any text', condition, '_content', 'liver ultrasound', true],
    ['of the narrative, too', condition, '_content', 'joint', true],
    [
      'of a text that is searched by its letters otherwise',
      { resourceType: 'Patient', address: [{ line: ['1 High St'] }] },
      'address:text',
      'st high',
      true,
    ],
    ['no narrative', none, '_text:missing', 'true', true],
  ])('%s', (_, resource, name, value, expected) => {
    expect(found(resource, name, value)).toBe(expected)
  })
})

describe('what US Core adds', () => {
  const core = 'http://hl7.org/fhir/us/core/StructureDefinition'
  const omb = 'urn:oid:2.16.840.1.113883.6.238'
  const patient: Resource = {
    resourceType: 'Patient',
    extension: [
      {
        url: `${core}/us-core-race`,
        extension: [{ url: 'ombCategory', valueCoding: { system: omb, code: '2106-3' } }],
      },
      { url: 'http://example.org/e', extension: [{ url: 'x', valueCoding: { system: omb, code: '2028-9' } }] },
    ],
  }
  const condition: Resource = {
    resourceType: 'Condition',
    extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/condition-assertedDate', valueDateTime: '2020-02-03' }],
  }
  test.each<Row>([
    ['race by its code', patient, 'race', '2106-3', true],
    ['race with its system', patient, 'race', `${omb}|2106-3`, true],
    ['not by another extension', patient, 'race', '2028-9', false],
    ['the date a condition was asserted', condition, 'asserted-date', 'ge2020', true],
    [
      'where someone went',
      { resourceType: 'Encounter', hospitalization: { dischargeDisposition: { text: 'Home' } } },
      'discharge-disposition:text',
      'home',
      true,
    ],
    ['what a goal is', { resourceType: 'Goal', description: { coding: [{ code: 'g' }] } }, 'description', 'g', true],
    [
      'a role in a care team',
      { resourceType: 'CareTeam', participant: [{ role: [{ coding: [{ code: 'r' }] }] }] },
      'role',
      'r',
      true,
    ],
  ])('%s', (_, resource, name, value, expected) => {
    expect(found(resource, name, value)).toBe(expected)
  })
})

describe('what cannot be asked is refused with a code', () => {
  test.each<[string, ResourceType, string, string, string]>([
    ['a value set that is not known', 'Observation', 'code:in', 'http://elsewhere.example/vs', 'terminology-unknown'],
    [
      'a value set that is not known whole',
      'Observation',
      'code:in',
      'http://example.org/vs/part',
      'terminology-unknown',
    ],
    ['a code of an unknown system', 'Observation', 'code:below', 'http://elsewhere.example|x', 'terminology-unknown'],
    ['a code without its system', 'Observation', 'code:below', 'dog', 'value-invalid'],
    ['a system without a code', 'Observation', 'code:above', `${system}|`, 'value-invalid'],
    ['a hierarchy of places', 'Encounter', 'location:below', 'l1', 'modifier-unsupported'],
    ['a hierarchy of references', 'MedicationAdministration', 'context:above', 'e1', 'modifier-unsupported'],
    ['what is above a MIME type', 'DocumentReference', 'contenttype:above', 'text/xml', 'modifier-unsupported'],
    ['a value set of telephone numbers', 'Patient', 'phone:in', pets, 'modifier-unsupported'],
    ['the type of what is no identifier', 'Observation', 'code:of-type', 'a|b|c', 'modifier-unsupported'],
    ['the words of a plain code', 'Patient', 'gender:text', 'x', 'modifier-unsupported'],
    ['the identifier of a canonical', 'QuestionnaireResponse', 'questionnaire:identifier', 'x', 'modifier-unsupported'],
    [
      'a type of what a canonical leads to',
      'QuestionnaireResponse',
      'questionnaire:Questionnaire',
      'x',
      'modifier-unsupported',
    ],
    ['a type of what is elsewhere', 'Observation', 'subject:Patient', 'https://a.example/Patient/1', 'value-invalid'],
    ['a combination that is missing', 'Observation', 'code-value-quantity:missing', 'true', 'modifier-unsupported'],
    ['the letters of a narrative', 'Condition', '_text:exact', 'x', 'modifier-unsupported'],
    ['words that are none', 'Condition', '_text', '&&', 'value-invalid'],
    ['a bracket that stays open', 'Condition', '_text', '(bone', 'value-invalid'],
    ['brackets without end', 'Condition', '_content', '('.repeat(5000), 'value-invalid'],
    ['a narrative of what has none', 'Bundle', '_text', 'x', 'parameter-unknown'],
    ['a query of the server', 'Patient', '_query', 'x', 'parameter-unsupported'],
    ['a filter', 'Patient', '_filter', 'name eq x', 'parameter-unsupported'],
    ['more alternatives than anyone compares', 'Patient', 'name', 'x,'.repeat(1000) + 'x', 'value-invalid'],
  ])('%s', (_, type, name, value, refused) => {
    expect(parseQuery(type, name, value, { terminology })).toEqual({ refused })
  })

  test('codes by their terminology, where nobody brought one', () => {
    for (const name of ['code:in', 'code:not-in', 'code:above', 'code:below'])
      expect(parseQuery('Observation', name, `${system}|dog`)).toEqual({ refused: 'modifier-unsupported' })
  })
})
