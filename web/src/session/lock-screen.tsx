import type { Session } from '@chartkeep/model/office'
import { useState } from 'react'
import { Button } from '../ui/button.tsx'
import { TextField } from '../ui/field.tsx'
import { Declined } from '../ui/states.tsx'
import { useDesk } from './context.tsx'
import { Door } from './door.tsx'
import { useSubmit } from './use-submit.ts'

/** Nothing of a patient is left. The password brings back exactly the same place. */
export function LockScreen({ session }: { session: Session | undefined }) {
  const desk = useDesk()
  const [password, setPassword] = useState('')
  const { busy, error, submit } = useSubmit(
    () => desk.unlock(password),
    () => setPassword(''),
  )
  return (
    <Door foot="Locked. Drafts are kept, and you return to the place where you were.">
      <h1>Locked</h1>
      {session !== undefined && (
        <p className="door-notice">
          {session.name} · {session.workstation}
        </p>
      )}
      <form onSubmit={submit}>
        {/* Lets a password manager know whose password it is. */}
        <input
          type="text"
          className="aside"
          name="username"
          autoComplete="username"
          value={session?.user ?? ''}
          readOnly
          tabIndex={-1}
          aria-hidden="true"
        />
        <TextField
          label="Password"
          name="password"
          type="password"
          autoComplete="current-password"
          autoFocus
          required
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        <Declined error={error} />
        <div className="actions">
          <Button type="submit" look="main" busy={busy}>
            Unlock
          </Button>
          <Button look="bare" onClick={() => void desk.signOut()}>
            Not you? Sign out
          </Button>
        </div>
      </form>
    </Door>
  )
}
