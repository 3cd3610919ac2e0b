import { isResourceType, type ResourceType } from './resource-type.ts'

/** The parts of a literal reference (R4 references, 2.3.0.1). */
export type ReferenceText =
  /** `Patient/1`, `https://other.example/fhir/Patient/1/_history/2`; `base` is '' when relative. */
  | { kind: 'record'; base: string; type: ResourceType; id: string; version: string | undefined }
  /** `Patient?identifier=…`: to be looked up when a transaction is carried out. */
  | { kind: 'condition'; type: ResourceType; query: string }
  /** `#p1`: within the same resource. */
  | { kind: 'contained'; id: string }
  /** `urn:uuid:…` or any other address: what it leads to cannot be told from the text. */
  | { kind: 'address' }

const record = /^(.*\/)?([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/([A-Za-z0-9\-.]{1,64}))?$/
const condition = /^([A-Z][A-Za-z]+)\?(.+)$/s

export function readReference(text: string): ReferenceText {
  if (text.startsWith('#')) return { kind: 'contained', id: text.slice(1) }
  if (text.startsWith('urn:')) return { kind: 'address' }
  const [, base = '', type = '', id = '', version] = record.exec(text) ?? []
  if (isResourceType(type) && (base === '' || /^https?:\/\//.test(base))) {
    return { kind: 'record', base, type, id, version }
  }
  const [, searched = '', query = ''] = condition.exec(text) ?? []
  if (isResourceType(searched)) return { kind: 'condition', type: searched, query }
  return { kind: 'address' }
}
