import { readReference, type ResourceType, isResourceType, searchParameter, splitEscaped } from '@chartkeep/model/fhir'
import { type OwnAddresses, withinOwn } from './own-address.ts'

type Parameters = Iterable<readonly [name: string, value: string]>

/**
 * Search parameters with references to records of ours made relative, as references are stored: an address of ours may be
 * another tomorrow. What is compared as a text keeps its address: uris, identifiers, canonicals.
 */
export function relativeParameters(type: ResourceType, parameters: Parameters, own: OwnAddresses): [string, string][] {
  return [...parameters].map(([name, value]) => [name, relativeValue(type, name, value, own)])
}

function relativeValue(type: ResourceType, name: string, value: string, own: OwnAddresses): string {
  if (!/https:/i.test(value) || !isReference(type, name)) return value
  return splitEscaped(value, ',')
    .map((one) => relativeTo(one, own) ?? one)
    .join(',')
}

function relativeTo(text: string, own: OwnAddresses): string | undefined {
  const local = withinOwn(text, own)
  const read = local === undefined ? undefined : readReference(local)
  if (read?.kind !== 'record' || read.base !== '' || !isResourceType(read.type)) return undefined
  // What has a url of its own is mostly named by it, and that may be its address here.
  return searchParameter(read.type, 'url') === undefined ? local : undefined
}

/** Whether a parameter, at the end of its chain, is compared with references. */
function isReference(type: ResourceType, name: string): boolean {
  let types: readonly ResourceType[] = [type]
  let rest = name
  for (let links = 0; links <= mostLinks && types.length > 0; links++) {
    const [, from = '', inner] = /^_has:([A-Za-z]+):[^:.]+:(.+)$/s.exec(rest) ?? []
    const dot = rest.indexOf('.')
    if (inner !== undefined) {
      types = isResourceType(from) ? [from] : []
      rest = inner
    } else if (dot !== -1) {
      types = targetsOf(types, rest.slice(0, dot))
      rest = rest.slice(dot + 1)
    } else return ends(types, rest)
  }
  return false
}

/** More than a search follows. */
const mostLinks = 8

function ends(types: readonly ResourceType[], name: string): boolean {
  const [code = '', modifier] = name.split(':')
  return modifier !== 'identifier' && types.some((one) => searchParameter(one, code)?.type === 'reference')
}

/** Where a link of a chain leads: `subject` to any of its types, `subject:Patient` to one. */
function targetsOf(types: readonly ResourceType[], link: string): ResourceType[] {
  const [code = '', said] = link.split(':')
  if (said !== undefined) return isResourceType(said) ? [said] : []
  return [...new Set(types.flatMap((one) => searchParameter(one, code)?.targets ?? []))]
}
