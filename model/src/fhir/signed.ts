import type { Resource } from './resource.ts'

/**
 * What stands under a note. `signed`: by a person here, who gave the password for it; the store itself has written down
 * who, when and how. `received`: another system sent it as final. `unsigned`: anything else, whoever it names.
 */
export type Signedness =
  | { readonly state: 'signed'; readonly by: string; readonly at: string; readonly method: string }
  | { readonly state: 'received' }
  | { readonly state: 'unsigned' }

/** The extension that only signing writes: whoever else sends it is refused. */
export const signatureUrl = 'urn:chartkeep:signature'

const final = new Set<unknown>(['final', 'amended'])
/** Where a note says that it is finished: HL7 composition-status. */
const statusElements: Readonly<Record<string, string>> = { DocumentReference: 'docStatus', Composition: 'status' }

/** THE rule, for server and screens alike. DocumentReference goes by `docStatus`, Composition by `status`. */
export function signednessOf(
  resource: { readonly resourceType: string } & Readonly<Record<string, unknown>>,
): Signedness {
  const element = statusElements[resource.resourceType]
  if (element === undefined || !final.has(resource[element])) return { state: 'unsigned' }
  const [signature] = signaturesIn(resource)
  if (signature === undefined) return { state: 'received' }
  const part = (url: string): unknown => partsOf(signature).find((one) => one['url'] === url)
  const who = property(part('who'), 'valueReference')
  return {
    state: 'signed',
    by: text(property(who, 'display')),
    at: text(property(part('when'), 'valueInstant')),
    method: text(property(part('method'), 'valueCode')),
  }
}

/** Whether a note is finished: from then on it never changes, and what is to be said later is an addendum of its own. */
export function isSigned(resource: Resource): boolean {
  return signednessOf(resource).state !== 'unsigned'
}

/** The same record with the signature of `who` (a Reference) under it. */
export function withSignature(resource: Resource, who: unknown, at: string): Resource {
  const signature = {
    url: signatureUrl,
    extension: [
      { url: 'method', valueCode: 'password' },
      { url: 'when', valueInstant: at },
      { url: 'who', valueReference: who },
    ],
  }
  return { ...resource, extension: [...listIn(resource, 'extension'), signature] }
}

/** Whether a record comes with a signature, in whatever place that might be taken for one. */
export function bringsSignature(resource: Resource): boolean {
  return signaturesIn(resource).length > 0
}

function signaturesIn(resource: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>>[] {
  return partsOf(resource).filter((one) => one['url'] === signatureUrl)
}

function partsOf(value: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>>[] {
  return listIn(value, 'extension').filter((one) => typeof one === 'object' && one !== null && !Array.isArray(one))
}

function listIn(value: Readonly<Record<string, unknown>>, name: string): Readonly<Record<string, unknown>>[] {
  const list: unknown = value[name]
  return Array.isArray(list) ? list : []
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
