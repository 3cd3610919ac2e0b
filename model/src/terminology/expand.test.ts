import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Resource } from '../fhir/index.ts'
import { type Library, splitCanonical } from './content.ts'
import { expand } from './expand.ts'
import { TerminologyFault, type TerminologyFaultCode } from './fault.ts'
import { pageOf } from './page.ts'
import { readCodeSystem } from './read-code-system.ts'
import { readValueSet } from './read-value-set.ts'
import { shipped } from './shipped.ts'

const base = 'https://example.com/'

/** Colours, with a group that is not to be chosen, a retired one, and one that stands under two. */
const colours: Resource = {
  resourceType: 'CodeSystem',
  url: `${base}colours`,
  version: '2',
  status: 'active',
  content: 'complete',
  hierarchyMeaning: 'is-a',
  property: [{ code: 'wavelength', type: 'integer' }],
  concept: [
    {
      code: 'warm',
      property: [{ code: 'notSelectable', valueBoolean: true }],
      concept: [
        {
          code: 'red',
          display: 'Red',
          property: [{ code: 'wavelength', valueInteger: 700 }],
          concept: [{ code: 'crimson' }],
        },
        { code: 'orange', property: [{ code: 'status', valueCode: 'retired' }] },
      ],
    },
    { code: 'blue', designation: [{ language: 'de', value: 'Blau' }] },
    {
      code: 'purple',
      property: [
        { code: 'parent', valueCode: 'red' },
        { code: 'parent', valueCode: 'blue' },
      ],
    },
  ],
}

function libraryOf(...resources: Resource[]): Library {
  const systems = resources.flatMap((one) => (one.resourceType === 'CodeSystem' ? (readCodeSystem(one) ?? []) : []))
  const sets = resources.flatMap((one) => (one.resourceType === 'ValueSet' ? [readValueSet(one)] : []))
  return {
    codeSystem: (url, version) => systems.find((one) => one.url === url && (version ?? one.version) === one.version),
    valueSet: (url, version) => sets.find((one) => one.url === url && (version ?? one.version) === one.version),
  }
}

const setOf = (name: string, compose: unknown, more: Record<string, unknown> = {}): Resource => ({
  resourceType: 'ValueSet',
  url: base + name,
  status: 'active',
  ...(compose === undefined ? {} : { compose }),
  ...more,
})

function expandFirst(...resources: Resource[]) {
  return expand(libraryOf(colours, ...resources), readValueSet(resources[0]!))
}

const codesOf = (...resources: Resource[]): string[] => {
  const expansion = expandFirst(...resources)
  return pageOf(expansion, {
    offset: 0,
    count: undefined,
    activeOnly: false,
    abstract: false,
    excludedSystems: new Set(),
  }).members.map(({ code }) => code)
}

const system = `${base}colours`
const filtered = (property: string, op: string, value: string) =>
  setOf('set', { include: [{ system, filter: [{ property, op, value }] }] })

describe('a filter lets through', () => {
  // oxfmt-ignore
  test.each<[string, string, string, string[]]>([
    ['concept',       'is-a',          'red',     ['red', 'crimson', 'purple']],
    ['concept',       'descendent-of', 'red',     ['crimson', 'purple']],
    ['concept',       'is-not-a',      'red',     ['orange', 'blue']],
    ['concept',       'generalizes',   'purple',  ['red', 'blue', 'purple']],
    ['concept',       'in',            'red,blue', ['red', 'blue']],
    ['concept',       'not-in',        'red,blue', ['crimson', 'orange', 'purple']],
    ['concept',       'is-a',          'nothing', []],
    ['code',          'regex',         '.*e',     ['orange', 'blue', 'purple']],
    ['display',       'regex',         'R.*',     ['red']],
    ['display',       'exists',        'true',    ['red']],
    ['wavelength',    '=',             '700',     ['red']],
    ['wavelength',    'exists',        'false',   ['crimson', 'orange', 'blue', 'purple']],
    ['parent',        '=',             'blue',    ['purple']],
    ['child',         'exists',        'true',    ['red', 'blue']],
    ['status',        '=',             'retired', ['orange']],
    ['inactive',      '=',             'false',   ['red', 'crimson', 'blue', 'purple']],
  ])('%s %s %s', (property, op, value, codes) => {
    expect(codesOf(filtered(property, op, value))).toEqual(codes)
  })

  test('what passes all of several', () => {
    const filter = [
      { property: 'concept', op: 'is-a', value: 'warm' },
      { property: 'code', op: 'regex', value: 'c.*' },
    ]
    expect(codesOf(setOf('set', { include: [{ system, filter }] }))).toEqual(['crimson'])
  })
})

