import { describe, expect, test } from 'vitest'
import { parseResource, validate } from './validate.ts'

const coded = { text: 'x' }
const observation = (more: object): object => ({ resourceType: 'Observation', status: 'final', code: coded, ...more })
const loinc = (code: string): object => ({ coding: [{ system: 'http://loinc.org', code }] })
const broken = (value: unknown): (readonly [string, string | undefined])[] =>
  validate(value)
    .filter((one) => one.issue === 'invariant')
    .map((one) => [one.expression, one.constraint] as const)

describe('a constraint of R4', () => {
  test.each<[string, object, [string, string][]]>([
    [
      'a value and a reason for its absence',
      observation({ valueString: 'x', dataAbsentReason: coded }),
      [['Observation', 'obs-6']],
    ],
    [
      'a value beside a component of the same code',
      observation({
        code: loinc('1-8'),
        valueString: 'x',
        component: [{ code: loinc('1-8') }, { code: loinc('2-6') }],
      }),
      [['Observation', 'obs-7']],
    ],
    ['a period that ends before it begins', period('2020-02-01', '2020-01-31'), [['Observation.effective', 'per-1']]],
    [
      'a range in a backbone element',
      observation({ referenceRange: [{ text: 'x' }, { age: { low: { value: 1 } } }] }),
      [['Observation.referenceRange[1]', 'obs-3']],
    ],
    [
      'a code without a system in a quantity',
      observation({ valueQuantity: { value: 1, code: 'mg' } }),
      [['Observation.value', 'qty-3']],
    ],
    [
      'an address of a kind that an organization has not',
      { resourceType: 'Organization', name: 'x', address: [{ city: 'x' }, { use: 'home', city: 'y' }] },
      [['Organization.address[1]', 'org-2']],
    ],
    [
      'what is contained and not referred to',
      observation({ contained: [{ resourceType: 'Patient', id: 'p' }] }),
      [['Observation', 'dom-3']],
    ],
    [
      'a version of what is contained',
      observation({
        contained: [{ resourceType: 'Patient', id: 'p', meta: { versionId: '1' } }],
        subject: { reference: '#p' },
      }),
      [['Observation', 'dom-4']],
    ],
    [
      'within a resource of a bundle, and of the bundle',
      {
        resourceType: 'Bundle',
        type: 'collection',
        total: 1,
        entry: [{ resource: observation({ valueString: 'x', dataAbsentReason: coded }) }],
      },
      [
        ['Bundle.entry[0].resource', 'obs-6'],
        ['Bundle', 'bdl-1'],
      ],
    ],
    [
      'a question that is asked for an answer that it cannot have',
      questionnaire({ question: '1', operator: 'exists', answerString: 'x' }),
      [['Questionnaire.item[0].enableWhen[0]', 'que-7']],
    ],
    [
      'two questions of one name at different depths',
      {
        resourceType: 'Questionnaire',
        status: 'draft',
        item: [{ linkId: '1', type: 'group', item: [{ linkId: '1', type: 'string' }] }],
      },
      [['Questionnaire', 'que-2']],
    ],
    [
      'a maximum below the minimum',
      elements({ min: 2, max: '1' }),
      [['StructureDefinition.differential.element[0]', 'eld-2']],
    ],
    [
      'an element name with a space',
      elements({ path: ' ' }),
      [['StructureDefinition.differential.element[0]', 'eld-19']],
    ],
  ])('%s is found where it is', (_, resource, expected) => {
    expect(broken(resource)).toEqual(expected)
  })

  test.each<[string, object]>([
    ['dates that overlap by their precision', period('2020-02-01', '2020')],
    ['a date beside a time in another zone', period('2020-02-02', '2020-02-01T20:00:00-05:00')],
    ['a reason without a value', observation({ dataAbsentReason: coded })],
    ['an answer that is there', questionnaire({ question: '1', operator: 'exists', answerBoolean: true })],
    [
      'quantities of different units',
      observation({ valueRange: { low: { value: 5, unit: 'mg' }, high: { value: 1, unit: 'g' } } }),
    ],
    [
      'a contained resource that refers to the one around it',
      observation({ contained: [{ ...observation({ hasMember: [{ reference: '#' }] }), id: 'o' }] }),
    ],
  ])('%s is kept', (_, resource) => {
    expect(broken(resource)).toEqual([])
  })

  test('all that are broken are found, not only the first', () => {
    const resource = observation({
      valueQuantity: { value: 1, code: 'mg' },
      dataAbsentReason: coded,
      effectivePeriod: { start: '2020', end: '2019' },
    })
    expect(broken(resource)).toEqual([
      ['Observation.value', 'qty-3'],
      ['Observation.effective', 'per-1'],
      ['Observation', 'obs-6'],
    ])
  })

  test('that is a warning is told when asked for, and refuses nothing', () => {
    const resource = observation({})
    expect(validate(resource, 'warning')).toEqual([
      {
        expression: 'Observation',
        issue: 'invariant',
        text: 'A resource should have narrative for robust management',
        severity: 'warning',
        constraint: 'dom-6',
      },
    ])
    expect(parseResource(resource)).toEqual({ resource })
  })

  test.each<[string, unknown]>([
    ['a list where an object should be', observation({ effectivePeriod: [[{ start: 5 }]], component: 'x' })],
    [
      'an object where a text should be',
      observation({ effectivePeriod: { start: {}, end: [] }, valueQuantity: { value: {}, code: [] } }),
    ],
    ['null everywhere', observation({ component: [null], contained: [null], effectivePeriod: null })],
  ])('is judged without a fault on %s', (_, resource) => {
    expect(validate(resource).length).toBeGreaterThan(0)
  })
})

