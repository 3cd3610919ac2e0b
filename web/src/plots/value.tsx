import './value.css'
import { flagSign, flagWords, isCritical } from '../fhir/flag.ts'
import type { Result } from '../fhir/observation.ts'

/** A value: quiet when normal; outside its range bold, in colour, and with its sign. */
export function Value({ result }: { result: Result }) {
  const title = result.value === undefined ? undefined : `${result.value} ${result.unit}`.trim()
  if (result.flag === undefined) {
    return (
      <span className="value" title={title}>
        {result.shown}
        <Unsettled result={result} />
      </span>
    )
  }
  return (
    <span className="value" data-flag={isCritical(result.flag) ? 'critical' : 'outside'} title={title}>
      {result.shown}
      <span className="value-sign" aria-hidden="true">
        {flagSign(result.flag)}
      </span>
      <span className="aside">{flagWords(result.flag)}</span>
      <Unsettled result={result} />
    </span>
  )
}

/** Preliminary or corrected: one letter, explained on hover and to screen readers. */
function Unsettled({ result }: { result: Result }) {
  if (result.status === undefined) return null
  return (
    <abbr className="value-unsettled" title={result.status}>
      {' '}
      {result.status.slice(0, 1)}
    </abbr>
  )
}
