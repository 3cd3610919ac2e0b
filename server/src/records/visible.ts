import { formatJson, matches, parseJson, type Resource, type ResourceType } from '@chartkeep/model/fhir'
import { type Id, Refusal } from '#base'
import type { Grant } from '#policy'
import type { HeldKey, PatientKeys } from './patient-keys.ts'
import { openRowWith, type Row } from './row.ts'
import type { Sealer } from './sealing/sealer.ts'

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
  return mayShow(grant, row) ? show(grant, row, openRowWith(held, row)) : undefined
}

export interface Candidate {
  readonly grant: Grant
  readonly row: Row
  readonly held: HeldKey
}

/** The same for a page of them. */
export async function openAllVisible(
  sealer: Pick<Sealer, 'open'>,
  candidates: readonly Candidate[],
): Promise<(Opened | undefined)[]> {
  const shown = candidates.filter(({ grant, row }) => mayShow(grant, row))
  const texts = await sealer.open(shown.map(({ held, row }) => ({ key: held.key.body, row })))
  const opened = new Map(
    shown.map((candidate, index) => {
      const json = texts[index]
      if (json === undefined) throw new Refusal('record-damaged')
      return [candidate, show(candidate.grant, candidate.row, json)]
    }),
  )
  return candidates.map((candidate) => opened.get(candidate))
}

/** By what stands in the row; its content may say no as well. */
function mayShow({ question, rows }: Grant, row: Row): boolean {
  return (question.patient === undefined || row.patient === question.patient) && (!row.deleted || rows === undefined)
}

function show(grant: Grant, row: Row, json: Buffer): Opened | undefined {
  if (grant.rows === undefined && grant.view === undefined) return new Opened(row, json, undefined)
  const resource = grant.view === undefined ? parseStored(json) : parseExactly(json)
  // Judged as it is stored: what is hidden from the reader is not hidden from the rule.
  if (!showsRow(grant, resource)) return undefined
  if (grant.view === undefined) return new Opened(row, json, resource)
  const shown = grant.view.show(resource)
  return shown === resource ? new Opened(row, json, resource) : new Opened(row, textOf(shown), shown)
}

function showsRow({ rows }: Grant, resource: Resource): boolean {
  return rows === undefined || rows.some((queries) => queries.every((query) => matches(resource, query)))
}

/** The same record as this grant shows it. What is shown whole is not parsed. */
export function withhold(json: Buffer, { view }: Pick<Grant, 'view'>): Buffer {
  return view === undefined ? json : textOf(view.show(parseExactly(json)))
}

function textOf(resource: Resource): Buffer {
  return Buffer.from(formatJson(resource))
}

const stored = { bytes: 64 * 1024 * 1024, nodes: 10_000_000 }

/** A stored text with its decimals as they were written: the parts that are left alone are written so again. */
export function parseExactly(json: Buffer): Resource {
  // oxlint-disable-next-line no-unsafe-type-assertion -- sealed by us from a Resource, and unaltered since
  return parseJson(json, stored) as Resource
}

/** Text that was authenticated when it was opened, so it is what we stored: a resource. */
export function parseStored(json: Buffer): Resource {
  // oxlint-disable-next-line no-unsafe-type-assertion -- sealed by us from a Resource, and unaltered since
  return JSON.parse(json.toString()) as Resource
}
