import type { AccountSummary } from '@chartkeep/model/office'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { disableAccount } from '../api/practice.ts'
import { accountList } from '../api/queries.ts'
import { announce } from '../frame/status.ts'
import { useSession } from '../session/context.tsx'
import { useSubmit } from '../session/use-submit.ts'
import { Button } from '../ui/button.tsx'
import { Declined } from '../ui/states.tsx'

/** Ends an account at once, with all its sessions. Two presses. */
export function DisableAccount({ account }: { account: AccountSummary }) {
  const session = useSession()
  const cache = useQueryClient()
  const [sure, setSure] = useState(false)
  const { busy, error, submit } = useSubmit(async () => {
    await disableAccount(account.id)
    announce(`${account.name}: account disabled`)
    await cache.invalidateQueries({ queryKey: accountList.queryKey })
  })
  if (account.id === session.account) return <span className="meta">You</span>
  if (!sure) {
    return (
      <Button look="bare" onClick={() => setSure(true)} aria-label={`Disable ${account.name}`}>
        Disable
      </Button>
    )
  }
  return (
    <span className="actions">
      <Button look="harm" busy={busy} onClick={() => submit()} autoFocus>
        Disable {account.name} now
      </Button>
      <Button look="bare" onClick={() => setSure(false)}>
        Keep
      </Button>
      <Declined error={error} />
    </span>
  )
}
