import type { KeyObject } from 'node:crypto'
import { formatJson, type Resource, type ResourceType } from '@chartkeep/model/fhir'
import type { Id } from '#base'
import { bucketOf } from '#base'
import { spellPlace } from './body.ts'
import { clinicalTime } from './clinical-time.ts'
import { lookupsOf, tokensOf } from './index-tokens.ts'
import { fillTokens } from './padding.ts'
import type { HeldKey } from './patient-keys.ts'
import type { Row } from './row.ts'
import type { SealedBody } from './sealing/piece.ts'
import { fillOf, type LookupToken, timeOffset } from './tokens.ts'

/** A version that is indexed and not yet sealed: its `body` is the JSON text. */
export interface Unsealed extends Row {
  /** The version this one follows; 0 for the first. */
  readonly before: number
  readonly tokens: Buffer
  readonly lookups: readonly LookupToken[]
}

/** A version ready to be written, still with its JSON text for the answer. */
export interface Prepared extends Unsealed, SealedBody {
  readonly json: Buffer
}

export interface Naming {
  readonly tenant: number
  readonly id: Id<string>
  readonly version: number
  readonly patient: Id<'patient'> | undefined
  readonly now: number
  readonly held: HeldKey
  readonly indexKeys: IndexKeys
}

/** The tenant's keys for looking up across patients. */
export interface IndexKeys {
  readonly identity: KeyObject
  readonly operational: KeyObject
}

/**
 * The resource with the id, version and time that we give it. They lead, in the order of the definitions, whatever else its
 * meta holds: what the row says is left out of the body only there (dictionaries/fold.ts), which saves 40 bytes a record.
 */
function render(resource: Resource, { id, version, now }: Naming): Buffer {
  const { resourceType, id: _, meta = {}, ...elements } = resource
  const { versionId: __, lastUpdated: ___, ...marks } = meta
  const stamped = { versionId: String(version), lastUpdated: new Date(now).toISOString(), ...marks }
  return Buffer.from(formatJson({ resourceType, id, meta: stamped, ...elements }, resource))
}

export function prepare(resource: Resource, naming: Naming): Unsealed {
  const { tenant, held, indexKeys } = naming
  const at = clinicalTime(resource) ?? naming.now
  return finish(resource.resourceType, naming, {
    body: render(resource, naming),
    at: naming.patient === undefined ? at : at + timeOffset(held.key, resource.resourceType),
    deleted: false,
    tokens:
      naming.patient === undefined
        ? Buffer.alloc(0)
        : fillTokens(tokensOf(resource, held.key), () => fillOf(held.key, naming.id)),
    lookups: lookupsOf(resource, tenant, indexKeys, naming.patient),
  })
}

/** The version that says the record was deleted: nothing of its content, and out of every index. */
export function prepareTombstone(type: ResourceType, naming: Naming, at: number): Unsealed {
  return finish(type, naming, {
    body: render({ resourceType: type }, naming),
    at,
    deleted: true,
    tokens: Buffer.alloc(0),
    lookups: [],
  })
}

function finish(
  type: ResourceType,
  { tenant, id, version, patient, now, held }: Naming,
  content: Pick<Unsealed, 'body' | 'at' | 'deleted' | 'tokens' | 'lookups'>,
): Unsealed {
  const facts = {
    tenant,
    type,
    id,
    version,
    updated: now,
    patient,
    keyId: held.keyId,
    ...content,
    at: Math.round(content.at),
  }
  return { ...facts, bucket: bucketOf(id), before: version - 1, place: spellPlace(facts) }
}
