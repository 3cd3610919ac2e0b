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

const id = /^[A-Za-z0-9\-.]{1,64}$/
const condition = /^([A-Z][A-Za-z]+)\?(.+)$/s

export function readReference(text: string): ReferenceText {
  if (text.startsWith('#')) return { kind: 'contained', id: text.slice(1) }
  if (text.startsWith('urn:')) return { kind: 'address' }
  return readRecord(text) ?? readCondition(text) ?? { kind: 'address' }
}

function readRecord(text: string): ReferenceText | undefined {
  let rest = text
  let version: string | undefined
  const history = text.lastIndexOf('/_history/')
  if (history !== -1) {
    version = text.slice(history + '/_history/'.length)
    if (!id.test(version)) return undefined
    rest = text.slice(0, history)
  }
  const slash = rest.lastIndexOf('/')
  const before = slash > 0 ? rest.lastIndexOf('/', slash - 1) : -1
  const type = rest.slice(before + 1, slash)
  if (slash === -1 || !isResourceType(type)) return undefined
  const name = rest.slice(slash + 1)
  const base = rest.slice(0, before + 1)
  if (!id.test(name) || (base !== '' && !base.startsWith('https://') && !base.startsWith('http://'))) return undefined
  return { kind: 'record', base, type, id: name, version }
}

function readCondition(text: string): ReferenceText | undefined {
  const [, type = '', query = ''] = condition.exec(text) ?? []
  return isResourceType(type) ? { kind: 'condition', type, query } : undefined
}
