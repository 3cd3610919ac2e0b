import type { Draft } from '@chartkeep/model/office'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { asFailure } from '../api/failure.ts'
import { dropDraft, saveDraft } from '../api/notes.ts'
import { draftOf, forgetChanged } from '../api/queries.ts'
import { useKeys } from '../frame/keys.ts'
import { announce } from '../frame/status.ts'
import { paths } from '../paths.ts'
import { useDesk } from '../session/context.tsx'
import { keepScroll, keptScroll } from '../session/place.ts'
import { Button } from '../ui/button.tsx'
import { SelectField, TextArea, TextField } from '../ui/field.tsx'
import { formatTime } from '../words/date.ts'
import { type Autosave, createAutosave, type Saving } from './autosave.ts'
import { kindName, noteKinds } from './kinds.ts'
import { SignStep } from './sign-step.tsx'

interface NoteEditorProps {
  readonly patient: string
  /** The draft that the server keeps for this person and patient. */
  readonly begun: Draft | undefined
  readonly fresh: Draft
  /** An addendum was asked for, but another note was begun before and comes first. */
  readonly otherAddendum: boolean
  readonly writable: boolean
  readonly close: () => void
}

export function NoteEditor({ patient, begun, fresh, otherAddendum, writable, close }: NoteEditorProps) {
  const [draft, setDraft] = useState(begun ?? fresh)
  const [saving, setSaving] = useState<Saving>({ is: 'untouched' })
  const [signing, setSigning] = useState(false)
  const cache = useQueryClient()
  const navigate = useNavigate()
  const autosave = useAutosave(patient, setSaving)
  const area = useCaret(patient)
  const empty = draft.text.trim() === ''

  const change = (part: Partial<Draft>) => {
    const next = { ...draft, ...part }
    setDraft(next)
    autosave.change(next)
  }
  const leave = () => {
    autosave.drop()
    cache.setQueryData(draftOf(patient).queryKey, null)
  }
  const discard = async () => {
    leave()
    await dropDraft(patient)
    announce('Draft discarded')
    close()
  }
  const signed = (note: string) => {
    leave()
    announce('Signed and recorded')
    void forgetChanged(cache, patient, 'DocumentReference')
    void navigate({ to: paths.note, params: { patient, note }, search: {} })
  }
  const startSigning = () => {
    if (empty) return
    setSigning(true)
    autosave.flush().catch(() => undefined)
  }
  useKeys([
    {
      keys: 'mod+enter',
      label: 'Sign the note',
      group: 'In a chart',
      whileTyping: true,
      run: () => (signing ? false : startSigning()),
    },
  ])

  return (
    <div className="panel-body note-editor">
      {otherAddendum && (
        <p className="note-before">
          You have an unfinished note in this chart. Sign or discard it first; then add the addendum.
        </p>
      )}
      <div className="note-head">
        {draft.addendumTo === undefined && (
          <SelectField
            label="Kind"
            value={draft.loinc}
            disabled={signing}
            onChange={(event) => {
              const named = draft.title === (kindName(draft.loinc) ?? '')
              change({
                loinc: event.target.value,
                ...(named ? { title: kindName(event.target.value) ?? draft.title } : {}),
              })
            }}
          >
            {noteKinds.map((kind) => (
              <option key={kind.loinc} value={kind.loinc}>
                {kind.name}
              </option>
            ))}
          </SelectField>
        )}
        <TextField
          label="Title"
          value={draft.title}
          readOnly={signing}
          onChange={(event) => change({ title: event.target.value })}
        />
      </div>
      <TextArea
        label="Text"
        className="note-text"
        inputRef={area}
        value={draft.text}
        readOnly={signing}
        spellCheck
        onChange={(event) => change({ text: event.target.value })}
        onBlur={() => void autosave.flush().catch(() => undefined)}
        onSelect={(event) => keepScroll(caretKey(patient), event.currentTarget.selectionEnd)}
      />
      <p className="note-saved" role="status">
        {savingWords(saving, begun !== undefined)}
      </p>
      {signing ? (
        <SignStep patient={patient} draft={draft} autosave={autosave} signed={signed} back={() => setSigning(false)} />
      ) : (
        <div className="actions">
          <Button look="main" keys="Ctrl Enter" disabled={empty || !writable} onClick={startSigning}>
            Sign note
          </Button>
          <DiscardButton discard={discard} disabled={begun === undefined && saving.is === 'untouched'} />
          {!writable && <span className="meta">Your role may keep a draft but not sign it.</span>}
        </div>
      )}
    </div>
  )
}

/** Two presses, because a draft that is gone is gone. */
function DiscardButton({ discard, disabled }: { discard: () => Promise<void>; disabled: boolean }) {
  const [sure, setSure] = useState(false)
  const [error, setError] = useState<unknown>()
  if (!sure) {
    return (
      <Button look="bare" disabled={disabled} onClick={() => setSure(true)}>
        Discard draft
      </Button>
    )
  }
  return (
    <>
      <Button look="harm" onClick={() => void discard().catch(setError)} autoFocus>
        Discard for good
      </Button>
      <Button look="bare" onClick={() => setSure(false)}>
        Keep
      </Button>
      {error !== undefined && <span className="declined">{asFailure(error).refused.text}</span>}
    </>
  )
}

function savingWords(saving: Saving, begun: boolean): string {
  switch (saving.is) {
    case 'untouched':
      return begun ? 'Your draft, as you left it.' : 'Saved on the server as you type. Only you see a draft.'
    case 'waiting':
    case 'saving':
      return 'Saving…'
    case 'saved':
      return `Saved ${formatTime(new Date(saving.at))}`
    case 'failed':
      return `Not saved yet: ${asFailure(saving.error).refused.text} It is tried again by itself.`
  }
}

/** Saves while typing, before the screen locks, and when the panel closes. */
function useAutosave(patient: string, show: (saving: Saving) => void): Autosave {
  const desk = useDesk()
  const cache = useQueryClient()
  const [autosave] = useState(() =>
    createAutosave({
      save: async (draft) => {
        const saved = await saveDraft(patient, draft)
        // So that closing and opening the panel shows what was typed, without asking again.
        if (desk.gate.get().state === 'open') cache.setQueryData(draftOf(patient).queryKey, draft)
        return saved
      },
      show,
    }),
  )
  useEffect(() => {
    const unregister = desk.beforeLock(() => autosave.flush())
    // Leaving the page a moment after typing: the browser asks, and meanwhile the text goes to the server.
    const ask = (event: BeforeUnloadEvent) => {
      if (!autosave.pending()) return
      event.preventDefault()
      autosave.flush().catch(() => undefined)
    }
    window.addEventListener('beforeunload', ask)
    return () => {
      unregister()
      window.removeEventListener('beforeunload', ask)
      autosave.flush().catch(() => undefined)
    }
  }, [autosave, desk])
  return autosave
}

const caretKey = (patient: string) => `caret ${patient}`

/** The cursor comes back to where it was, also after a lock. */
function useCaret(patient: string) {
  const area = useRef<HTMLTextAreaElement>(null)
  useEffect(() => {
    const element = area.current
    if (element === null) return
    const kept = keptScroll(caretKey(patient))
    const caret = kept === 0 ? element.value.length : kept
    element.setSelectionRange(caret, caret)
    element.scrollTop = element.scrollHeight
    // Not from under an open dialog, where someone may be typing by now.
    if (document.querySelector('[role=dialog][aria-modal=true]') === null) element.focus()
  }, [patient])
  return area
}
