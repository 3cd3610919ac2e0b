import type { Changed } from '@chartkeep/model/office'
import { office } from '../paths.ts'
import { raise } from './signals.ts'

interface Following {
  readonly onChange: (changed: Changed) => void
  /** The stream is open again after it was away: something may have been missed. */
  readonly onReturn: () => void
  readonly onLive: (live: boolean) => void
  /** The server has ended the stream for good: the session may be locked or over. */
  readonly onEnd: () => void
}

/** Follows the changes that others make to a patient's records. Returns the way to stop. */
export function followPatient(patient: string, { onChange, onReturn, onLive, onEnd }: Following): () => void {
  let source: EventSource | undefined
  let again: ReturnType<typeof setTimeout> | undefined
  let waitMs = 1_000
  let away = false

  const open = () => {
    source = new EventSource(office.events(patient))
    source.onopen = () => {
      waitMs = 1_000
      onLive(true)
      raise('reachable')
      if (away) onReturn()
      away = false
    }
    source.addEventListener('changed', (event: MessageEvent<unknown>) => {
      const changed = parseChanged(event.data)
      if (changed !== undefined) onChange(changed)
    })
    source.onerror = () => {
      away = true
      onLive(false)
      // CONNECTING: the browser tries again itself. CLOSED: the server said no, so try later and not so often.
      if (source?.readyState !== EventSource.CLOSED) return
      onEnd()
      again = setTimeout(open, waitMs)
      waitMs = Math.min(waitMs * 2, 30_000)
    }
  }

  open()
  return () => {
    clearTimeout(again)
    source?.close()
  }
}

export function parseChanged(text: unknown): Changed | undefined {
  if (typeof text !== 'string') return undefined
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || !('type' in value) || !('id' in value)) return undefined
    return typeof value.type === 'string' && typeof value.id === 'string'
      ? { type: value.type, id: value.id }
      : undefined
  } catch {
    return undefined
  }
}
