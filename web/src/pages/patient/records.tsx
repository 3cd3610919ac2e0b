import type { FhirRecord } from '@chartkeep/model/office'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { RecordChoice } from '../../api/patients.ts'
import { joined, recordsOf } from '../../api/queries.ts'
import { Button } from '../../ui/button.tsx'
import { FailurePanel, RefusedPanel, Skeleton } from '../../ui/states.tsx'

export function usePatientId(): string {
  const { patient } = useParams({ strict: false })
  if (patient === undefined) throw new Error('used outside of a chart')
  return patient
}

/** The records of a choice, page after page, as one list. */
export function useRecords(patient: string, choice: RecordChoice) {
  const query = useInfiniteQuery(recordsOf(patient, choice))
  return { query, ...joined(query.data?.pages ?? []) }
}

interface RecordsProps {
  readonly choice: RecordChoice
  /** In words, for refusals and failures: "Problems". */
  readonly what: string
  readonly rows?: number
  /** What the newest records are, where not all of them are shown here. */
  readonly among?: string
  /** `older` goes to the end of the list; `partial`: there are older records that are not shown. */
  readonly children: (records: readonly FhirRecord[], older: ReactNode, partial: boolean) => ReactNode
}

/** Loading, failed, refused or there: each in the same way on every activity. */
export function Records({ choice, what, rows, among, children }: RecordsProps) {
  const patient = usePatientId()
  const { query, records, refused } = useRecords(patient, choice)
  if (query.isPending) return <Skeleton rows={rows ?? 10} label={`Loading ${what.toLowerCase()}`} />
  if (query.data === undefined)
    return <FailurePanel error={query.error} what={what} retry={() => void query.refetch()} />
  const [first] = refused
  if (first !== undefined && records.length === 0 && refused.length >= choice.types.length)
    return <RefusedPanel what={what.toLowerCase()} reason={first.reason} />
  return (
    <>
      {query.isRefetchError && (
        <FailurePanel
          error={query.error}
          what={`The newest ${what.toLowerCase()}`}
          retry={() => void query.refetch()}
        />
      )}
      {children(
        records,
        query.hasNextPage && (
          <p className="older">
            {among === undefined
              ? `The newest ${records.length} are shown.`
              : `From the newest ${records.length} ${among}.`}{' '}
            <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
              Show older
            </Button>
          </p>
        ),
        query.hasNextPage,
      )}
      {records.length > 0 && refused.map(({ type, reason }) => <RefusedPanel key={type} what={type} reason={reason} />)}
    </>
  )
}
