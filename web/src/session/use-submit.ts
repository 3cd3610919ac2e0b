import { type SyntheticEvent, useState } from 'react'
import { asFailure } from '../api/failure.ts'

/** One submission at a time, with what was declined. */
export function useSubmit(send: () => Promise<void>, onDeclined?: () => void) {
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const submit = (event?: SyntheticEvent) => {
    event?.preventDefault()
    if (busy) return
    setBusy(true)
    setError(undefined)
    send()
      .catch((declined: unknown) => {
        setError(asFailure(declined))
        onDeclined?.()
      })
      .finally(() => setBusy(false))
  }
  return { busy, error, submit }
}
