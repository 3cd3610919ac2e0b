import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { readText } from '../api/documents.ts'
import { decodeInline, type StoredDocument } from '../fhir/document.ts'
import { Button } from '../ui/button.tsx'
import { FailurePanel, Skeleton } from '../ui/states.tsx'
import { formatDateTime } from '../words/date.ts'

interface NoteReaderProps {
  readonly patient: string
  readonly note: StoredDocument
  readonly original: StoredDocument | undefined
  readonly addenda: readonly StoredDocument[]
  readonly open: (note: StoredDocument) => void
  readonly close: () => void
  readonly amend: () => void
}

/** A signed note as it stands. It never changes; what comes after it is an addendum below it. */
export function NoteReader({ patient, note, original, addenda, open, close, amend }: NoteReaderProps) {
  const article = useRef<HTMLElement>(null)
  useEffect(() => {
    // Where there is room for one of the two, it begins as far down as the list was.
    const [page, element] = [article.current?.closest('main'), article.current]
    if (page && element && element.getBoundingClientRect().top < page.getBoundingClientRect().top)
      element.scrollIntoView()
  }, [])
  return (
    <article className="note-reader" aria-label={note.title} ref={article}>
      <div className="note-reader-head">
        <h2>{note.title}</h2>
        <Button onClick={amend}>Add addendum</Button>
        <Button look="bare" icon="close" onClick={close} keys="Esc">
          Close
        </Button>
      </div>
      <Signature note={note} />
      {original !== undefined && (
        <p>
          Addendum to{' '}
          <button type="button" className="button button-bare" onClick={() => open(original)}>
            {original.title}, {signedAt(original)}
          </button>
        </p>
      )}
      <Body patient={patient} note={note} />
      {addenda
        .toSorted((a, b) => ((a.date ?? '') < (b.date ?? '') ? -1 : 1))
        .map((addendum) => (
          <section key={addendum.id} className="note-addendum" aria-label="Addendum">
            <h3>{addendum.title}</h3>
            <Signature note={addendum} />
            <Body patient={patient} note={addendum} />
          </section>
        ))}
    </article>
  )
}

function Signature({ note }: { note: StoredDocument }) {
  return (
    <p className="meta">
      {note.type !== undefined && note.type !== note.title && `${note.type} · `}
      {signatureOf(note)}
      {note.superseded && ' · replaced by a newer one'}
    </p>
  )
}

function Body({ patient, note }: { patient: string; note: StoredDocument }) {
  const { binary, inline } = note
  const query = useQuery({
    queryKey: ['patient', patient, 'text', binary],
    queryFn: ({ signal }) => readText(patient, binary ?? '', signal),
    enabled: inline === undefined && binary !== undefined,
  })
  if (inline !== undefined)
    return (
      <div className="note-body" dir="auto">
        {decodeInline(inline).trim()}
      </div>
    )
  if (binary === undefined) return <p className="meta">This note has no text.</p>
  if (query.isPending) return <Skeleton rows={8} label="Loading the note" />
  if (query.data === undefined)
    return <FailurePanel error={query.error} what="The note" retry={() => void query.refetch()} />
  return (
    <div className="note-body" dir="auto">
      {query.data.trim()}
    </div>
  )
}

/** Who vouches for the words and how, by what the server knows; what a note says of itself is told as such. */
function signatureOf({ signedness, author, date }: StoredDocument): string {
  if (signedness.state === 'signed') return `Signed with password by ${signedness.by}, ${formatDateTime(signedness.at)}`
  const written = [
    author === undefined ? undefined : `by ${author}`,
    date === undefined ? undefined : formatDateTime(date),
  ]
  const said = written.filter((part) => part !== undefined).join(', ')
  const state = signedness.state === 'received' ? 'Received as final from another system' : 'Not signed'
  return said === '' ? state : `${state} · written ${said}`
}

function signedAt({ signedness, date }: StoredDocument): string {
  const at = signedness.state === 'signed' ? signedness.at : date
  return at === undefined ? 'no date' : formatDateTime(at)
}
