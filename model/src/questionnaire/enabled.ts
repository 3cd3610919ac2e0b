// Whether a question is asked at all (R4 questionnaire, enableWhen).
import { dateRange } from '../fhir/date-range.ts'
import { isObject, type JsonObject } from '../fhir/resource.ts'
import { type Question, valueName } from './question.ts'

/** The answers that were given, by linkId, wherever they stand. */
export type Given = ReadonlyMap<string, readonly JsonObject[]>

/** Undefined when it cannot be told, such as by quantities of two units: then nothing is said of it. */
export function isEnabled({ conditions, anyCondition }: Question, given: Given): boolean | undefined {
  if (conditions.length === 0) return true
  const met = conditions.map((one) => isMet(one, given.get(String(one['question'])) ?? []))
  const decisive = anyCondition
  if (met.includes(decisive)) return decisive
  return met.includes(undefined) ? undefined : !decisive
}

function isMet(condition: JsonObject, answers: readonly JsonObject[]): boolean | undefined {
  const { operator } = condition
  if (operator === 'exists') return answers.length > 0 === (condition['answerBoolean'] === true)
  const name = Object.keys(condition).find((one) => one.startsWith('answer'))
  const expected = name === undefined ? undefined : condition[name]
  if (answers.length === 0) return false
  const compared = answers.map((one) => compare(one[valueName(one) ?? ''], expected, String(operator)))
  if (compared.includes(true)) return true
  return compared.includes(undefined) ? undefined : false
}

function compare(value: unknown, expected: unknown, operator: string): boolean | undefined {
  const order = orderOf(value, expected)
  if (order === undefined) return undefined
  switch (operator) {
    case '=':
      return order === 0
    case '!=':
      return order !== 0
    case '>':
      return Number.isNaN(order) ? undefined : order > 0
    case '<':
      return Number.isNaN(order) ? undefined : order < 0
    case '>=':
      return Number.isNaN(order) ? undefined : order >= 0
    case '<=':
      return Number.isNaN(order) ? undefined : order <= 0
    default:
      return undefined
  }
}

/** 0 when they are the same, NaN when they are different and have no order, undefined when that cannot be told. */
function orderOf(value: unknown, expected: unknown): number | undefined {
  if (typeof value !== typeof expected) return undefined
  if (typeof value === 'number' && typeof expected === 'number') return value - expected
  if (typeof value === 'boolean') return value === expected ? 0 : Number.NaN
  if (typeof value === 'string' && typeof expected === 'string') return orderOfTexts(value, expected)
  return isObject(value) && isObject(expected) ? orderOfObjects(value, expected) : undefined
}

function orderOfTexts(value: string, expected: string): number {
  const [one, other] = [dateRange(value), dateRange(expected)]
  if (one !== undefined && other !== undefined && value.length >= 4 && expected.includes('-'))
    return one.low - other.low
  return value === expected ? 0 : value < expected ? -1 : 1
}

function orderOfObjects(value: JsonObject, expected: JsonObject): number | undefined {
  if (typeof expected['value'] === 'number') {
    const sameUnit = value['system'] === expected['system'] && value['code'] === expected['code']
    return sameUnit && typeof value['value'] === 'number' ? value['value'] - expected['value'] : undefined
  }
  if (typeof expected['reference'] === 'string') return value['reference'] === expected['reference'] ? 0 : Number.NaN
  if (value['code'] !== expected['code']) return Number.NaN
  // A system that only one of them names does not tell them apart.
  const [one, other] = [value['system'], expected['system']]
  return one === other || one === undefined || other === undefined ? 0 : Number.NaN
}
