// One element against one value, kind by kind, as R4's search page says it (3.1.1.4.4 to 3.1.1.4.12). For tests.
import { type Resource, searchParameter } from '../../model/src/fhir/index.ts'
import type { FoundElement } from './brute-extract.ts'
import type { Asked } from './brute-search.ts'
import { literal, pieces, plainText, soundexOf, wordsIn } from './brute-values.ts'

// oxlint-disable-next-line typescript/no-explicit-any -- elements of every type, read as each type is
export type Loose = any

interface Coded {
  readonly system?: string | undefined
  readonly code?: string | undefined
  readonly words?: string | undefined
}

export const list = (value: Loose): Loose[] => (value === undefined ? [] : Array.isArray(value) ? value : [value])

function codedIn({ value, type }: FoundElement, resource: Resource, parameter: string): Coded[] {
  const one: Loose = value
  switch (type) {
    case 'CodeableConcept':
      return [
        ...list(one.coding).map(({ system, code, display }) => ({ system, code, words: display })),
        { words: one.text },
      ]
    case 'Coding':
      return [{ system: one.system, code: one.code, words: one.display }]
    case 'Identifier':
      return [{ system: one.system, code: one.value, words: one.type?.text }]
    case 'ContactPoint':
      return [{ system: one.system, code: one.value }]
    case 'boolean':
    case 'Boolean':
      return [{ system: 'http://terminology.hl7.org/CodeSystem/special-values', code: String(one) }]
    case 'code':
      // The system of a plain code is what its value set says; the table of ours is taken at its word here.
      return [
        {
          code: one,
          system: searchParameter(resource.resourceType, parameter)?.leaves.find((leaf) => leaf.type === 'code')
            ?.system,
        },
      ]
    default:
      return [{ code: String(one) }]
  }
}

export function tokenMatches(element: FoundElement, resource: Resource, asked: Asked): boolean {
  const { modifier, options } = asked
  const parts = pieces(asked.value, '|').map(literal)
  const coded = codedIn(element, resource, asked.code)
  if (modifier === 'text')
    return coded.some(({ words }) => words !== undefined && startsWith(words, literal(asked.value)))
  if (modifier === 'in' || modifier === 'not-in') {
    const set = options.terminology?.members(literal(asked.value))
    return coded.some(
      ({ system, code }) => system !== undefined && code !== undefined && set?.contains(system, code) === true,
    )
  }
  if (modifier === 'of-type') {
    const { type, value }: Loose = element.value
    const [system, code, wanted] = parts
    return value === wanted && list(type?.coding).some((one) => one.system === system && one.code === code)
  }
  if (modifier === 'below' && parts.length === 1) {
    // A MIME type.
    return coded.some(({ code = '' }) =>
      new RegExp(`^${parts[0]?.replace(/[.*+?^$()|[\]{}\\]/g, String.raw`\$&`)}\\s*(;|$)`, 'i').test(code),
    )
  }
  if (modifier === 'above' || modifier === 'below') {
    const [system = '', code = ''] = parts
    const related =
      modifier === 'above' ? options.terminology?.subsumers(system, code) : options.terminology?.subsumed(system, code)
    return coded.some(
      (one) =>
        one.system === system && one.code !== undefined && (one.code === code || related?.has(one.code) === true),
    )
  }
  const [first = '', second] = parts
  const wanted = second ?? first
  return coded.some(({ system, code }) => {
    if (second !== undefined && (system ?? '') !== first) return false
    if (wanted === '') return true
    return code !== undefined && sameCode(element.type, code, wanted)
  })
}

function sameCode(type: string, code: string, wanted: string): boolean {
  if (type === 'string') return code.toLowerCase() === wanted.toLowerCase()
  if (type !== 'ContactPoint') return code === wanted
  const bare = (text: string): string => (/[a-z@]/i.test(text) ? text.trim().toLowerCase() : text.replace(/\D/g, ''))
  return code === wanted || bare(code) === bare(wanted)
}

const startsWith = (text: string, wanted: string): boolean => plainText(text).startsWith(plainText(wanted))

