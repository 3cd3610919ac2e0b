import { formatId } from '../../server/src/base/index.ts'
import { Random } from '../synthetic/random.ts'
import { isJsonObject, type Json, type JsonObject, textOf } from './json.ts'

/** A Bundle entry, or one of the generator's. */
export interface Sent {
  readonly fullUrl: string
  readonly resource: JsonObject
}

export interface Stored {
  readonly type: string
  readonly json: Buffer
  readonly resource: JsonObject
}

/**
 * Resources as they are stored: an id of ours, `meta` with version and time, and references that lead to the new ids.
 * Times and ids are like those of an import that takes a few milliseconds for each patient.
 */
export class Storing {
  readonly #ids = new Map<string, string>()
  readonly #random = new Random('stored')
  #at = Date.UTC(2026, 10, 22, 9, 0, 0)

  /** The entries of one patient, who shares a bucket with all of them. */
  store(entries: readonly Sent[]): Stored[] {
    const stored: Stored[] = []
    const bucket = this.#random.whole(0, 4095)
    for (const { fullUrl, resource } of entries) {
      this.#at += this.#random.whole(0, 1)
      const id = `${textOf(resource['resourceType'])}/${formatId(this.#at, bucket, this.#entropy())}`
      this.#ids.set(fullUrl, id)
      for (const name of identifiers(resource)) this.#ids.set(name, id)
    }
    for (const { fullUrl, resource } of entries) {
      const { resourceType, id: _, meta, ...elements } = resource
      const { versionId: __, lastUpdated: ___, ...marks } = isJsonObject(meta) ? meta : {}
      const known = this.#ids.get(fullUrl) ?? ''
      const stamped = { versionId: '1', lastUpdated: new Date(this.#at).toISOString(), ...marks }
      const whole = {
        resourceType: resourceType ?? '',
        id: known.slice(known.indexOf('/') + 1),
        meta: stamped,
        ...elements,
      }
      const rewritten = this.#rewrite(whole)
      if (isJsonObject(rewritten))
        stored.push({ type: textOf(resourceType), json: Buffer.from(JSON.stringify(rewritten)), resource: rewritten })
    }
    return stored
  }

  #entropy(): Buffer {
    const bytes = Buffer.alloc(10)
    for (let at = 0; at < 8; at += 4) bytes.writeUInt32BE(this.#random.word(), at)
    return bytes
  }

  #rewrite(value: Json): Json {
    if (typeof value === 'string') return this.#ids.get(value) ?? value
    if (Array.isArray(value)) return value.map((part) => this.#rewrite(part))
    if (!isJsonObject(value)) return value
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, this.#rewrite(part)]))
  }
}

/** What a conditional reference may call the resource: `Practitioner?identifier=system|value`. */
function identifiers(resource: JsonObject): string[] {
  const list = resource['identifier']
  if (!Array.isArray(list)) return []
  return list
    .filter(isJsonObject)
    .map(({ system, value }) => `${textOf(resource['resourceType'])}?identifier=${textOf(system)}|${textOf(value)}`)
}
