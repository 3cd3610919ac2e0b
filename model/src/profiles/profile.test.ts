import { describe, expect, test } from 'vitest'
import { claimedProfiles, claimErrors, profileOf, validateProfile } from './index.ts'

const usCore = (name: string): string => `http://hl7.org/fhir/us/core/StructureDefinition/${name}`
const core = (name: string): string => `http://hl7.org/fhir/StructureDefinition/${name}`

const patient = (more: object = {}): object => ({
  resourceType: 'Patient',
  identifier: [{ system: 'http://e', value: '1' }],
  name: [{ family: 'A' }],
  gender: 'female',
  ...more,
})
const coding = (system: string, code: string): object => ({ coding: [{ system, code }] })
const loinc = (code: string): object => coding('http://loinc.org', code)
const mmHg = { value: 120, unit: 'mmHg', system: 'http://unitsofmeasure.org', code: 'mm[Hg]' }
const vitalSigns = [coding('http://terminology.hl7.org/CodeSystem/observation-category', 'vital-signs')]
const bloodPressure = (more: object = {}): object => ({
  resourceType: 'Observation',
  status: 'final',
  category: vitalSigns,
  code: loinc('85354-9'),
  subject: { reference: 'Patient/1' },
  effectiveDateTime: '2026-01-02',
  component: [
    { code: loinc('8480-6'), valueQuantity: mmHg },
    { code: loinc('8462-4'), valueQuantity: mmHg },
  ],
  ...more,
})
const race = (...parts: object[]): object => ({
  extension: [{ url: usCore('us-core-race'), extension: parts }],
})
const raceText = { url: 'text', valueString: 'x' }
const omb = (code: string): object => ({
  url: 'ombCategory',
  valueCoding: { system: 'urn:oid:2.16.840.1.113883.6.238', code },
})

function said(resource: object, canonical: string): string[] {
  return validateProfile(JSON.parse(JSON.stringify(resource)), canonical).map(
    ({ expression, text }) => `${expression} ${text}`,
  )
}

describe('a resource that follows a profile', () => {
  test.each<[string, object, string]>([
    ['US Core patient', patient(), usCore('us-core-patient|8.0.0')],
    ['a race of a category with its text', patient(race(omb('2106-3'), raceText)), usCore('us-core-patient|6.1.0')],
    ['a blood pressure with both parts, in any order', bloodPressure(), usCore('us-core-blood-pressure|7.0.0')],
    ['the blood pressure of R4', bloodPressure(), core('bp')],
    [
      'an element whose value is missing for a reason',
      bloodPressure({
        effectiveDateTime: undefined,
        _effectiveDateTime: { extension: [{ url: core('data-absent-reason'), valueCode: 'unknown' }] },
      }),
      core('bp'),
    ],
    [
      'another slice beside those that the profile names',
      bloodPressure({ category: [...vitalSigns, coding('http://e', 'x')] }),
      usCore('us-core-blood-pressure|8.0.0'),
    ],
  ])('%s has no finding', (_, resource, canonical) => {
    expect(profileOf(canonical)).toBeDefined()
    expect(said(resource, canonical)).toEqual([])
  })
})

