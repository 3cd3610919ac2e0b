import type { AccountSummary } from '@chartkeep/model/office'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { disableAccount, releaseAccount, resetFactor } from '../api/practice.ts'
import { accountList } from '../api/queries.ts'
import { announce } from '../frame/status.ts'
import { useSession } from '../session/context.tsx'
import { useSubmit } from '../session/use-submit.ts'
import { Button } from '../ui/button.tsx'
import { Declined } from '../ui/states.tsx'

const acts = {
  disable: {
    label: 'Disable',
    sure: (name: string) => `Disable ${name} now`,
    send: disableAccount,
    done: 'account disabled, all sessions ended',
  },
  reset: {
    label: 'Reset second factor',
    sure: (name: string) => `Reset the second factor of ${name}`,
    send: resetFactor,
    done: 'second factor reset; it is set up anew at the next sign-in',
  },
  release: {
    label: 'Release',
    sure: (name: string) => `Let ${name} try to sign in again`,
    send: releaseAccount,
    done: 'released; wrong passwords so far are forgotten',
  },
} as const

/** Ends an account or its second factor at once, or releases it after wrong passwords. Two presses each; never on oneself. */
export function AccountActs({ account }: { account: AccountSummary }) {
  const session = useSession()
  const cache = useQueryClient()
  const [act, setAct] = useState<keyof typeof acts>()
  const { busy, error, submit } = useSubmit(async () => {
    if (act === undefined) return
    await acts[act].send(account.id)
    announce(`${account.name}: ${acts[act].done}`)
    setAct(undefined)
    await cache.invalidateQueries({ queryKey: accountList.queryKey })
  })
  if (account.id === session.account) return <span className="meta">You</span>
  if (act === undefined) {
    return (
      <span className="account-acts">
        {account.secondFactor && (
          <Button look="bare" onClick={() => setAct('reset')} aria-label={`Reset second factor of ${account.name}`}>
            {acts.reset.label}
          </Button>
        )}
        <Button look="bare" onClick={() => setAct('release')} aria-label={`Release ${account.name}`}>
          {acts.release.label}
        </Button>
        <Button look="bare" onClick={() => setAct('disable')} aria-label={`Disable ${account.name}`}>
          {acts.disable.label}
        </Button>
      </span>
    )
  }
  return (
    <span className="account-acts">
      <Button look={act === 'release' ? 'main' : 'harm'} busy={busy} onClick={() => submit()} autoFocus>
        {acts[act].sure(account.name)}
      </Button>
      <Button look="bare" onClick={() => setAct(undefined)}>
        Keep
      </Button>
      <Declined error={error} />
    </span>
  )
}