const refusalOf = (work: () => unknown): TerminologyFaultCode | undefined => {
  try {
    work()
  } catch (error) {
    if (error instanceof TerminologyFault) return error.code
    throw error
  }
  return undefined
}

// oxfmt-ignore
test.each<[string, string, string, TerminologyFaultCode]>([
  ['taste',   '=',      'sweet', 'unsupported'],
  ['concept', 'near',   'red',   'unsupported'],
  ['code',    'exists', 'maybe', 'unsupported'],
  ['code',    'regex',  '(a)\\1', 'unsupported'],
])('a filter that is not understood is refused, not left out: %s %s %s', (property, op, value, code) => {
  expect(refusalOf(() => codesOf(filtered(property, op, value)))).toBe(code)
})

describe('a value set', () => {
  test('has the codes it lists, also of a system that is not known, with their displays', () => {
    const list = { system: 'http://loinc.org', concept: [{ code: '8480-6', display: 'Systolic blood pressure' }] }
    const { members, complete } = expandFirst(setOf('set', { include: [list] }))
    expect(complete).toBe(true)
    expect([...members.values()].map(({ code, display }) => [code, display])).toEqual([
      ['8480-6', 'Systolic blood pressure'],
    ])
  })

  test('leaves out what it excludes', () => {
    const compose = {
      include: [{ system }],
      exclude: [{ system, filter: [{ property: 'concept', op: 'is-a', value: 'warm' }] }],
    }
    expect(codesOf(setOf('set', compose))).toEqual(['blue'])
  })

  test('has what is in all value sets that one include names', () => {
    const warm = setOf('warm', { include: [{ system, filter: [{ property: 'concept', op: 'is-a', value: 'red' }] }] })
    const cold = setOf('cold', { include: [{ system, filter: [{ property: 'concept', op: 'is-a', value: 'blue' }] }] })
    const both = setOf('both', { include: [{ valueSet: [`${base}warm`, `${base}cold`] }] })
    expect(codesOf(both, warm, cold)).toEqual(['purple'])
    const narrowed = setOf('narrowed', {
      include: [{ system, concept: [{ code: 'red' }, { code: 'blue' }], valueSet: [`${base}warm`] }],
    })
    expect(codesOf(narrowed, warm)).toEqual(['red'])
  })

  test('has no retired codes when it says so', () => {
    expect(codesOf(setOf('set', { inactive: false, include: [{ system }] }))).not.toContain('orange')
    expect(codesOf(setOf('set', { include: [{ system }] }))).toContain('orange')
  })

  test('of another version of a system is not known', () => {
    const { complete, unknown } = expandFirst(setOf('set', { include: [{ system, version: '1' }] }))
    expect([complete, [...unknown]]).toEqual([false, [`${system}|1`]])
    expect(codesOf(setOf('set', { include: [{ system, version: '2', concept: [{ code: 'red' }] }] }))).toEqual(['red'])
  })

  test('that includes itself is refused, however many steps that takes', () => {
    const one = setOf('one', { include: [{ valueSet: [`${base}two`] }] })
    const two = setOf('two', { include: [{ valueSet: [`${base}three`] }] })
    const three = setOf('three', { include: [{ valueSet: [`${base}one`] }] })
    expect(refusalOf(() => codesOf(one, two, three))).toBe('circular')
  })

  test('that is included twice, without a circle, is no matter', () => {
    const one = setOf('one', { include: [{ valueSet: [`${base}two`] }, { valueSet: [`${base}three`] }] })
    const two = setOf('two', { include: [{ valueSet: [`${base}three`] }] })
    const three = setOf('three', { include: [{ system, concept: [{ code: 'red' }] }] })
    expect(codesOf(one, two, three)).toEqual(['red'])
  })

  test('with a part that is not known has what is certain, and says that more may be in it', () => {
    const { members, complete, unknown } = expandFirst(
      setOf('set', { include: [{ system, concept: [{ code: 'red' }] }, { system: 'http://snomed.info/sct' }] }),
    )
    expect([members.size, complete, [...unknown]]).toEqual([1, false, ['http://snomed.info/sct']])
  })

  test('with an exclusion that is not known has nothing that may be excluded', () => {
    const include = [{ system }, { system: 'http://loinc.org', concept: [{ code: '8480-6' }] }]
    const ofOneSystem = setOf('set', { include, exclude: [{ system, valueSet: [`${base}elsewhere`] }] })
    expect([...expandFirst(ofOneSystem).members.values()].map(({ code }) => code)).toEqual(['8480-6'])
    const ofAny = setOf('set', { include, exclude: [{ valueSet: [`${base}elsewhere`] }] })
    expect(expandFirst(ofAny).members.size).toBe(0)
    expect(expandFirst(ofAny).complete).toBe(false)
  })

  const contains = [
    { system: 'http://loinc.org', code: '8480-6', contains: [{ system: 'http://loinc.org', code: '8462-4' }] },
  ]

  test('that cannot be worked out is what its stored expansion says', () => {
    const compose = { include: [{ system: 'http://loinc.org' }] }
    const { members, complete } = expandFirst(
      setOf('set', compose, { expansion: { timestamp: '2026-11-01', contains } }),
    )
    expect([[...members.values()].map(({ code }) => code), complete]).toEqual([['8480-6', '8462-4'], true])
  })

  test.each([
    [{ total: 3 }],
    [{ offset: 10 }],
    [{ extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/valueset-unclosed', valueBoolean: true }] }],
  ])('has not all its codes in an expansion that says so: %j', (said) => {
    const set = setOf('set', undefined, { expansion: { timestamp: '2026-11-01', contains, ...said } })
    expect(expandFirst(set).complete).toBe(false)
  })

  test('of more codes or more work than one request is given is refused', () => {
    const concept = Array.from({ length: 60_000 }, (_, at) => ({ code: `c${at}` }))
    const huge = { ...colours, url: `${base}huge`, concept } as Resource
    const include = [{ system: `${base}huge` }]
    expect(
      refusalOf(() => expandFirst(setOf('set', { include: [...include, { ...include[0], version: '2' }] }), huge)),
    ).toBeUndefined()
    const regex = { property: 'code', op: 'regex', value: '(c[0-9]{1,30}){1,5}' }
    expect(refusalOf(() => expandFirst(setOf('set', { include: [{ ...include[0], filter: [regex] }] }), huge))).toBe(
      'too-costly',
    )
    const listed = [1, 2].map((part) => ({ system: `${base}${part}`, concept }))
    expect(refusalOf(() => expandFirst(setOf('set', { include: listed })))).toBe('too-costly')
  })
})

// Each of these is an hour of work or more when it is not counted.
describe('R-16: work is counted, whatever it is', () => {
  const many = <T>(length: number, one: (at: number) => T): T[] => Array.from({ length }, (_, at) => one(at))
  const isA = { property: 'concept', op: 'is-a', value: 'c0' }
  const big = (more: object = {}) =>
    ({ ...colours, url: `${base}big`, concept: many(5_000, (at) => ({ code: `c${at}`, ...more })) }) as Resource
  const include = { system: `${base}big` }

  test.each<[string, object, object]>([
    ['filters', { include: many(1_000, () => ({ ...include, filter: many(1_000, () => isA) })) }, {}],
    [
      'patterns',
      { include: [{ ...include, filter: many(10_000, () => ({ ...isA, op: 'regex', value: '(a?){250}' })) }] },
      {},
    ],
    ['imports', { include: many(1_000, () => ({ valueSet: many(100, () => `${base}whole`) })) }, {}],
    [
      'exclusions',
      {
        include: [{ ...include, concept: many(5_000, (at) => ({ code: `d${at}` })) }],
        exclude: many(999, () => include),
      },
      {},
    ],
    [
      'properties',
      {
        include: many(100, () => ({
          ...include,
          filter: many(1_000, () => ({ property: 'wavelength', op: '=', value: '1' })),
        })),
      },
      { property: many(20, () => ({ code: 'wavelength', valueInteger: 2 })) },
    ],
  ])('%s', (_, compose, more) => {
    const whole = setOf('whole', { include: [include] })
    expect(refusalOf(() => expandFirst(setOf('set', compose), big(more), whole))).toBe('too-costly')
  })

  test('wide hierarchies and codes without case are indexed, not searched', () => {
    const wide = {
      ...big({
        property: [
          { code: 'parent', valueCode: 'top' },
          { code: 'child', valueCode: 'bottom' },
        ],
      }),
      caseSensitive: false,
      concept: many(100_000, (at) => ({
        code: `c${at}`,
        property: [
          { code: 'parent', valueCode: 'c0' },
          { code: 'child', valueCode: 'c1' },
        ],
      })),
    } as Resource
    const listed = many(100_000, (at) => ({ code: `C${at}` }))
    const { members } = expandFirst(setOf('set', { include: [{ ...include, concept: listed }] }), wide)
    expect(members.has(`${base}big\nc99999`)).toBe(true)
  })
})

test('concepts that stand under each other in a circle are walked once', () => {
  const circle = {
    ...colours,
    concept: [
      { code: 'a', property: [{ code: 'parent', valueCode: 'b' }] },
      { code: 'b', property: [{ code: 'parent', valueCode: 'a' }] },
    ],
  } as Resource
  const set = setOf('set', { include: [{ system, filter: [{ property: 'concept', op: 'is-a', value: 'a' }] }] })
  expect([...expand(libraryOf(circle, set), readValueSet(set)).members.values()].map(({ code }) => code)).toEqual([
    'a',
    'b',
  ])
})

test('nesting that is not of meaning is not subsumption', () => {
  const parts = { ...colours, hierarchyMeaning: 'part-of' } as Resource
  const set = filtered('concept', 'is-a', 'red')
  expect([...expand(libraryOf(parts, set), readValueSet(set)).members.values()].map(({ code }) => code)).toEqual([
    'red',
  ])
})

test('a page is the part that was asked for of what passes', () => {
  const all = { offset: 0, count: undefined, activeOnly: false, abstract: false, excludedSystems: new Set<string>() }
  const expansion = expandFirst(setOf('set', { include: [{ system }] }))
  const page = (more: object) => {
    const { members, total } = pageOf(expansion, { ...all, ...more })
    return [members.map(({ code }) => code), total]
  }
  expect(page({})).toEqual([['red', 'crimson', 'orange', 'blue', 'purple'], 5])
  expect(page({ offset: 1, count: 2 })).toEqual([['crimson', 'orange'], 5])
  expect(page({ offset: 9 })).toEqual([[], 5])
  expect(page({ count: 0 })).toEqual([[], 5])
  expect(page({ abstract: true })[1]).toBe(6)
  expect(page({ activeOnly: true })[1]).toBe(4)
  expect(page({ filter: 'RÉD' })).toEqual([['red'], 1])
  expect(page({ filter: 'blau' })).toEqual([['blue'], 1])
  expect(page({ excludedSystems: new Set([system]) })).toEqual([[], 0])
})

// Definitions of a few codes in a few systems, worked out twice: here by looking at each code on its own.
const names = ['a', 'b', 'c', 'd']
const part = fc.record({
  system: fc.constantFrom('1', '2'),
  concept: fc.option(fc.subarray(names, { minLength: 1 }), { nil: undefined }),
  valueSet: fc.option(fc.subarray(['x', 'y'], { minLength: 1 }), { nil: undefined }),
})
const compose = fc.record({
  include: fc.array(part, { minLength: 1, maxLength: 3 }),
  exclude: fc.array(part, { maxLength: 2 }),
})
type Compose = typeof compose extends fc.Arbitrary<infer T> ? T : never

test('a code is in the expansion exactly when the definition, asked about that code alone, says so', () => {
  const noSets = compose.map(({ include, exclude }) => {
    const plain = (list: Compose['include']) => list.map((one) => ({ ...one, valueSet: undefined }))
    return { include: plain(include), exclude: plain(exclude) }
  })
  fc.assert(
    fc.property(compose, noSets, noSets, (main, x, y) => {
      const sets = new Map<string, Compose>([
        ['main', main],
        ['x', x],
        ['y', y],
      ])
      const holds = (set: Compose, s: string, code: string): boolean => {
        const within = (one: Compose['include'][number]): boolean =>
          one.system === s &&
          (one.concept ?? names).includes(code) &&
          (one.valueSet ?? []).every((name) => holds(sets.get(name)!, s, code))
        return set.include.some(within) && !set.exclude.some(within)
      }
      const asParts = (list: Compose['include']) =>
        list.map(({ system: s, concept, valueSet }) => ({
          system: base + s,
          ...(concept === undefined ? {} : { concept: concept.map((code) => ({ code })) }),
          ...(valueSet === undefined ? {} : { valueSet: valueSet.map((name) => base + name) }),
        }))
      const resources = [...sets].map(([name, { include, exclude }]) =>
        setOf(name, { include: asParts(include), exclude: asParts(exclude) }),
      )
      const systems = ['1', '2'].map((s) => ({ ...colours, url: base + s, concept: names.map((code) => ({ code })) }))
      const { members, complete } = expand(libraryOf(...systems, ...resources), readValueSet(resources[0]!))
      expect(complete).toBe(true)
      for (const s of ['1', '2'])
        for (const code of names) expect(members.has(`${base}${s}\n${code}`)).toBe(holds(main, s, code))
    }),
    { numRuns: 500 },
  )
})

test('R4’s own value sets are worked out', () => {
  const of = (canonical: string) => {
    const { url, version } = splitCanonical(canonical)
    const { members, complete } = expand(shipped, shipped.valueSet(url, version)!)
    return [[...members.values()].filter(({ abstract }) => !abstract).map(({ code }) => code), complete] as const
  }
  expect(of('http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1')).toEqual([
    ['male', 'female', 'other', 'unknown'],
    true,
  ])
  // A v3 hierarchy without its head, which only groups.
  const [encounters, complete] = of('http://terminology.hl7.org/ValueSet/v3-ActEncounterCode')
  expect(complete).toBe(true)
  expect(encounters).toEqual(
    expect.arrayContaining(['AMB', 'EMER', 'FLD', 'HH', 'IMP', 'ACUTE', 'NONAC', 'OBSENC', 'PRENC', 'SS', 'VR']),
  )
  expect(encounters).not.toContain('_ActEncounterCode')
  const [relationships] = of('http://hl7.org/fhir/ValueSet/patient-contactrelationship')
  expect(relationships).not.toContain('O')
  expect(relationships).toContain('N')
  expect(shipped.valueSet('http://hl7.org/fhir/ValueSet/administrative-gender', '3.0.1')).toBeUndefined()
})