describe('found, with where, why and whose rule it is', () => {
  test.each<[string, object, string, string[]]>([
    [
      'an element that only the profile requires',
      patient({ identifier: undefined }),
      usCore('us-core-patient|8.0.0'),
      ['Patient.identifier is required (us-core-patient 8.0.0)'],
    ],
    [
      'an element within one of several',
      patient({ identifier: [{ system: 'http://e', value: '1' }, { value: '2' }] }),
      usCore('us-core-patient|8.0.0'),
      ['Patient.identifier[1].system is required (us-core-patient 8.0.0)'],
    ],
    [
      'a pattern',
      bloodPressure({ code: loinc('8302-2') }),
      usCore('us-core-blood-pressure|8.0.0'),
      ['Observation.code must have {coding:[{system:http://loinc.org,code:85354-9}]} (us-core-blood-pressure 8.0.0)'],
    ],
    [
      'a slice that is missing, by its name and code, and too few of all',
      bloodPressure({ component: [{ code: loinc('8480-6'), valueQuantity: mmHg }] }),
      usCore('us-core-blood-pressure|8.0.0'),
      [
        'Observation.component must be there at least 2 times (us-core-blood-pressure 8.0.0)',
        'Observation.component must have the slice diastolic (8462-4) (us-core-blood-pressure 8.0.0)',
      ],
    ],
    [
      'a slice that is there too often',
      patient({ extension: [race(raceText), race(raceText)].flatMap((one) => Object.values(one)[0]) }),
      usCore('us-core-patient|6.1.0'),
      ['Patient.extension must have the slice race at most once (us-core-patient 6.1.0)'],
    ],
    [
      'a fixed value within a slice',
      bloodPressure({
        component: [
          { code: loinc('8480-6'), valueQuantity: { ...mmHg, code: 'kPa' } },
          { code: loinc('8462-4'), valueQuantity: mmHg },
        ],
      }),
      usCore('us-core-blood-pressure|8.0.0'),
      ['Observation.component[0].value.code must be exactly mm[Hg] (us-core-blood-pressure 8.0.0)'],
    ],
    [
      'a type of a choice',
      bloodPressure({ effectiveDateTime: undefined, effectiveInstant: '2026-01-02T00:00:00Z' }),
      core('bp'),
      ['Observation.effective must be dateTime or Period (bp 4.0.1)'],
    ],
    [
      'what must not be there',
      bloodPressure({ valueQuantity: mmHg }),
      core('bp'),
      ['Observation.value must not have the slice valueQuantity (bp 4.0.1)'],
    ],
    [
      'where a reference leads',
      bloodPressure({ subject: { reference: 'Group/1' } }),
      core('bp'),
      ['Observation.subject.reference must lead to Patient (bp 4.0.1)'],
    ],
    [
      'where a reference within leads',
      bloodPressure({ contained: [{ resourceType: 'Group', id: 'g' }], subject: { reference: '#g' } }),
      core('bp'),
      ['Observation.subject.reference must lead to Patient (bp 4.0.1)'],
    ],
    [
      'a code outside of a required value set',
      { resourceType: 'CarePlan', text: { status: 'empty', div: '' } },
      usCore('us-core-careplan|3.1.1'),
      [
        'CarePlan.text.status must be a code of its required value set (us-core-careplan 3.1.1)',
        'CarePlan.category is required (us-core-careplan 3.1.1)',
        'CarePlan.category must have the slice AssessPlan (assess-plan) (us-core-careplan 3.1.1)',
      ],
    ],
    [
      'within an extension, by its own profile',
      patient(race(omb('9999-9'))),
      usCore('us-core-patient|6.1.0'),
      [
        'Patient.extension[0].extension must have the slice text (us-core-patient 6.1.0)',
        'Patient.extension[0].extension[0].value must be a code of its required value set (us-core-patient 6.1.0)',
      ],
    ],
    ['a resource of another type', { resourceType: 'Group' }, core('bp'), ['Resource must be Observation (bp 4.0.1)']],
  ])('%s', (_, resource, canonical, expected) => {
    expect(said(resource, canonical).toSorted()).toEqual(expected.toSorted())
  })
})

