import { isObject, type Resource } from '@chartkeep/model/fhir'

/** What tells one person from another, as far as a Patient says it. */
export interface Person {
  readonly birthDate: string | undefined
  /** Family names, of whatever use, in lower case. */
  readonly families: readonly string[]
  /** `system|value`. */
  readonly identifiers: readonly string[]
}

export function personOf({ birthDate, name, identifier }: Resource): Person {
  const names: unknown[] = Array.isArray(name) ? name : []
  const identifiers: unknown[] = Array.isArray(identifier) ? identifier : []
  return {
    birthDate: typeof birthDate === 'string' ? birthDate : undefined,
    families: names.flatMap((one) =>
      isObject(one) && typeof one['family'] === 'string' ? [one['family'].trim().toLowerCase()] : [],
    ),
    identifiers: identifiers.flatMap((one) =>
      isObject(one) && typeof one['value'] === 'string' ? [`${String(one['system'])}|${one['value']}`] : [],
    ),
  }
}

/**
 * False when two states of a Patient cannot well be of one person: of birth date, family names and identifiers, both say
 * two or more, and none agrees. A corrected name, date or number alone leaves the others.
 */
export function maybeSamePerson(one: Person, other: Person): boolean {
  const dates = [one, other].map(({ birthDate }) => (birthDate === undefined ? [] : [birthDate]))
  const compared = [
    agree(dates[0] ?? [], dates[1] ?? []),
    agree(one.families, other.families),
    agree(one.identifiers, other.identifiers),
  ].filter((agrees) => agrees !== undefined)
  return compared.length < 2 || compared.includes(true)
}

/** Undefined when one of them says nothing. */
function agree(some: readonly string[], others: readonly string[]): boolean | undefined {
  return some.length === 0 || others.length === 0 ? undefined : some.some((one) => others.includes(one))
}
