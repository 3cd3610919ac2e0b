import { isObject, isResourceType, JsonFault, parseJson, type Resource } from '@chartkeep/model/fhir'
import type { Form } from './read-file.ts'
import type { ReasonCode } from './reasons.ts'

/** One thing to import, as its file has it. */
export interface Entry {
  readonly fullUrl: string | undefined
  readonly resource: Resource
  /** Query of a conditional create: nothing is added when something matches. */
  readonly ifNoneExist: string | undefined
}

// What carries a message, not what is kept; the ledger writes itself.
const notKept: ReadonlySet<string> = new Set(['OperationOutcome', 'Parameters', 'AuditEvent'])
const adding: ReadonlySet<string> = new Set(['POST', 'PUT'])

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
  if (form === 'resource') return withResource(value, { fullUrl: undefined, ifNoneExist: undefined })
  if (!isObject(value)) return 'no-resource'
  const request = isObject(value['request']) ? value['request'] : { method: undefined }
  const { method } = request
  if (method !== undefined && (typeof method !== 'string' || !adding.has(method))) return 'not-added'
  return withResource(value['resource'], {
    fullUrl: textOf(value['fullUrl']),
    ifNoneExist: textOf(request['ifNoneExist']),
  })
}

function withResource(value: unknown, around: Omit<Entry, 'resource'>): Entry | ReasonCode {
  if (!isObject(value)) return 'no-resource'
  const type = value['resourceType']
  if (typeof type !== 'string' || !isResourceType(type)) return 'type-unknown'
  if (notKept.has(type)) return 'type-not-kept'
  const { id, meta } = value
  if (id !== undefined && typeof id !== 'string') return 'invalid'
  if (meta !== undefined && !isObject(meta)) return 'invalid'
  // oxlint-disable-next-line no-unsafe-type-assertion -- type, id and meta were just looked at; the rest is unknown
  return { ...around, resource: value as Resource }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
