// A resource with every element that R4 gives its type, each text saying where it stands: for tests of what is shown.
import {
  type JsonObject,
  type Resource,
  type ResourceType,
  type Rule,
  type Shape,
  shapeOf,
} from '@chartkeep/model/fhir'

export interface FullOptions {
  /** Begins every text. */
  readonly word: string
  /** Of the types of a choice, which one is there. */
  readonly choice: number
  /** Items of a list. */
  readonly items?: number
  /** What is contained. */
  readonly contained?: readonly JsonObject[]
}

export function fullResource(type: ResourceType, options: FullOptions): Resource {
  const made = fill(shapeOf(type), type, options, [])
  return { resourceType: type, ...made, ...(options.contained === undefined ? {} : { contained: options.contained }) }
}

/** Each text of a value. */
export function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}

/** `within`: the shapes that this one stands in; none stands in itself. */
function fill(shape: Shape, path: string, options: FullOptions, within: readonly string[]): JsonObject {
  const made: JsonObject = {}
  for (const [element, choices] of Map.groupBy(shape.rules, ([property, rule]) => elementOf(property, rule))) {
    const chosen = choices.filter(([, { companion }]) => !companion)
    const [property, rule] = chosen[options.choice % chosen.length] ?? []
    if (property === undefined || rule === undefined || rule.type === 'Resource') continue
    const place = `${path}.${property}`
    if (rule.type === 'Extension') {
      made[property] = [extensionAt(options.word, place)]
      continue
    }
    const one = (index: number) => valueOf(rule, `${place}[${index}]`, options, [...within, shape.name])
    const items = Array.from({ length: rule.many ? (options.items ?? 1) : 1 }, (_, index) => one(index))
    if (items[0] === undefined) continue
    made[property] = rule.many ? items : items[0]
    if (shape.rules.has(`_${property}`) && element !== 'id') {
      const beside = items.map((_, index) => ({
        extension: [extensionAt(options.word, `${path}._${property}[${index}]`)],
      }))
      made[`_${property}`] = rule.many ? beside : beside[0]
    }
  }
  return made
}

function elementOf(property: string, { element }: Rule): string {
  return property.startsWith('_') ? `${element} ` : element
}

function extensionAt(word: string, place: string): JsonObject {
  return { url: `https://example.com/${word}`, valueString: `${word} ${place}` }
}

function valueOf(rule: Rule, place: string, options: FullOptions, within: readonly string[]): unknown {
  // Whatever the word: what is sent refers to what was referred to before.
  if (rule.shape === undefined)
    return place.endsWith('.reference[0]') ? place : primitiveOf(rule.type, `${options.word} ${place}`)
  const shape = rule.shape()
  return within.includes(shape.name) ? undefined : fill(shape, place, options, within)
}

function primitiveOf(type: string, text: string): unknown {
  if (type === 'boolean') return true
  if (['decimal', 'integer', 'positiveInt', 'unsignedInt'].includes(type)) return 7
  return text
}
