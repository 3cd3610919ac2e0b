import { describe, expect, test, vi } from 'vitest'
import { FhirpathFault, loadFhirpath } from './index.ts'

const { evaluate, locate } = await loadFhirpath()

const observation = {
  resourceType: 'Observation',
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '8480-6' }], text: 'pressure' },
  valueQuantity: { value: 120.5, unit: 'mmHg', system: 'http://unitsofmeasure.org', code: 'mm[Hg]' },
  component: [
    { code: { text: 'a' }, valueString: 'one' },
    { code: { text: 'b' }, valueInteger: 2 },
  ],
  _issued: { extension: [{ url: 'http://example.com/why', valueCode: 'unknown' }] },
  contained: [{ resourceType: 'Patient', id: 'p', name: [{ given: ['Ada', 'Lou'], _given: [null, { id: 'g' }] }] }],
}

/** An expression for 2 ** times letters: longer texts than an expression may be. */
const doubled = (times: number): string =>
  `(${Array.from({ length: times }, (_, at) => at).join('|')}).aggregate($total & $total, 'a')`

const codeOf = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    return error instanceof FhirpathFault ? error.code : 'another error'
  }
  return 'no fault'
}

describe('evaluate', () => {
  test.each<[string, unknown[]]>([
    ['Observation.value.value', [120.5]],
    ['component.value', ['one', 2]],
    ['component.where(value is integer).code.text', ['b']],
    ['0.1 + 0.2 = 0.3', [true]],
    ['%resource.code.coding.where(system = %loinc).code', ['8480-6']],
    ["code.text.matches('^press')", [true]],
    ["code.text.replaceMatches('s+', 'z')", ['prezure']],
    ["defineVariable('c', component.count()).select(%c)", [2]],
    ['%`vs-observation-status`', ['http://hl7.org/fhir/ValueSet/observation-status']],
    ['(component.code.text | status).sort($this desc).first()', ['final']],
    ['@2020-01-31 + 1 month', ['2020-02-29']],
    ['nothing.here', []],
  ])('%s', (expression, expected) => {
    expect(evaluate(expression, observation)).toEqual(expected)
  })

  test('takes variables', () => {
    expect(evaluate('%limit > value.value', observation, { limit: 200 })).toEqual([true])
  })

  test('leaves the resource as it was, without hidden properties', () => {
    const copy = JSON.parse(JSON.stringify(observation)) as typeof observation
    evaluate('descendants()', copy)
    locate('component.code', copy)
    expect(copy).toEqual(observation)
    expect(Object.getOwnPropertyNames(copy.component[0])).toEqual(['code', 'valueString'])
  })
})

describe('locate', () => {
  test.each<[string, (string | number)[][]]>([
    ['Observation', [[]]],
    ['Observation.value', [['valueQuantity']]],
    ['Observation.value.unit', [['valueQuantity', 'unit']]],
    ["component.where(code.text = 'b').value", [['component', 1, 'valueInteger']]],
    ['component.last()', [['component', 1]]],
    ['contained.name.given[1]', [['contained', 0, 'name', 0, 'given', 1]]],
    ['issued', [['issued']]],
    ['contained.name.given.id', [['contained', 0, 'name', 0, '_given', 1, 'id']]],
    ['issued.extension.value', [['_issued', 'extension', 0, 'valueCode']]],
    ['children().unit', [['valueQuantity', 'unit']]],
    [
      'descendants().text',
      [
        ['code', 'text'],
        ['component', 0, 'code', 'text'],
        ['component', 1, 'code', 'text'],
      ],
    ],
  ])('%s', (expression, paths) => {
    expect(locate(expression, observation).map((one) => one.path)).toEqual(paths)
  })

  test('gives the value that is there', () => {
    expect(locate('status', observation)).toEqual([{ value: 'final', path: ['status'] }])
    expect(locate('component.first()', observation)[0]?.value).toBe(observation.component[0])
  })

  test('finds nothing that was computed', () => {
    expect(codeOf(() => locate('status + status', observation))).toBe('not-an-element')
    expect(codeOf(() => locate('%ucum', observation))).toBe('not-an-element')
  })
})