export function stringMatches({ value, type }: FoundElement, asked: Asked): boolean {
  const one: Loose = value
  const texts: string[] =
    type === 'HumanName'
      ? [one.text, one.family, ...list(one.given), ...list(one.prefix), ...list(one.suffix)]
      : type === 'Address'
        ? [one.text, ...list(one.line), one.city, one.district, one.state, one.postalCode, one.country]
        : [one]
  const wanted = literal(asked.value)
  const named = type === 'HumanName' || asked.code === 'family' || asked.code === 'given'
  return texts
    .filter((text) => typeof text === 'string')
    .some((text) => {
      if (asked.modifier === 'exact') return text === wanted
      if (asked.modifier === 'contains') return plainText(text).includes(plainText(wanted))
      if (asked.modifier === 'text') return rowsMatch(wordsIn(text), wanted)
      if (asked.code === 'phonetic') {
        const sounds = text.split(/[\s,'.-]+/).map(soundexOf)
        return wanted
          .split(/[\s,'.-]+/)
          .filter((word) => word !== '')
          .every((word) => soundexOf(word) !== '' && sounds.includes(soundexOf(word)))
      }
      if (!named) return startsWith(text, wanted)
      const words = plainText(text).split(' ')
      return words.some((_, index) => startsWith(words.slice(index).join(' '), wanted))
    })
}

/** Alternatives between `or`, words side by side all wanted: as much of the language as random queries use. */
function rowsMatch(words: readonly string[], wanted: string): boolean {
  return wanted.split(/ or /i).some((row) => wordsIn(row).every((word) => words.includes(word)))
}

export function wordsMatch(resource: Resource, code: string, value: string): boolean {
  const texts: string[] = []
  const visit = (one: Loose, name: string): void => {
    if (typeof one === 'string') texts.push(name === 'div' ? one.replace(/<[^>]*>/g, ' ') : name === 'data' ? '' : one)
    else if (one !== null && typeof one === 'object')
      for (const [key, child] of Object.entries(one)) visit(child, Array.isArray(one) ? name : key)
  }
  const narrative: Loose = resource['text']
  visit(code === '_text' ? { div: narrative?.div } : resource, '')
  const words = texts.flatMap(wordsIn)
  return pieces(value, ',').some((one) => rowsMatch(words, literal(one)))
}

export function referenceMatches({ value, type }: FoundElement, resource: Resource, asked: Asked): boolean {
  const wanted = literal(asked.value)
  const one: Loose = value
  if (type === 'canonical' || type === 'uri') return addressMatches(String(value), asked)
  if (type === 'Composition' || type === 'MessageHeader') return [one.id, `${type}/${one.id}`].includes(wanted)
  if (asked.modifier === 'identifier')
    return (
      one.identifier !== undefined &&
      tokenMatches(
        { value: { system: one.identifier.system, value: one.identifier.value }, type: 'Identifier' },
        resource,
        { ...asked, modifier: undefined },
      )
    )
  const { base = '' } = asked.options
  const text: string | undefined = one.reference
  if (text === undefined || text.startsWith('#')) return false
  const ours = (address: string): string =>
    (base !== '' && address.startsWith(base) ? address.slice(base.length) : address).replace(/\/_history\/.*$/, '')
  const asked2 =
    asked.modifier === undefined || ours(wanted).includes('/') || wanted.includes(':')
      ? ours(wanted)
      : `${asked.modifier}/${wanted}`
  if (/^[A-Za-z]+\/[^/]+$/.test(asked2)) return ours(text) === asked2
  if (/^[A-Za-z0-9.-]+$/.test(asked2)) return /^[A-Za-z]+\/([^/]+)$/.exec(ours(text))?.[1] === asked2
  return text.replace(/\/_history\/.*$/, '') === asked2
}

/** uris and canonicals: to the letter, without a version where none is asked for, by the path's hierarchy. */
export function addressMatches(found: string, { modifier, value }: Asked): boolean {
  const wanted = literal(value)
  const [url = '', version] = found.split('|')
  const [wantedUrl = '', wantedVersion] = wanted.split('|')
  if (found === wanted || (wantedVersion === undefined && url === wanted)) return true
  if (modifier !== 'above' && modifier !== 'below') return false
  if (modifier === 'below' && wantedVersion !== undefined)
    return (
      url === wantedUrl && version?.split('.').slice(0, wantedVersion.split('.').length).join('.') === wantedVersion
    )
  if (url.startsWith('urn:') || wanted.startsWith('urn:')) return false
  const [upper, lower] = (modifier === 'below' ? [wanted, url] : [url, wanted]).map((one) =>
    one.replace(/\/$/, '').split('/'),
  )
  return (
    upper !== undefined &&
    lower !== undefined &&
    upper.length < lower.length + 1 &&
    upper.every((part, index) => lower[index] === part)
  )
}
