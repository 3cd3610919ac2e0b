import { isObject, readReference, type Resource, type ResourceType } from '@chartkeep/model/fhir'
import { type Id, parseId, Refusal } from '#base'
import { Grant } from '#policy'
import type { ReadStores } from './read.ts'
import type { Row } from './row.ts'
import { openVisible } from './visible.ts'

/**
 * Who may see a Binary is who may see the record that its security context names (R4 binary, 2.37.3): policy is asked
 * for that record's type too, and the record has to be there for whoever asks. Undefined when it names none. Throws
 * what policy refuses with, and 'not-found' for a context that is not here, which nobody can be judged by.
 *
 * The document is about whomever that record is about: the entry names them too.
 */
export async function grantOfContext(
  stores: Pick<ReadStores, 'newest' | 'patientKeys'>,
  grant: Grant,
  binary: Resource,
): Promise<{ readonly grant: Grant<'read'>; readonly patient: Id<'patient'> | undefined } | undefined> {
  if (binary['securityContext'] === undefined) return undefined
  const named = contextOf(binary)
  if (named === undefined) throw new Refusal('not-found')
  const { type, id } = named
  const { patient: _, ...question } = grant.question
  const asked = Grant.for({ ...question, action: 'read', type })
  const [row] = await stores.newest(question.actor.tenant, [id])
  if (row === undefined || row.deleted || row.type !== type) throw new Refusal('not-found')
  if ((await openVisible(stores.patientKeys, asked, row)) === undefined) throw new Refusal('not-found')
  return { grant: asked, patient: row.patient }
}

/** Whether the record that is to decide is here; true where none is named. */
export async function hasContext(
  stores: Pick<ReadStores, 'newest'>,
  tenant: number,
  binary: Resource,
): Promise<boolean> {
  if (binary['securityContext'] === undefined) return true
  const named = contextOf(binary)
  const [row] = named === undefined ? [] : await stores.newest(tenant, [named.id])
  return row !== undefined && !row.deleted && row.type === named?.type
}

/** About whom these documents are, beside those whose they are: the patients of their security contexts. */
export async function patientsOfContexts(
  stores: Pick<ReadStores, 'newest'>,
  tenant: number,
  documents: readonly Resource[],
  written: readonly Pick<Row, 'id' | 'patient'>[],
): Promise<(Id<'patient'> | undefined)[]> {
  const ids = documents.flatMap((document) => contextOf(document)?.id ?? [])
  if (ids.length === 0) return []
  const rows = await stores.newest(tenant, ids)
  // The record may be written together with the document.
  return ids.map((id, index) => (rows[index] ?? written.find((row) => row.id === id))?.patient)
}

function contextOf({ securityContext }: Resource): { type: ResourceType; id: Id<string> } | undefined {
  const text = isObject(securityContext) ? securityContext['reference'] : undefined
  const read = readReference(typeof text === 'string' ? text : '')
  const id = read.kind === 'record' && read.base === '' ? parseId<string>(read.id) : undefined
  return read.kind === 'record' && id !== undefined ? { type: read.type, id } : undefined
}
