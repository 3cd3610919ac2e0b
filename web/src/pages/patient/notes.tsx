import './notes.css'
import type { FhirRecord } from '@chartkeep/model/office'
import { useNavigate, useParams } from '@tanstack/react-router'
import { useEffect } from 'react'
import { readDocument, type StoredDocument } from '../../fhir/document.ts'
import { instantOf } from '../../fhir/read.ts'
import { useKeys } from '../../frame/keys.ts'
import { focusRow, openedRow } from '../../frame/rows.ts'
import { NoteReader } from '../../notes/note-reader.tsx'
import { paths } from '../../paths.ts'
import { type Column, ListTable } from '../../ui/list-table.tsx'
import { Empty } from '../../ui/states.tsx'
import { choices } from './choices.ts'
import { dated } from './problems.tsx'
import { Records, usePatientId } from './records.tsx'

const columns: readonly Column<StoredDocument>[] = [
  {
    key: 'date',
    head: 'Date',
    cell: (note) => dated(note.date),
    sort: (note) => instantOf(note.date),
    width: '7.5rem',
    whole: true,
  },
  { key: 'title', head: 'Note', cell: (note) => <NoteTitle note={note} />, sort: (note) => note.title },
  { key: 'author', head: 'Author', cell: (note) => note.author, sort: (note) => note.author },
]

/** Signed notes, newest first, and beside them the one that is read. */
export function NotesPage() {
  return (
    <Records choice={choices.documents} what="Notes" among="notes and documents">
      {(records, older) => <Notes records={records} older={older} />}
    </Records>
  )
}

function Notes({ records, older }: { records: readonly FhirRecord[]; older: React.ReactNode }) {
  const patient = usePatientId()
  const navigate = useNavigate()
  const { note: opened } = useParams({ strict: false })
  const notes = records.flatMap((record) => readDocument(record) ?? []).filter((document) => document.written)
  const open = (note: StoredDocument) =>
    void navigate({ to: paths.note, params: { patient, note: note.id }, search: true })
  const close = () => {
    const row = openedRow()
    void navigate({ to: paths.notes, params: { patient }, search: true }).then(() => focusRow(row))
  }
  const read = notes.find((note) => note.id === opened)
  // The list beside a note is narrow: its rows are higher, and stand elsewhere.
  useEffect(() => {
    openedRow()?.scrollIntoView({ block: 'nearest' })
  }, [opened])
  useKeys([{ keys: 'escape', run: () => (opened === undefined ? false : close()) }])
  return (
    <div className="notes" data-reading={read !== undefined || undefined}>
      <ListTable
        caption="Notes"
        rows={notes}
        columns={columns}
        rowKey={(note) => note.id}
        words={(note) => `${note.title} ${note.type ?? ''} ${note.author ?? ''}`}
        initialOrder={{ by: 'date', down: true }}
        open={open}
        opened={opened}
        tone={(note) => (note.superseded ? 'quiet' : undefined)}
        empty={<Empty how="Write one with + Note, or press n.">No notes recorded.</Empty>}
        foot={older}
      />
      {read !== undefined && (
        <NoteReader
          key={read.id}
          patient={patient}
          note={read}
          original={notes.find((note) => note.id === read.addendumTo)}
          addenda={notes.filter((note) => note.addendumTo === read.id)}
          open={open}
          close={close}
          amend={() =>
            void navigate({
              to: paths.note,
              params: { patient, note: read.id },
              search: { panel: 'note', addendum: read.id },
            })
          }
        />
      )}
      {read === undefined && opened !== undefined && (
        <Empty how="It may be older than those listed, or not open to your role.">This note is not in the list.</Empty>
      )}
    </div>
  )
}

function NoteTitle({ note }: { note: StoredDocument }) {
  const extras = [
    note.type === note.title ? undefined : note.type,
    note.addendumTo === undefined ? undefined : 'addendum',
    note.superseded ? 'replaced by a newer one' : undefined,
    note.signedness.state === 'unsigned' ? 'not signed' : undefined,
  ].filter((extra) => extra !== undefined)
  return (
    <>
      <span className="strong">{note.title}</span>
      {extras.length > 0 && <span className="meta"> · {extras.join(' · ')}</span>}
    </>
  )
}
