import type { Resource } from '@chartkeep/model/fhir'
import { type Clock, type Id, Refusal } from '#base'
import type { Grant, Person } from '#policy'
import type { Records, Written } from '#records'

/** A note as its author leaves it. */
export interface Note {
  readonly title: string
  readonly text: string
  /** LOINC code of the document type. */
  readonly loinc: string
  /** The signed note that this adds to. */
  readonly addendumTo?: Id<string>
}

/** The document types offered for notes (LOINC document ontology, US Core clinical note types). */
export const noteTypes: Readonly<Record<string, string>> = {
  '11506-3': 'Progress note',
  '11488-4': 'Consultation note',
  '18842-5': 'Discharge summary',
  '28570-0': 'Procedure note',
  '34117-2': 'History and physical note',
  '34746-8': 'Nurse note',
  '81222-2': 'Telephone encounter note',
}

export interface Signing {
  readonly create: Grant<'create'>
  /** To see that a note being added to is this patient's and signed. */
  readonly read: Grant<'read'>
  readonly author: Person
  /** The author's name as it stands under the note. */
  readonly signature: string
  readonly practitioner?: string
  readonly patient: Id<'patient'>
}

/**
 * Signs a note: from then on it is a final DocumentReference, which nothing changes. An addendum is a signed document of
 * its own that points to what it adds to. Throws 'resource-invalid' for an empty note or an unknown type.
 */
export async function signNote(
  records: Records,
  clock: Clock,
  signing: Signing,
  note: Note,
  request: string,
): Promise<Written> {
  const type = noteTypes[note.loinc]
  const text = note.text.trim()
  if (type === undefined || text === '') {
    throw new Refusal('resource-invalid', {
      findings: [
        { expression: 'DocumentReference.content', issue: 'required', text: 'A note has a known type and some text.' },
      ],
    })
  }
  if (note.addendumTo !== undefined) {
    const original = await records.read(signing.read, note.addendumTo, request)
    if (original.patient !== signing.patient) throw new Refusal('not-found')
  }
  const [written] = await records.write(
    [
      {
        kind: 'create',
        grant: signing.create,
        resource: document({ signing, note, type, text, at: clock.now() }),
      },
    ],
    request,
  )
  if (written === undefined) throw new Error('a create answers what it made')
  return written
}

interface Content {
  readonly signing: Signing
  readonly note: Note
  readonly type: string
  readonly text: string
  readonly at: number
}

function document({ signing, note, type, text, at }: Content): Resource {
  const signer = {
    ...(signing.practitioner === undefined ? {} : { reference: signing.practitioner }),
    display: signing.signature,
  }
  return {
    resourceType: 'DocumentReference',
    status: 'current',
    docStatus: 'final',
    type: { coding: [{ system: 'http://loinc.org', code: note.loinc, display: type }], text: type },
    category: [
      {
        coding: [
          {
            system: 'http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category',
            code: 'clinical-note',
            display: 'Clinical Note',
          },
        ],
      },
    ],
    subject: { reference: `Patient/${signing.patient}` },
    date: new Date(at).toISOString(),
    author: [signer],
    authenticator: signer,
    description: note.title.trim() === '' ? type : note.title.trim(),
    ...(note.addendumTo === undefined
      ? {}
      : { relatesTo: [{ code: 'appends', target: { reference: `DocumentReference/${note.addendumTo}` } }] }),
    content: [
      {
        attachment: {
          contentType: 'text/plain; charset=utf-8',
          data: Buffer.from(text).toString('base64'),
          creation: new Date(at).toISOString(),
        },
      },
    ],
  }
}
