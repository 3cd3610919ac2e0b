import './accounts.css'
import type { Role } from '@chartkeep/model/office'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { createAccount } from '../api/practice.ts'
import { accountList } from '../api/queries.ts'
import { announce } from '../frame/status.ts'
import { useSubmit } from '../session/use-submit.ts'
import { Button } from '../ui/button.tsx'
import { TextField, Tick } from '../ui/field.tsx'
import { Declined } from '../ui/states.tsx'
import { allRoles, roleName } from '../words/name.ts'

/** A new person. The first password is handed over in person; the second factor is set up at the first sign-in. */
export function NewAccountForm({ close }: { close: () => void }) {
  const cache = useQueryClient()
  const [name, setName] = useState('')
  const [user, setUser] = useState('')
  const [password, setPassword] = useState('')
  const [roles, setRoles] = useState<readonly Role[]>([])
  const [asked, setAsked] = useState(false)
  const { busy, error, submit } = useSubmit(async () => {
    setAsked(true)
    if (roles.length === 0) return
    await createAccount({ user: user.trim(), name: name.trim(), roles, password })
    announce(`${name.trim()}: account created`)
    await cache.invalidateQueries({ queryKey: accountList.queryKey })
    close()
  })
  return (
    <form className="account-form" onSubmit={submit} aria-label="New account" autoComplete="off">
      <TextField
        label="Name"
        hint="As it is shown and recorded: Dr Aiko Ito"
        required
        maxLength={120}
        autoFocus
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <TextField
        label="User name"
        hint="One person, one account"
        required
        maxLength={64}
        autoCapitalize="none"
        value={user}
        onChange={(event) => setUser(event.target.value)}
      />
      <TextField
        label="First password"
        hint="At least 15 characters; not a common one"
        type="password"
        autoComplete="new-password"
        required
        minLength={15}
        value={password}
        onChange={(event) => setPassword(event.target.value)}
      />
      <fieldset className="account-roles">
        <legend className="field-label">Roles</legend>
        {allRoles.map((role) => (
          <Tick
            key={role}
            label={roleName(role)}
            checked={roles.includes(role)}
            onChange={(event) =>
              setRoles(event.target.checked ? [...roles, role] : roles.filter((held) => held !== role))
            }
          />
        ))}
        {asked && roles.length === 0 && (
          <span className="field-wrong" role="alert">
            Choose at least one role.
          </span>
        )}
      </fieldset>
      <Declined error={error} />
      <div className="actions">
        <Button type="submit" look="main" busy={busy}>
          Create account
        </Button>
        <Button look="bare" onClick={close}>
          Cancel
        </Button>
      </div>
    </form>
  )
}