describe('invariants of profiles', () => {
  const constraints = (resource: object, canonical: string): unknown[] =>
    validateProfile(JSON.parse(JSON.stringify(resource)), canonical).map((one) => [
      one.expression,
      one.constraint,
      one.severity ?? 'error',
    ])
  const practitioner = (npi: string): object => ({
    resourceType: 'Practitioner',
    identifier: [{ system: 'http://hl7.org/fhir/sid/us-npi', value: npi }],
    name: [{ family: 'A' }],
  })
  const lab = (more: object): object => ({
    resourceType: 'Observation',
    status: 'final',
    category: [coding('http://terminology.hl7.org/CodeSystem/observation-category', 'laboratory')],
    code: loinc('2339-0'),
    subject: { reference: 'Patient/1' },
    effectiveDateTime: '2026-01-02',
    ...more,
  })

  test.each<[string, object, string, unknown[]]>([
    [
      'on an element',
      patient({ name: [{ use: 'official' }] }),
      'us-core-patient|8.0.0',
      ['Patient.name[0]', 'us-core-6'],
    ],
    [
      'on a choice',
      bloodPressure({ effectiveDateTime: '2026-01' }),
      'us-core-blood-pressure|8.0.0',
      ['Observation.effective', 'vs-1'],
    ],
    [
      'on a slice, here the check digit of a provider’s number',
      practitioner('1234567890'),
      'us-core-practitioner|8.0.0',
      ['Practitioner.identifier[0]', 'us-core-17'],
    ],
    ['on the resource', lab({}), 'us-core-observation-lab|8.0.0', ['Observation', 'us-core-2']],
  ])('%s', (_, resource, name, [expression, key]) => {
    expect(constraints(resource, usCore(name))).toEqual([[expression, key, 'error']])
  })

  test('a number with its check digit is right', () => {
    expect(constraints(practitioner('1234567893'), usCore('us-core-practitioner|8.0.0'))).toEqual([])
  })

  test('what is only advised is a warning, and no reason to refuse', () => {
    const canonical = usCore('us-core-observation-lab|8.0.0')
    const local = lab({ valueCodeableConcept: coding('http://e', 'x'), meta: { profile: [canonical] } })
    expect(constraints(local, canonical)).toEqual([['Observation.value', 'us-core-4', 'warning']])
    expect(claimErrors(local)).toEqual([])
  })

  test('the words say what is asked, and whose invariant it is', () => {
    const [finding] = validateProfile(lab({}), usCore('us-core-observation-lab|8.0.0'))
    expect(finding).toEqual({
      expression: 'Observation',
      issue: 'invariant',
      text: 'must have a value or dataAbsentReason, unless it has components or members (us-core-observation-lab 8.0.0)',
      constraint: 'us-core-2',
    })
  })
})

describe('which profile is meant', () => {
  test('with a version, that one; without, the newest that is held', () => {
    expect(profileOf(usCore('us-core-patient|6.1.0'))?.version).toBe('6.1.0')
    expect(profileOf(usCore('us-core-patient'))?.version).toBe('8.0.0')
    expect(profileOf(core('bp'))).toMatchObject({ type: 'Observation', version: '4.0.1' })
  })

  test.each(['http://e/profile', usCore('us-core-patient|1.0.0'), 'constructor', '', '|'])('%s is not held', (text) => {
    expect(profileOf(text)).toBeUndefined()
    expect(validateProfile({ resourceType: 'Patient' }, text)).toEqual([])
  })

  test('a claim without version is satisfied by any version that is held', () => {
    // 8.0.0 no longer asks for a gender; 3.1.1 to 7.0.0 do.
    const without = patient({ gender: undefined })
    expect(said(without, usCore('us-core-patient|7.0.0'))).toEqual([
      'Patient.gender is required (us-core-patient 7.0.0)',
    ])
    expect(said(without, usCore('us-core-patient'))).toEqual([])
  })

  test('only claims of profiles that are held are judged, each of them', () => {
    const profile = ['http://e/profile', usCore('us-core-patient|7.0.0'), core('bp')]
    const claiming = patient({ gender: undefined, meta: { profile } })
    expect(claimedProfiles(claiming)).toEqual(profile.slice(1))
    const first = claimErrors(claiming)
    expect(first.map((one) => one.expression)).toEqual(['Patient.gender', 'Resource'])
    expect(claimErrors(claiming)).toEqual(first)
  })

  test('what is in a Bundle is judged by what it claims itself', () => {
    const resource = patient({ identifier: undefined, meta: { profile: [usCore('us-core-patient|8.0.0')] } })
    const bundle = { resourceType: 'Bundle', type: 'collection', entry: [{ resource: patient() }, { resource }] }
    expect(claimErrors(JSON.parse(JSON.stringify(bundle))).map((one) => one.expression)).toEqual([
      'Bundle.entry[1].resource.identifier',
    ])
  })

  test.each<[unknown]>([[undefined], [{}], [{ meta: { profile: 'x' } }], [{ meta: { profile: [1] } }]])(
    'nothing is claimed by %j',
    (resource) => {
      expect(claimedProfiles(resource)).toEqual([])
      expect(claimErrors(resource)).toEqual([])
    },
  )
})
