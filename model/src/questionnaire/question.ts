// A Questionnaire's items as they are asked, read from a resource that is valid by R4.
import { isObject, type JsonObject } from '../fhir/resource.ts'

export interface Question {
  readonly linkId: string
  readonly type: string
  readonly required: boolean
  readonly repeats: boolean
  readonly maxLength: number | undefined
  /** The `value[x]` of what may be chosen; empty when that is open, or stands in a value set. */
  readonly options: readonly JsonObject[]
  /** Canonical of the value set of what may be chosen. */
  readonly valueSet: string | undefined
  readonly conditions: readonly JsonObject[]
  /** Any one of the conditions is enough. */
  readonly anyCondition: boolean
  /** What is asked below it, by linkId. */
  readonly items: ReadonlyMap<string, Question>
}

export function questionsIn(list: unknown): ReadonlyMap<string, Question> {
  return new Map(objectsIn(list).map((item) => [String(item['linkId']), questionOf(item)]))
}

function questionOf(item: JsonObject): Question {
  const { maxLength, answerValueSet } = item
  return {
    linkId: String(item['linkId']),
    type: String(item['type']),
    required: item['required'] === true,
    repeats: item['repeats'] === true,
    maxLength: typeof maxLength === 'number' ? maxLength : undefined,
    options: objectsIn(item['answerOption']),
    valueSet: typeof answerValueSet === 'string' ? answerValueSet : undefined,
    conditions: objectsIn(item['enableWhen']),
    anyCondition: item['enableBehavior'] === 'any',
    items: questionsIn(item['item']),
  }
}

export function objectsIn(list: unknown): JsonObject[] {
  return Array.isArray(list) ? list.filter(isObject) : []
}

/** The name of its `value[x]`: `valueCoding`; undefined when it has none. */
export function valueName(holder: JsonObject): string | undefined {
  return Object.keys(holder).find((name) => name.startsWith('value'))
}
