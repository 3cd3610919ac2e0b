import './access.css'
import { useInfiniteQuery } from '@tanstack/react-query'
import { accessOf } from '../api/queries.ts'
import { Button } from '../ui/button.tsx'
import { FailurePanel, Skeleton } from '../ui/states.tsx'
import { formatDateTime } from '../words/date.ts'
import { formatCount } from '../words/name.ts'
import { AccessTable } from './access-table.tsx'

/** Who opened this patient's records, when, what, and why they could. Looking is recorded too. */
export function PatientAccess({ patient }: { patient: string }) {
  const query = useInfiniteQuery(accessOf(patient))
  if (query.isPending) return <Skeleton rows={12} label="Loading the access history" />
  if (query.data === undefined)
    return <FailurePanel error={query.error} what="Access history" retry={() => void query.refetch()} />
  const entries = query.data.pages.flatMap((page) => page.entries)
  const checkpoint = query.data.pages[0]?.checkpoint
  return (
    <AccessTable
      of="patient"
      entries={entries}
      tools={
        <Button busy={query.isFetching} onClick={() => void query.refetch()}>
          Look again
        </Button>
      }
      foot={
        <>
          {query.hasNextPage && (
            <p className="older">
              The newest {formatCount(entries.length)} are shown.{' '}
              <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                Show older
              </Button>
            </p>
          )}
          <p className="access-proof">
            {checkpoint === undefined
              ? 'These entries will be covered by the next signed checkpoint, within a second.'
              : `Covered by the signed checkpoint of ${formatDateTime(checkpoint.at)} over ${formatCount(checkpoint.size)} entries. Nothing in it can be changed or taken out without that being found.`}
          </p>
        </>
      }
    />
  )
}
