import { isObject, isResourceType, JsonFault, parseJson, type Resource } from '@chartkeep/model/fhir'
import type { Form } from './read-file.ts'
import type { ReasonCode } from './reasons.ts'
import { type Condition, readRequest } from './request.ts'

/** One thing to import, as its file has it. */
export interface Entry {
  readonly fullUrl: string | undefined
  readonly resource: Resource
  /** The id that its request names, where the resource itself has none. */
  readonly id: string | undefined
  readonly condition: Condition | undefined
}

// What carries a message, not what is kept; the ledger writes itself.
const notKept: ReadonlySet<string> = new Set(['OperationOutcome', 'Parameters', 'AuditEvent'])

/** Strictly read, or why it is not taken. */
export function readEntry(bytes: Buffer, form: Form): Entry | ReasonCode {
  try {
    return entryOf(parseJson(bytes, { bytes: bytes.length }), form)
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error
    return error.code === 'malformed' ? 'not-json' : error.code
  }
}

/** Read at the speed of JSON.parse: enough to know its names. Undefined for what will be declined anyway. */
export function glanceAt(bytes: Buffer, form: Form): Entry | undefined {
  try {
    const entry = entryOf(JSON.parse(bytes.toString()), form)
    return typeof entry === 'string' ? undefined : entry
  } catch {
    return undefined
  }
}

function entryOf(value: unknown, form: Form): Entry | ReasonCode {
  if (form === 'resource') return withResource(value, { fullUrl: undefined, condition: undefined })
  if (!isObject(value)) return 'no-resource'
  const request = readRequest(value['request'])
  if (typeof request === 'string') return request
  const { condition, type, id } = request
  const entry = withResource(value['resource'], { fullUrl: textOf(value['fullUrl']), condition })
  if (typeof entry === 'string') return entry
  const { resource } = entry
  if (type !== undefined && type !== resource.resourceType) return 'request-contradicts'
  if (id === undefined) return entry
  return entry.id === undefined || entry.id === id ? { ...entry, id } : 'request-contradicts'
}

function withResource(value: unknown, around: Pick<Entry, 'fullUrl' | 'condition'>): Entry | ReasonCode {
  if (!isObject(value)) return 'no-resource'
  const type = value['resourceType']
  if (typeof type !== 'string' || !isResourceType(type)) return 'type-unknown'
  if (notKept.has(type)) return 'type-not-kept'
  const { id, meta } = value
  if (id !== undefined && typeof id !== 'string') return 'id-no-text'
  if (meta !== undefined && !isObject(meta)) return 'meta-no-object'
  // oxlint-disable-next-line no-unsafe-type-assertion -- type, id and meta were just looked at; the rest is unknown
  return { ...around, id, resource: value as Resource }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
