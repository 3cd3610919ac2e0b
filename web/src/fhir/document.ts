import type { FhirRecord } from '@chartkeep/model/office'
import { type Signedness, signednessOf } from '@chartkeep/model/signed'
import { at, codeOf, codeText, displayOf, list, number, present, referencedId, text } from './read.ts'

export interface StoredDocument {
  readonly id: string
  readonly title: string
  readonly type?: string
  readonly loinc?: string
  readonly date?: string
  readonly author?: string
  readonly status: string
  readonly signedness: Signedness
  readonly contentType: string
  /** Written text, to be read as a note; anything else is a document to view or download. */
  readonly written: boolean
  /** The Binary that holds the content; absent when the text is in the record. */
  readonly binary?: string
  /** Base64 of the content when it is in the record itself. */
  readonly inline?: string
  /** Octets. */
  readonly size?: number
  /** The note that this one is an addendum to. */
  readonly addendumTo?: string
  readonly superseded: boolean
}

/** undefined when it was entered in error. */
export function readDocument(record: FhirRecord): StoredDocument | undefined {
  const status = text(record, 'status') ?? 'current'
  if (status === 'entered-in-error') return undefined
  const attachment = at(record, 'content', 0, 'attachment')
  const contentType = text(attachment, 'contentType') ?? ''
  const type = codeText(at(record, 'type'))
  const relates = list(record, 'relatesTo').find((relation) => text(relation, 'code') === 'appends')
  const inline = text(attachment, 'data')
  const clinicalNote = list(record, 'category').some((category) => codeOf(category) === 'clinical-note')
  return {
    id: record.id,
    title: text(record, 'description') ?? text(attachment, 'title') ?? type ?? 'Untitled',
    status,
    signedness: signednessOf(record),
    contentType,
    // A text that was uploaded as a file is a document; a text in the record, or marked as a clinical note, is a note.
    written: /^text\/(plain|markdown)\b/.test(contentType) && (inline !== undefined || clinicalNote),
    superseded: status === 'superseded',
    ...present({
      type,
      loinc: codeOf(at(record, 'type'), 'http://loinc.org'),
      date: text(record, 'date') ?? text(attachment, 'creation'),
      author:
        list(record, 'author')
          .map(displayOf)
          .find((name) => name !== undefined) ?? displayOf(at(record, 'authenticator')),
      binary: referencedId(text(attachment, 'url'), 'Binary'),
      inline,
      size: number(attachment, 'size'),
      addendumTo: relates === undefined ? undefined : referencedId(at(relates, 'target'), 'DocumentReference'),
    }),
  }
}

/** Base64 of UTF-8 → text. What is not UTF-8 shows its replacement signs rather than nothing. */
export function decodeInline(inline: string): string {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(inline), (letter) => letter.charCodeAt(0)))
  } catch {
    return ''
  }
}

export function formatSize(octets: number): string {
  if (octets < 1_000) return `${octets} B`
  if (octets < 1_000_000) return `${Math.round(octets / 1_000)} kB`
  return `${(octets / 1_000_000).toFixed(octets < 10_000_000 ? 1 : 0)} MB`
}