describe('limits', () => {
  test.each<[string, string, string]>([
    ['a long expression', `status${" | 'x'".repeat(900)}`, 'too-long'],
    ['a deep expression', `${'('.repeat(50)}1${')'.repeat(50)}`, 'too-long'],
    ['a broken expression', 'status = ', 'syntax'],
    ['a call over the network', 'subject.resolve()', 'not-offered'],
    ['a question to a terminology server', "code.memberOf('http://example.com/vs')", 'not-offered'],
    ['an unknown function', 'status.destroy()', 'not-offered'],
    ['a parameter too many', 'status.first(1)', 'not-offered'],
    ['a variable that nobody set', '%secret', 'not-offered'],
    ['a variable of every object', '%constructor', 'not-offered'],
    ['a way out of the resource', '`__proto__`.x', 'not-offered'],
    ['a way out in disguise', '`\\u005f_proto__`', 'not-offered'],
    ['an object of its own', 'Patient { active: true }', 'not-offered'],
    ['types that do not fit', "'a' + 1", 'execution'],
    ['more than one where one is due', 'component.code.text.length()', 'execution'],
    ['a pattern that refers back', "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'.matches('(a*)\\\\1b')", 'not-offered'],
    ['a pattern that looks around', "'a'.matches('(?=a)a')", 'not-offered'],
    ['a long pattern', `'a'.matches('${'a'.repeat(1001)}')`, 'too-costly'],
    ['a long search through a long text', `${doubled(16)}.replaceMatches('a*b|a', 'x')`, 'too-costly'],
    [
      'a text that doubles',
      "(1|2|3|4|5|6|7|8|9|10|11|12|13|14|15|16|17|18|19|20|21|22).aggregate($total & $total, 'aaaaaaaa')",
      'too-costly',
    ],
    [
      'a list that grows',
      '(1|2|3|4|5|6|7|8|9).select(%resource.descendants()).select(%resource.descendants()).select(%resource.descendants())',
      'too-costly',
    ],
  ])('%s is refused', (_, expression, code) => {
    expect(codeOf(() => evaluate(expression, observation))).toBe(code)
  })

  // With going back, each of these takes longer than anyone waits.
  test.each(['(a+)+$', '^(a|a)*$', '^((a)|a)+$', '(?:a?){40}a{40}$', '(.*a){12}$', '^(([a-z])+.)+[A-Z]([a-z])+$'])(
    'R-16: the pattern %s, made to take for ever, does not',
    (pattern) => {
      expect(evaluate(`('${'a'.repeat(60)}' & '!').matches('${pattern}')`, observation)).toEqual([false])
      expect(evaluate(`(${doubled(12)} & '!').matchesFull('${pattern}')`, observation)).toEqual([false])
    },
  )

  test.each(['^[A-Z]{2}-[0-9]{4,6}$', '^(urn|https?):.*$', '[a-z]+@[a-z]+', '\\d+(\\.\\d+)?'])(
    'the pattern %s is not refused',
    (pattern) => {
      expect(evaluate(`code.text.matches('${pattern}')`, observation)).toEqual([false])
    },
  )

  test('a fault says nothing of expression or resource', () => {
    expect(() => evaluate("code.text.toInteger() + 'secret'.toQuantity() + status", observation)).not.toThrow(
      /pressure|secret/,
    )
    expect(() => evaluate('status + 5', observation)).toThrow(
      'The FHIRPath expression cannot be evaluated on this resource.',
    )
  })

  test('nothing is written to the console', () => {
    const { console } = globalThis as unknown as { console: Record<'warn' | 'log', () => void> }
    const warn = vi.spyOn(console, 'warn').mockReturnValue(undefined)
    const log = vi.spyOn(console, 'log').mockReturnValue(undefined)
    expect(evaluate("(@2020-01-01 + 1.5 months).trace('born')", observation)).toEqual(['2020-02-01'])
    expect([...warn.mock.calls, ...log.mock.calls]).toEqual([])
  })
})
