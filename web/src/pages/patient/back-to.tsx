import type { FhirRecord } from '@chartkeep/model/office'
import { readResults } from '../../fhir/observation.ts'
import { instantOf } from '../../fhir/read.ts'
import { formatDate } from '../../words/date.ts'

/** What is not loaded must not look as if it did not exist: how far back the values on the page go. */
export function BackTo({ records }: { records: readonly FhirRecord[] }) {
  const dates = records.flatMap((record) => readResults(record).flatMap(({ at }) => (at === '' ? [] : [at])))
  const [oldest] = dates.toSorted((a, b) => instantOf(a) - instantOf(b))
  return (
    <span className="wait">
      {oldest === undefined
        ? 'Older ones are not shown yet'
        : `Back to ${formatDate(oldest)}; older ones are not shown yet`}
    </span>
  )
}
