import type { Draft } from '@chartkeep/model/office'
import { useState } from 'react'
import { signNote } from '../api/notes.ts'
import { useKeys } from '../frame/keys.ts'
import { useSession } from '../session/context.tsx'
import { useSubmit } from '../session/use-submit.ts'
import { Button } from '../ui/button.tsx'
import { TextField } from '../ui/field.tsx'
import { Declined } from '../ui/states.tsx'
import type { Autosave } from './autosave.ts'

interface SignStepProps {
  readonly patient: string
  readonly draft: Draft
  readonly autosave: Autosave
  readonly signed: (note: string) => void
  readonly back: () => void
}

/** The signature: the password again, by the one who wrote it. After this the note never changes. */
export function SignStep({ patient, draft, autosave, signed, back }: SignStepProps) {
  const session = useSession()
  const [password, setPassword] = useState('')
  const { busy, error, submit } = useSubmit(
    async () => {
      // A save that is still on its way must not bring the draft back after the note is signed.
      await autosave.flush().catch(() => undefined)
      signed((await signNote(patient, draft, password)).id)
    },
    () => setPassword(''),
  )
  useKeys([
    { keys: 'mod+enter', whileTyping: true, run: () => submit() },
    { keys: 'escape', whileTyping: true, run: back },
  ])
  return (
    <form className="note-sign" onSubmit={submit}>
      <TextField
        label={`Password of ${session.name}`}
        hint="Signs the note as it stands. It never changes after that; an addendum can be added."
        type="password"
        autoComplete="current-password"
        autoFocus
        required
        value={password}
        onChange={(event) => setPassword(event.target.value)}
      />
      <Declined error={error} />
      <div className="actions">
        <Button type="submit" look="main" busy={busy} disabled={password === ''}>
          Sign note
        </Button>
        <Button look="bare" onClick={back}>
          Back to writing
        </Button>
      </div>
    </form>
  )
}
