import { FailurePanel } from '../ui/states.tsx'

/** A fault of the page itself takes away only the part that failed; the frame, the banner and the lock stay. */
export function PageFault({ error, reset }: { error: unknown; reset: () => void }) {
  return (
    <div className="page" role="region" aria-label="Fault">
      <FailurePanel error={error} what="This page" retry={reset} />
    </div>
  )
}
