import type { AccountSummary } from '@chartkeep/model/office'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { accountList } from '../api/queries.ts'
import { AccountActs } from '../accounts/account-acts.tsx'
import { NewAccountForm } from '../accounts/new-account-form.tsx'
import { Button } from '../ui/button.tsx'
import { type Column, ListTable } from '../ui/list-table.tsx'
import { Empty, FailurePanel, Skeleton } from '../ui/states.tsx'
import { formatDateTime } from '../words/date.ts'
import { roleName } from '../words/name.ts'

function stateOf({ damaged, disabled }: AccountSummary): string {
  return damaged === true ? 'Damaged' : disabled ? 'Disabled' : 'Active'
}

const columns: readonly Column<AccountSummary>[] = [
  {
    key: 'name',
    head: 'Name',
    cell: (account) => <span className="strong">{account.name}</span>,
    sort: (account) => account.name,
  },
  { key: 'user', head: 'User name', cell: (account) => account.user, sort: (account) => account.user },
  {
    key: 'roles',
    head: 'Roles',
    cell: (account) => account.roles.map(roleName).join(', '),
    sort: (account) => account.roles.map(roleName).join(', '),
  },
  {
    key: 'factor',
    head: 'Second factor',
    cell: (account) => (account.secondFactor ? 'Set up' : <span className="wait">At first sign-in</span>),
    sort: (account) => Number(account.secondFactor),
  },
  {
    key: 'last',
    head: 'Last sign-in',
    cell: (account) =>
      account.lastSignIn === undefined ? <span className="meta">Never</span> : formatDateTime(account.lastSignIn),
    sort: (account) => account.lastSignIn,
  },
  {
    key: 'state',
    head: 'State',
    cell: (account) => (account.damaged === true ? <span className="wait">Damaged</span> : stateOf(account)),
    sort: stateOf,
  },
  {
    key: 'do',
    head: 'Actions',
    quietHead: true,
    cell: (account) => (!account.disabled || account.damaged === true) && <AccountActs account={account} />,
  },
]

/** One person, one account: who can sign in, as what, and with how much proof. */
export function AccountsPage() {
  const { data, error, isPending, refetch } = useQuery(accountList)
  const [adding, setAdding] = useState(false)
  return (
    <main id="main" className="page" tabIndex={-1}>
      <h1>Accounts</h1>
      {adding && <NewAccountForm close={() => setAdding(false)} />}
      {isPending ? (
        <Skeleton rows={8} label="Loading accounts" />
      ) : data === undefined ? (
        <FailurePanel error={error} what="Accounts" retry={() => void refetch()} />
      ) : (
        <ListTable
          caption="Accounts"
          rows={data.accounts}
          columns={columns}
          rowKey={(account) => account.id}
          words={(account) =>
            `${account.name} ${account.user} ${account.roles.map(roleName).join(' ')} ${stateOf(account)}`
          }
          initialOrder={{ by: 'name', down: false }}
          tone={(account) => (account.disabled ? 'quiet' : undefined)}
          tools={
            <Button icon="plus" onClick={() => setAdding(true)} disabled={adding}>
              Account
            </Button>
          }
          empty={<Empty>No accounts.</Empty>}
        />
      )}
    </main>
  )
}
