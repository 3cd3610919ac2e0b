import { expect, test } from 'vitest'
import { formatId, Refusal } from '#base'
import { readQuestion } from './ask.ts'
import { searchLimits } from './limits.ts'

type Parameters = readonly (readonly [string, string])[]

const read = (parameters: Parameters, { strict = true } = {}) =>
  readQuestion('Observation', parameters, strict, { now: 0 })

/** The code of the refusal, and what it names. */
function refusalOf(work: () => unknown): readonly [string, string | undefined] | undefined {
  try {
    work()
    return undefined
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return [error.code, error.findings[0]?.expression]
  }
}

const times = <T>(count: number, make: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => make(at))

test('a question without parameters asks for everything of the type as it is', () => {
  expect(read([])).toEqual({
    ...{ type: 'Observation', criteria: [], sort: [], includes: [], total: false },
    ...{ summary: 'false', elements: undefined, ignored: [], used: new URLSearchParams() },
  })
})

test('criteria, sort and what comes along are told apart, and the self link repeats what was understood', () => {
  const parameters = [
    ['status', 'final'],
    ['subject:Patient.name', 'Canary'],
    ['_sort', '-date,status'],
    ['_include', 'Observation:subject'],
    ['_contained', 'false'],
    ['_total', 'accurate'],
    ['_elements', 'code,subject.reference'],
  ] as const
  const question = read(parameters)
  expect(question.criteria.map(({ kind }) => kind)).toEqual(['plain', 'chain'])
  expect(question.sort.map(({ parameter, descending }) => [parameter.code, descending])).toEqual([
    ['date', true],
    ['status', false],
  ])
  expect(question.total).toBe(true)
  expect(question.includes).toHaveLength(1)
  expect(question.elements).toEqual(['code', 'subject'])
  expect([...question.used]).toEqual(parameters)
})

test.each<[string, string, object]>([
  ['_include', '*', { source: undefined, parameter: undefined, target: undefined, reverse: false, iterate: false }],
  ['_include:iterate', '*', { reverse: false, iterate: true }],
  ['_include', 'Observation:*', { source: 'Observation', parameter: undefined, target: undefined }],
  [
    '_include',
    'Observation:subject',
    { source: 'Observation', parameter: { code: 'subject' }, target: undefined, reverse: false, iterate: false },
  ],
  ['_include', 'Observation:subject:Patient', { parameter: { code: 'subject' }, target: 'Patient' }],
  ['_include', 'Provenance:target:Observation', { source: 'Provenance', target: 'Observation' }],
  ['_include', 'Observation:*:Patient', { parameter: undefined, target: 'Patient' }],
  ['_revinclude', 'Provenance:target', { source: 'Provenance', reverse: true, iterate: false }],
  ['_revinclude:iterate', 'Provenance:target', { reverse: true, iterate: true }],
  ['_revinclude', 'Provenance:*', { source: 'Provenance', parameter: undefined, reverse: true }],
])('%s=%s brings along', (name, value, expected) => {
  expect(read([[name, value]]).includes).toMatchObject([expected])
})

test.each([
  ['_revinclude', '*'],
  ['_include', 'Nothing:subject'],
  ['_include', ':subject'],
  ['_include', 'Observation'],
  ['_include', 'Observation:status'],
  ['_include', 'Observation:nothing'],
  ['_include', 'Observation:subject:Nothing'],
  ['_include', 'Observation:subject:Medication'],
  ['_include', 'Observation:subject:Patient:more'],
  ['_include', 'Observation:*:Nothing'],
  ['_sort', 'nothing'],
  ['_sort', '-nothing'],
  ['_sort', '--date'],
  ['_sort', 'date,nothing'],
  ['_sort', ''],
  ['_contained', 'true'],
  ['_contained', 'both'],
  ['nothing', 'x'],
  ['nothing.name', 'x'],
])('%s=%s is not known: refused when the caller is strict, and else left out with its place', (name, value) => {
  expect(refusalOf(() => read([['status', 'final'], [name, value]]))?.[0]).toBe('parameter-unknown') // oxfmt-ignore
  const left = read([['status', 'final'], [name, value]], { strict: false }) // oxfmt-ignore
  expect([left.ignored, left.includes, left.sort, left.criteria.length]).toEqual([[2], [], [], 1])
  expect([...left.used]).toEqual([['status', 'final']])
})

test.each([
  ['date', 'yesterday'],
  ['_total', 'some'],
  ['_total', ''],
  ['_summary', 'most'],
  ['_elements', '1a'],
  ['_elements', 'a,'],
  ['_elements', times(101, () => 'a').join()],
  ['_sort', times(searchLimits.sortKeys + 1, () => 'date').join()],
  ['_list', 'a b'],
])('%s=%s cannot be read, and is refused even to who is lenient', (name, value) => {
  for (const strict of [true, false])
    expect(refusalOf(() => read([[name, value]], { strict }))).toEqual(['parameter-invalid', `http.${name}`])
})

test('a modifier that is not offered is refused even to who is lenient: without it other records would be found', () => {
  for (const strict of [true, false])
    expect(refusalOf(() => read([['code:below-all', 'x']], { strict }))?.[0]).toBe('parameter-unknown')
})

test.each([
  ['none', false],
  ['estimate', false],
  ['accurate', true],
])('_total=%s counts all: %s', (value, expected) => {
  expect(read([['_total', value]]).total).toBe(expected)
})

test('_summary=count counts all, and other summaries do not', () => {
  expect(read([['_summary', 'count']])).toMatchObject({ summary: 'count', total: true })
  for (const summary of ['true', 'text', 'data', 'false'])
    expect(read([['_summary', summary]])).toMatchObject({ summary, total: false })
})

test('what is at a limit is taken, and one more refused', () => {
  const { parameters, sortKeys, includes, values } = searchLimits
  const limits: [number, (count: number) => Parameters][] = [
    [parameters, (count) => times(count, () => ['status', 'final'])],
    [sortKeys, (count) => [['_sort', times(count, () => 'date').join()]]],
    [includes, (count) => times(count, () => ['_include', 'Observation:subject'])],
    [
      values,
      (count) => [
        ['code', times(count - 2, (at) => `c${at}`).join()],
        ['subject:Patient.gender', 'female'],
        ['status', 'final'],
      ],
    ],
    [
      values,
      (count) => [
        ['_has:Provenance:target:agent', times(count - 1, (at) => `a${at}`).join()],
        ['status', 'final'],
      ],
    ],
    [
      values,
      (count) => [
        ['_list', times(count - 1, (at) => formatId(at, 0, Buffer.alloc(8))).join()],
        ['status', 'final'],
      ],
    ],
  ]
  for (const [most, make] of limits) {
    expect(refusalOf(() => read(make(most)))).toBeUndefined()
    expect(refusalOf(() => read(make(most + 1)))?.[0]).toBe('parameter-invalid')
  }
})
