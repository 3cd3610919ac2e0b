import { createHash, createHmac, type KeyObject } from 'node:crypto'
import { isResourceType, readReference, type Resource } from '@chartkeep/model/fhir'
import { type Bucket, formatId, type Id, sha256 } from '#base'

/** What a name in the source comes to here: 80 bits of HMAC, so that an id of ours tells nothing of theirs. */
export interface SourceKey {
  readonly high: number
  readonly low: number
  /** The shard of a record that belongs to no patient, and of a patient. */
  readonly bucket: Bucket
}

/**
 * Keys by name, within one declared source. The same name has the same key in every run: an import that was killed
 * finds again what it has written.
 *
 * @param key the keyring's 'import-ids' key
 */
export function openKeys(key: KeyObject, source: string): (name: string) => SourceKey {
  const prefix = `${source}\0`
  // A record is named by itself, then by those that refer to it, mostly soon after: each name is hashed once or twice.
  let recent = new Map<string, SourceKey>()
  let older = recent
  return (name) => {
    const known = recent.get(name) ?? older.get(name)
    if (known !== undefined) return known
    const digest = createHmac('sha256', key).update(prefix).update(name).digest()
    const made = { high: digest.readUInt32BE(0), low: digest.readUInt32BE(4), bucket: digest.readUInt16BE(8) & 0xfff }
    if (recent.size >= rememberedNames) {
      older = recent
      recent = new Map()
    }
    recent.set(name, made)
    return made
  }
}

const rememberedNames = 10_000
const entropy = Buffer.alloc(8)

/** Time is 0: what was imported has no moment of its own, and the same name must give the same id. */
export function idOf<Kind extends string>({ high, low }: Pick<SourceKey, 'high' | 'low'>, bucket: Bucket): Id<Kind> {
  entropy.writeUInt32BE(high, 0)
  entropy.writeUInt32BE(low, 4)
  return formatId<Kind>(0, bucket, entropy)
}

/**
 * The id that an import gives to the record of this name in the source.
 *
 * @param patient name of the patient whose record it is; left out for a patient, and for what belongs to none
 */
export function importedId<Kind extends string>(
  key: KeyObject,
  source: string,
  name: string,
  patient = name,
): Id<Kind> {
  const keyOf = openKeys(key, source)
  return idOf<Kind>(keyOf(name), keyOf(patient).bucket)
}

/** What tells which record of the source this is. */
export interface SourceRecord {
  readonly fullUrl: string | undefined
  readonly resource: Pick<Resource, 'resourceType'>
  readonly id: string | undefined
  readonly bytes: Uint8Array
}

/**
 * The name that makes the id: `Type/id`, or the urn of a record that has another id, or for what has neither its content. Others
 * that mean it follow. An urn of a record's own id, or of one without, is that id written otherwise: the same record is in one
 * export under `urn:uuid:x`, in another as `Type/x`.
 */
export function namesOf({ fullUrl, resource, id, bytes }: SourceRecord): readonly [string, ...string[]] {
  const { resourceType: type } = resource
  const local = id === undefined ? [] : [`${type}/${id}`]
  if (fullUrl === undefined) return [local[0] ?? contentName(bytes)]
  const url = readReference(fullUrl)
  if (url.kind === 'record' && url.type === type) {
    const name = `${type}/${url.id}`
    return [name, ...local.filter((other) => other !== name)]
  }
  const own = fullUrl.startsWith(urn) ? fullUrl.slice(urn.length) : ''
  if (isId.test(own) && (id === undefined || id === own)) return [`${type}/${own}`, fullUrl]
  return [fullUrl, ...local]
}

const isId = /^[A-Za-z0-9\-.]{1,64}$/

/** Of a record's content, less the version and time that each server gives it: 53 bits of SHA-256. */
export function printOf({ meta, ...elements }: Resource): number {
  const { versionId: _, lastUpdated: __, ...marks } = meta ?? {}
  const digest = sha256(JSON.stringify([marks, elements]))
  return digest.readUInt32BE(0) * 0x20_0000 + (digest.readUInt32BE(4) >>> 11)
}

/** Its meta.lastUpdated in Unix ms; 0 without one. */
export function updatedOf({ meta }: Resource): number {
  const at = typeof meta?.lastUpdated === 'string' ? Date.parse(meta.lastUpdated) : 0
  return Number.isFinite(at) ? at : 0
}

function contentName(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

const urn = 'urn:uuid:'

export function urnOf(id: string): string {
  return `${urn}${id}`
}

/** `Type?identifier=system|value` as one spelling, or undefined for any other query: those are asked of the store. */
export function identifierName(type: string, query: string): string | undefined {
  const asked = [...new URLSearchParams(query)]
  const [first] = asked
  return asked.length === 1 && first?.[0] === 'identifier' && isResourceType(type)
    ? nameByIdentifier(type, first[1])
    : undefined
}

/** @param token `system|value` */
export function nameByIdentifier(type: string, token: string): string {
  return `${type}?identifier=${token}`
}
