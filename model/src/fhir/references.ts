// Every place in a resource that points somewhere, found by the shape of the JSON: in R4 what has a text `reference` is a
// Reference, but for three elements where it is a uri. A test of the generator holds the definitions to that.
import { uriNames } from './generated/uri-names.ts'
import { rewriteLinks } from './narrative-links.ts'
import { isObject, type JsonObject, type Reference, type Resource } from './resource.ts'

/** What a text that points somewhere is: a Reference, an element of type uri, url, oid or uuid, a link in narrative. */
export type LinkKind = 'reference' | 'uri' | 'narrative'
export type LinkMap = (reference: string, kind: LinkKind) => string | undefined
export type LiteralReference = Reference & { reference: string }

export interface FoundReference {
  /** FHIRPath of the Reference: `Observation.performer[0]`. */
  readonly path: string
  readonly reference: LiteralReference
}

/** Every Reference with a literal text, in contained resources and extensions too, in the order of the JSON. */
export function referencesIn(resource: Resource): FoundReference[] {
  const found: FoundReference[] = []
  find(resource, resource.resourceType, '', found)
  return found
}

function find(holder: JsonObject, path: string, name: string, found: FoundReference[]): void {
  if (isReference(holder, name)) found.push({ path, reference: holder })
  for (const key in holder) {
    const member = holder[key]
    if (typeof member !== 'object' || member === null) continue
    if (Array.isArray(member)) {
      for (let at = 0; at < member.length; at++) {
        const one: unknown = member[at]
        if (isObject(one)) find(one, `${path}.${key}[${at}]`, key, found)
      }
    } else if (isObject(member)) find(member, `${path}.${key}`, key, found)
  }
}

/**
 * Replaces, in place, each text that `map` gives another for: literal References, elements of type uri, url, oid and
 * uuid (attachments' urls, `valueUri` of extensions …), and links in narrative (R4 http, 3.1.0.11.2). References into
 * the resource itself (`#…`) are left alone and not asked about.
 */
export function rewriteReferences(resource: Resource, map: LinkMap): void {
  rewrite(resource, '', map)
}

/** The same for literal References alone: a third of the work, and narrative is not read. */
export function rewriteLiterals(resource: Resource, map: (reference: string) => string | undefined): void {
  rewriteLiteralsIn(resource, '', map)
}

function rewriteLiteralsIn(holder: JsonObject, name: string, map: (reference: string) => string | undefined): void {
  if (isReference(holder, name) && !holder.reference.startsWith('#')) {
    const other = map(holder.reference)
    if (other !== undefined) holder.reference = other
  }
  for (const key in holder) {
    const member = holder[key]
    if (typeof member !== 'object' || member === null) continue
    if (!Array.isArray(member)) {
      if (isObject(member)) rewriteLiteralsIn(member, key, map)
    } else for (const one of member) if (isObject(one)) rewriteLiteralsIn(one, key, map)
  }
}

function rewrite(holder: JsonObject, name: string, map: LinkMap): void {
  const points = isReference(holder, name)
  for (const key in holder) {
    const member = holder[key]
    if (typeof member === 'string') {
      if (key === 'reference' && points) {
        if (!member.startsWith('#')) holder[key] = map(member, 'reference') ?? member
      } else if (uriNames.has(key)) holder[key] = map(member, 'uri') ?? member
      else if (key === 'div') holder[key] = rewriteLinks(member, (link) => map(link, 'narrative'))
    } else if (Array.isArray(member)) rewriteAll(member, key, map)
    else if (isObject(member)) rewrite(member, key, map)
  }
}

function rewriteAll(members: unknown[], name: string, map: LinkMap): void {
  for (let at = 0; at < members.length; at++) {
    const one = members[at]
    if (typeof one === 'string') {
      if (uriNames.has(name)) members[at] = map(one, 'uri') ?? one
    } else if (isObject(one)) rewrite(one, name, map)
  }
}

/** DetectedIssue.reference, Immunization.education.reference and Expression.reference are of type uri. */
function isReference(holder: JsonObject, name: string): holder is LiteralReference & JsonObject {
  if (typeof holder['reference'] !== 'string') return false
  return name !== '' && name !== 'education' && holder['resourceType'] === undefined && holder['language'] === undefined
}
