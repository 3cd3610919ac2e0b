import '../access/access.css'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { AccessTable } from '../access/access-table.tsx'
import { accessBy, accountList } from '../api/queries.ts'
import { PatientFinder } from '../patients/patient-finder.tsx'
import { paths } from '../paths.ts'
import { usePlace } from '../session/place.ts'
import { Button } from '../ui/button.tsx'
import { SelectField } from '../ui/field.tsx'
import { FailurePanel, Skeleton } from '../ui/states.tsx'
import { formatCount, roleName } from '../words/name.ts'

/** The two questions of a privacy officer, one choice each: who opened this patient, what did this person open. */
export function AccessLookUpPage() {
  const [question, setQuestion] = usePlace<'patient' | 'person'>('access question', 'patient')
  return (
    <main id="main" className="page" tabIndex={-1}>
      <div className="page-head">
        <h1>Access</h1>
        <div className="choice" role="group" aria-label="Question">
          <Button look="bare" aria-pressed={question === 'patient'} onClick={() => setQuestion('patient')}>
            Who opened a patient
          </Button>
          <Button look="bare" aria-pressed={question === 'person'} onClick={() => setQuestion('person')}>
            What a person opened
          </Button>
        </div>
      </div>
      {question === 'patient' ? <PatientFinder to={paths.history} /> : <ByPerson />}
    </main>
  )
}

function ByPerson() {
  const [account, setAccount] = usePlace('access account', '')
  const { data, error, isPending, refetch } = useQuery(accountList)
  if (isPending) return <Skeleton label="Loading the people of the practice" />
  if (data === undefined)
    return <FailurePanel error={error} what="The people of the practice" retry={() => void refetch()} />
  return (
    <>
      <div className="look-up">
        <SelectField label="Person" value={account} onChange={(event) => setAccount(event.target.value)}>
          <option value="">Choose a person</option>
          {data.accounts
            .toSorted((a, b) => a.name.localeCompare(b.name))
            .map((one) => (
              <option key={one.id} value={one.id}>
                {one.name} ({one.roles.map(roleName).join(', ')}){one.disabled ? ' · disabled' : ''}
              </option>
            ))}
        </SelectField>
      </div>
      {account !== '' && <OfPerson key={account} account={account} />}
    </>
  )
}

function OfPerson({ account }: { account: string }) {
  const query = useInfiniteQuery(accessBy(account))
  if (query.isPending) return <Skeleton rows={10} label="Loading what this person opened" />
  if (query.data === undefined)
    return <FailurePanel error={query.error} what="What this person opened" retry={() => void query.refetch()} />
  const entries = query.data.pages.flatMap((page) => page.entries)
  return (
    <AccessTable
      of="person"
      entries={entries}
      foot={
        query.hasNextPage && (
          <p className="older">
            The newest {formatCount(entries.length)} are shown.{' '}
            <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
              Show older
            </Button>
          </p>
        )
      }
    />
  )
}
