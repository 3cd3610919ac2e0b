import { matches, type Resource, type ResourceType } from '@chartkeep/model/fhir'
import type { Id } from '#base'
import type { Grant } from '#policy'
import type { HeldKey, PatientKeys } from './patient-keys.ts'
import { openRowWith, type Row } from './row.ts'

/** One version of a record, opened. */
export interface Stored {
  readonly type: ResourceType
  readonly id: Id<string>
  readonly version: number
  readonly updated: number
  readonly patient: Id<'patient'> | undefined
  readonly deleted: boolean
  /** FHIR JSON text in UTF-8, as stored, less what the grant hides. */
  readonly json: Buffer
}

export function storedOf({ row, json }: { readonly row: Row; readonly json: Buffer }): Stored {
  const { type, id, version, updated, patient, deleted } = row
  return { type, id, version, updated, patient, deleted, json }
}

/** A row opened under a grant: what it hides is not in it any more. Parsed when somebody asks. */
export class Opened {
  readonly row: Row
  readonly json: Buffer
  #resource: Resource | undefined

  constructor(row: Row, json: Buffer, resource: Resource | undefined) {
    this.row = row
    this.json = json
    this.#resource = resource
  }

  get resource(): Resource {
    return (this.#resource ??= parseStored(this.json))
  }
}

/**
 * The record as this grant shows it; undefined when it does not show it at all: to whoever asks it is not there. A
 * deletion has no content, so only a grant for every row of its type shows it. Throws 'record-damaged'.
 */
export async function openVisible(patientKeys: PatientKeys, grant: Grant, row: Row): Promise<Opened | undefined> {
  const held = patientKeys.held(row.tenant, row.patient) ?? (await patientKeys.require(row.tenant, row.patient))
  return openVisibleWith(held, grant, row)
}

/** The same when the key is at hand. */
export function openVisibleWith(held: HeldKey, grant: Grant, row: Row): Opened | undefined {
  const { patient } = grant.question
  if (patient !== undefined && row.patient !== patient) return undefined
  if (row.deleted && grant.rows !== undefined) return undefined
  const json = openRowWith(held, row)
  if (grant.rows === undefined && grant.hidden.length === 0) return new Opened(row, json, undefined)
  const resource = parseStored(json)
  // Judged as it is stored: what is hidden from the reader is not hidden from the rule.
  if (!showsRow(grant, resource)) return undefined
  if (grant.hidden.length === 0) return new Opened(row, json, resource)
  const shown = without(resource, grant.hidden)
  return new Opened(row, Buffer.from(JSON.stringify(shown)), shown)
}

function showsRow({ rows }: Grant, resource: Resource): boolean {
  return rows === undefined || rows.some((queries) => queries.every((query) => matches(resource, query)))
}

function without(resource: Resource, hidden: readonly string[]): Resource {
  const shown = { ...resource }
  for (const element of hidden) {
    delete shown[element]
    delete shown[`_${element}`]
  }
  return shown
}

/** The same JSON without these top-level elements. What nothing is hidden from is not parsed. */
export function withhold(json: Buffer, hidden: readonly string[]): Buffer {
  return hidden.length === 0 ? json : Buffer.from(JSON.stringify(without(parseStored(json), hidden)))
}

/** Text that was authenticated when it was opened, so it is what we stored: a resource. */
export function parseStored(json: Buffer): Resource {
  // oxlint-disable-next-line no-unsafe-type-assertion -- sealed by us from a Resource, and unaltered since
  return JSON.parse(json.toString()) as Resource
}
