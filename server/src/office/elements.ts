import { codeText, isObject } from '@chartkeep/model/fhir'

// What a screen needs of a stored record, element by element. A record was valid when it was stored, yet nothing here
// relies on it: what is not as expected is as if it were not there.

export type Element = Readonly<Record<string, unknown>>

export function objects(value: unknown): Element[] {
  return Array.isArray(value) ? value.filter((one) => isObject(one)) : []
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** The first text under this name in a list of elements. */
export function firstText(value: unknown, name: string): string | undefined {
  return objects(value)
    .map((one) => text(one[name]))
    .find((one) => one !== undefined)
}

/** All codes of a CodeableConcept, whatever their system. */
export function codesIn(concept: unknown): string[] {
  return isObject(concept) ? objects(concept['coding']).flatMap(({ code }) => text(code) ?? []) : []
}

/** A CodeableConcept in words. */
export function wordsOf(concept: unknown): string | undefined {
  return isObject(concept) ? text(codeText(concept)) : undefined
}

/** The first of several CodeableConcepts in words. */
export function firstWords(concepts: unknown): string | undefined {
  return objects(concepts)
    .map(wordsOf)
    .find((words) => words !== undefined)
}

/** These fields without those that are not there: an optional property is left out, not undefined. */
export function present<Fields extends object>(
  fields: Fields,
): { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> } {
  // oxlint-disable-next-line no-unsafe-type-assertion -- the entries that are left are those that are not undefined
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never
}
