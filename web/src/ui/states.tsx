import './states.css'
import type { Refused } from '@chartkeep/model/office'
import type { ReactNode } from 'react'
import { asFailure } from '../api/failure.ts'
import { Button } from './button.tsx'
import { Icon } from './icon.tsx'

/** Stands where rows will stand, of the same height, and only after 200 ms: what is quick does not flicker. */
export function Skeleton({ rows = 6, label = 'Loading' }: { rows?: number; label?: string }) {
  return (
    <div className="skeleton" role="status" aria-label={label}>
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className="skeleton-row" />
      ))}
    </div>
  )
}

/** Nothing is there: says so, and how it comes to be there. */
export function Empty({ children, how }: { children: ReactNode; how?: ReactNode }) {
  return (
    <div className="empty">
      <p>{children}</p>
      {how !== undefined && <p className="meta">{how}</p>}
    </div>
  )
}

/** Policy said no: what it is about, what would satisfy it, and the rule, in place of what would stand here. */
export function RefusedPanel({ what, reason, children }: { what: string; reason: Refused; children?: ReactNode }) {
  return (
    <section className="refused" aria-label={`Not shown: ${what}`}>
      <Icon name="lock" size={18} />
      <div>
        <p className="strong">Not shown: {what}</p>
        <p>{reason.text}</p>
        {reason.remedy !== undefined && <p>{reason.remedy}</p>}
        <p className="meta">
          {reason.rule !== undefined && (
            <>
              Rule <code>{reason.rule}</code>
            </>
          )}
          {reason.rule !== undefined && reason.reference !== '' && ' · '}
          {reason.reference !== '' && <Reference reference={reason.reference} />}
        </p>
        {children !== undefined && <div className="actions">{children}</div>}
      </div>
    </section>
  )
}

/** Something went wrong: what happened, what is safe, what to do now. A refusal of policy is shown as one. */
export function FailurePanel({ error, what, retry }: { error: unknown; what: string; retry?: () => void }) {
  const failure = asFailure(error)
  if (failure.status === 403) return <RefusedPanel what={what} reason={failure.refused} />
  const offline = failure.kind === 'offline'
  return (
    <section className="failure" role="alert">
      <Icon name={offline ? 'offline' : 'warning'} size={18} />
      <div>
        <p className="strong">{offline ? `${what}: the server cannot be reached` : `${what} could not be shown`}</p>
        <p>
          {offline ? 'What you typed is kept on this page and saved when the server is back.' : failure.refused.text}{' '}
          {!offline && failure.refused.remedy}
        </p>
        {failure.refused.reference !== '' && (
          <p className="meta">
            <Reference reference={failure.refused.reference} />
          </p>
        )}
        {retry !== undefined && (
          <div className="actions">
            <Button onClick={retry}>Try again</Button>
          </div>
        )}
      </div>
    </section>
  )
}

function Reference({ reference }: { reference: string }) {
  return (
    <>
      Reference <code>{reference}</code>
    </>
  )
}

/** What was declined, in one line beside a button or under a form. */
export function Declined({ error }: { error: unknown }) {
  if (error === undefined || error === null) return <p className="declined" role="alert" />
  const { refused } = asFailure(error)
  return (
    <p className="declined" role="alert">
      {refused.text} {refused.remedy}
    </p>
  )
}
