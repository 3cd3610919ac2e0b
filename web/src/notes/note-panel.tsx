import './note-panel.css'
import { useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { draftOf } from '../api/queries.ts'
import { useSession, mayWrite } from '../session/context.tsx'
import { Button } from '../ui/button.tsx'
import { FailurePanel, Skeleton } from '../ui/states.tsx'
import { NoteEditor } from './note-editor.tsx'
import { usualKind } from './kinds.ts'

/** Where a note is written, beside the chart. What was begun is picked up again, on whichever workstation. */
export function NotePanel({ patient, close }: { patient: string; close: () => void }) {
  const { addendum } = useSearch({ strict: false })
  const { data: draft, error, isPending, refetch } = useQuery(draftOf(patient))
  const session = useSession()
  const kind = usualKind(session.role)
  return (
    <aside className="panel" aria-label="Note">
      <div className="panel-head">
        <h2>{(draft?.addendumTo ?? addendum) === undefined ? 'Note' : 'Addendum'}</h2>
        <Button look="bare" icon="close" onClick={close} keys="Esc">
          Close
        </Button>
      </div>
      {isPending ? (
        <div className="panel-body">
          <Skeleton label="Loading your draft" />
        </div>
      ) : draft === undefined ? (
        <div className="panel-body">
          <FailurePanel error={error} what="Your draft" retry={() => void refetch()} />
        </div>
      ) : (
        <NoteEditor
          patient={patient}
          begun={draft ?? undefined}
          fresh={{
            title: addendum === undefined ? kind.name : 'Addendum',
            loinc: kind.loinc,
            text: '',
            ...(addendum === undefined ? {} : { addendumTo: addendum }),
          }}
          otherAddendum={draft !== null && addendum !== undefined && draft.addendumTo !== addendum}
          writable={mayWrite(session, 'DocumentReference')}
          close={close}
        />
      )}
    </aside>
  )
}
