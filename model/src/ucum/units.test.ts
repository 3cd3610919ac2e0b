import { describe, expect, test, vi } from 'vitest'
import { matches, parseQuery, type Resource, sortKeyOf } from '../fhir/index.ts'
import { loadUnitCheck, loadUnits } from './index.ts'

const units = await loadUnits()
const system = 'http://unitsofmeasure.org'

const measured = (value: number, code: string, more: object = {}): Resource => ({
  resourceType: 'Observation',
  valueQuantity: { value, system, code, ...more },
})

function found(resource: Resource, wanted: string, given = true): boolean {
  const parsed = parseQuery('Observation', 'value-quantity', wanted, given ? { units } : {})
  if ('refused' in parsed) throw new Error(parsed.refused)
  return matches(resource, parsed.query)
}

describe('a quantity in another UCUM unit', () => {
  test.each<[string, Resource, string, boolean]>([
    ['a smaller unit', measured(5400, 'ug'), '5.4|mg', true],
    ['a larger unit', measured(0.0054, 'g'), '5.4|mg', true],
    ['at the lower end of the digits asked for', measured(5350, 'ug'), '5.4|mg', true],
    ['below it', measured(5349, 'ug'), '5.4|mg', false],
    ['at the upper end, which is out', measured(5450, 'ug'), '5.4|mg', false],
    ['not equal', measured(5450, 'ug'), 'ne5.4|mg', true],
    ['not equal, but of another kind', measured(5450, 'mL'), 'ne5.4|mg', false],
    ['greater', measured(5401, 'ug'), 'gt5.4|mg', true],
    ['not greater than itself', measured(5400, 'ug'), 'gt5.4|mg', false],
    ['at least itself', measured(5400, 'ug'), 'ge5.4|mg', true],
    ['less', measured(5399, 'ug'), 'lt5.4|mg', true],
    ['starts after', measured(6, 'mg'), 'sa5400|ug', true],
    ['about', measured(5900, 'ug'), 'ap5.4|mg', true],
    ['a rate', measured(23, 'mm/h'), '2.3|cm/h', true],
    ['a count', measured(4.5, '10*3/uL'), '4.5|10*9/L', true],
    ['a temperature', measured(98.6, '[degF]'), '37.0|Cel', true],
    ['another temperature', measured(99.6, '[degF]'), '37.0|Cel', false],
    ['a fever', measured(101, '[degF]'), 'gt38|Cel', true],
    ['a scale that runs the other way', measured(1e-7, 'mol/L'), '7.0|[pH]', true],
    ['more than on a scale that runs the other way', measured(1e-8, 'mol/L'), 'gt7|[pH]', true],
    ['less than 3 mg could be 2000 ug', measured(3, 'mg', { comparator: '<' }), 'lt2000|ug', true],
    ['more than 3 mg could be 4000 ug', measured(3, 'mg', { comparator: '>' }), 'gt4000|ug', true],
    ['an open end on a scale that runs the other way', measured(1e-7, 'mol/L', { comparator: '<' }), 'gt9|[pH]', true],
    ['mass and volume do not compare', measured(5400, 'uL'), '5.4|mg', false],
    ['mass and substance do not compare', measured(5.4, 'mmol/L'), '5.4|mg/dL', false],
    ['a count and an amount of substance do not compare', measured(7, '10*9/L'), 'lt5|mmol/L', false],
    ['amounts of substance compare', measured(5400, 'umol/L'), '5.4|mmol/L', true],
    ['arbitrary units compare with themselves', measured(5, '[iU]'), '5|[iU]', true],
    ['arbitrary units do not compare with others', measured(5, '[iU]'), '5|1', false],
    ['what is no unit compares with nothing', measured(5, 'nonsense'), '5|mg', false],
    ['what is no unit, asked for to the letter', measured(5, 'nonsense'), '5|nonsense', true],
    ['a code too long to be a unit', measured(5, 'm.'.repeat(5000)), '5|m', false],
  ])('%s', (_, resource, wanted, expected) => {
    expect(found(resource, wanted.replace('|', `|${system}|`))).toBe(expected)
  })

  test('is not found without units, nor where the query or the record names no system', () => {
    expect(found(measured(5400, 'ug'), `5.4|${system}|mg`, false)).toBe(false)
    expect(found(measured(5400, 'ug'), '5.4||mg')).toBe(false)
    expect(found(measured(5400, 'ug', { system: 'http://example.org' }), `5.4|${system}|mg`)).toBe(false)
  })
})

test('quantities are sorted by their size, whatever their unit', () => {
  const sorted = [measured(1, 'g'), measured(5.4, 'mg'), measured(600, 'ug')].toSorted((a, b) =>
    Number(sortKeyOf(a, 'value-quantity', 'ascending', units)) <
    Number(sortKeyOf(b, 'value-quantity', 'ascending', units))
      ? -1
      : 1,
  )
  expect(sorted).toEqual([measured(600, 'ug'), measured(5.4, 'mg'), measured(1, 'g')])
  expect(units.base(7, '[pH]')).toBeUndefined()
  expect(units.base(7, 'nonsense')).toBeUndefined()
})

test('what is no unit is written nowhere', async () => {
  const { console } = globalThis as unknown as { console: Record<'log' | 'warn', () => void> }
  const log = vi.spyOn(console, 'log').mockReturnValue(undefined)
  const isUnit = await loadUnitCheck()
  const strange = ['mg / dL', ' ', 'µg', 'a\nb', '((', 'mg//', 'banana', '1/', '[', '{']
  for (const code of strange) {
    expect([code, isUnit(code)]).toEqual([code, false])
    expect((await loadUnits()).convert(1, code, 'mg')).toBeUndefined()
    expect((await loadUnits()).base(1, code)).toBeUndefined()
  }
  expect(log.mock.calls).toEqual([])
})