describe('a resource of a million values', () => {
  const many = <T>(make: (at: number) => T): T[] => Array.from({ length: 50_000 }, (_, at) => make(at))
  const coding = (at: number): object => ({ system: 'http://example.com/c', code: String(at) })

  // Each took minutes while each value was compared with each.
  test.each<[string, object]>([
    [
      'codes that must differ',
      { resourceType: 'CodeSystem', status: 'draft', content: 'complete', concept: many((at) => ({ code: `c${at}` })) },
    ],
    [
      'codes that must not meet those of components',
      observation({
        code: { coding: many(coding) },
        valueString: 'x',
        component: many((at) => ({ code: { coding: [coding(-1 - at)] } })),
      }),
    ],
    [
      'contained resources that must be referred to',
      observation({
        contained: many((at) => ({ resourceType: 'Basic', id: `b${at}`, code: coded })),
        focus: many((at) => ({ reference: `#b${at}` })),
      }),
    ],
    [
      'members of a team and those who are meant',
      {
        resourceType: 'CareTeam',
        contained: many((at) => ({ resourceType: 'Practitioner', id: `p${at}` })),
        participant: many((at) => ({ member: { reference: `#p${at}` }, onBehalfOf: { reference: 'Organization/1' } })),
      },
    ],
    [
      'parts of a guide and their groups',
      {
        resourceType: 'ImplementationGuide',
        url: 'http://example.com/ig',
        name: 'Guide',
        status: 'draft',
        packageId: 'example.guide',
        fhirVersion: ['4.0.1'],
        definition: {
          grouping: many((at) => ({ id: `g${at}`, name: 'x' })),
          resource: many((at) => ({ reference: { reference: 'Patient/1' }, groupingId: `g${at}` })),
        },
      },
    ],
  ])('with %s is judged in one pass', (_, resource) => {
    expect(validate(resource)).toEqual([])
  })
})

describe('faults that other validators let pass', () => {
  test.each<[string, object]>([
    ['a wrong required code', observation({ status: 'finished' })],
    ['an empty array', observation({ category: [] })],
    [
      'a script in narrative',
      observation({
        text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml"><script>x</script></div>' },
      }),
    ],
    ['two values of a choice', observation({ valueString: 'x', valueInteger: 1 })],
  ])('%s is refused', (_, resource) => {
    expect(parseResource(resource)).toHaveProperty('findings')
  })
})

function period(start: string, end: string): object {
  return observation({ effectivePeriod: { start, end } })
}

function questionnaire(enableWhen: object): object {
  return {
    resourceType: 'Questionnaire',
    status: 'draft',
    item: [{ linkId: '2', type: 'string', enableWhen: [enableWhen] }],
  }
}

function elements(element: object): object {
  return {
    resourceType: 'StructureDefinition',
    url: 'http://example.com/s',
    name: 'S',
    status: 'draft',
    kind: 'logical',
    abstract: false,
    type: 'S',
    baseDefinition: 'http://hl7.org/fhir/StructureDefinition/Element',
    differential: { element: [{ id: 'a', path: 'S', ...element }] },
  }
}
