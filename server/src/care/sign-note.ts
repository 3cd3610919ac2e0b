import type { ResourceOf } from '@chartkeep/model/types'
import { type Clock, type Id, Refusal } from '#base'
import type { Grant } from '#policy'
import { parseStored, type Records, type Stored } from '#records'
import { noteTypes } from './note-types.ts'

/** A note as its author leaves it. */
export interface Note {
  readonly title: string
  readonly text: string
  /** LOINC code of the document type. */
  readonly loinc: string
  /** The signed note that this adds to. */
  readonly addendumTo?: Id<string>
}

/** Who signs, as it stands under the note. */
export interface Signature {
  readonly name: string
  /** Reference of a Practitioner. */
  readonly practitioner?: string
}

export interface Signing {
  readonly patient: Id<'patient'>
  readonly sign: Grant<'sign'>
  /** For this patient: to see the note that is being added to. */
  readonly read: Grant<'read'>
  readonly signature: Signature
  readonly request: string
}

/**
 * Signs a note: from then on it is a final DocumentReference, which nothing changes. An addendum is a signed document of
 * its own that points to what it adds to. Throws 'resource-invalid' for an empty note or an unknown type, 'not-found'
 * for an addendum to what is not a note of this patient.
 */
export async function signNote(records: Records, clock: Clock, signing: Signing, note: Note): Promise<Stored> {
  const { sign, request } = signing
  const type = noteTypes[note.loinc]
  const text = note.text.trim()
  if (type === undefined || text === '')
    throw invalid('DocumentReference.content', 'A note has a known type and some text.')
  if (note.addendumTo !== undefined) await requireSigned(records, signing, note.addendumTo)
  const resource = documentOf({ signing, note, type, text, at: clock.now() })
  const [written] = await records.write([{ kind: 'create', grant: sign, resource }], request)
  if (written === undefined) throw new Error('a create answers what it made')
  return written
}

/** What another system has not marked as unfinished counts as finished. */
async function requireSigned(records: Records, { patient, read, request }: Signing, id: Id<string>): Promise<void> {
  if (read.question.patient !== patient) throw new Error('the grant is for one patient, the one whose note is signed')
  const original = parseStored((await records.read(read, id, request)).json)
  if (original['docStatus'] === 'preliminary')
    throw invalid('DocumentReference.relatesTo', 'Only a signed note is added to.')
}

function invalid(expression: string, text: string): Refusal {
  return new Refusal('resource-invalid', { findings: [{ expression, issue: 'business-rule', text }] })
}

interface Content {
  readonly signing: Signing
  readonly note: Note
  readonly type: string
  readonly text: string
  readonly at: number
}

function documentOf({
  signing: { patient, signature },
  note,
  type,
  text,
  at,
}: Content): ResourceOf<'DocumentReference'> {
  const { name, practitioner } = signature
  const signer = practitioner === undefined ? { display: name } : { reference: practitioner, display: name }
  const date = new Date(at).toISOString()
  const title = note.title.trim()
  const data = Buffer.from(text).toString('base64')
  return {
    resourceType: 'DocumentReference',
    status: 'current',
    docStatus: 'final',
    type: { coding: [{ system: 'http://loinc.org', code: note.loinc, display: type }], text: type },
    category: [{ coding: [clinicalNote] }],
    subject: { reference: `Patient/${patient}` },
    date,
    author: [signer],
    authenticator: signer,
    description: title === '' ? type : title,
    ...(note.addendumTo === undefined
      ? {}
      : { relatesTo: [{ code: 'appends', target: { reference: `DocumentReference/${note.addendumTo}` } }] }),
    content: [{ attachment: { contentType: 'text/plain; charset=utf-8', data, creation: date } }],
  }
}

const clinicalNote = {
  system: 'http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category',
  code: 'clinical-note',
  display: 'Clinical Note',
}
