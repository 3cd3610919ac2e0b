import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { onSignal } from '../api/signals.ts'
import { now } from '../clock.ts'
import { office } from '../paths.ts'
import { Icon } from '../ui/icon.tsx'
import { useStore } from '../ui/store.ts'
import { formatTime } from '../words/date.ts'
import { lastWord, live, offlineSince } from './status.ts'

const probeMs = 4_000

/** The last thing that happened, whether the chart follows changes, and whether the server is there. */
export function StatusLine() {
  const word = useStore(lastWord)
  const following = useStore(live)
  const since = useStore(offlineSince)
  useConnection()
  return (
    <footer className="status" aria-label="Status">
      <span className="status-word" role="status">
        {word === undefined ? '' : `${word.text} · ${formatTime(new Date(word.at))}`}
      </span>
      {following === false && since === undefined && (
        <span className="status-wait">Changes by others: reconnecting</span>
      )}
      {following === true && since === undefined && <span title="Changes by others appear by themselves">Live</span>}
      <span title="Every view and change is recorded in the access history">Recorded</span>
      {since !== undefined && (
        <span className="status-offline" role="alert">
          <Icon name="offline" size={14} />
          Offline since {formatTime(new Date(since))}. You can read on; typing is kept here and saved when the server is
          back.
        </span>
      )}
    </footer>
  )
}

/** Notices when the server is lost and asks for it until it is back; then everything on the page is read again. */
function useConnection(): void {
  const cache = useQueryClient()
  useEffect(() => {
    let probe: ReturnType<typeof setInterval> | undefined
    const back = () => {
      clearInterval(probe)
      probe = undefined
      if (offlineSince.get() === undefined) return
      offlineSince.set(undefined)
      void cache.invalidateQueries({ predicate: ({ queryKey }) => queryKey[2] !== 'draft' })
    }
    const ask = () => {
      fetch(office.healthz, { cache: 'no-store' }).then(
        (response) => response.ok && back(),
        () => undefined,
      )
    }
    const stop = onSignal((signal) => {
      if (signal === 'reachable') back()
      if (signal !== 'unreachable') return
      if (offlineSince.get() === undefined) offlineSince.set(now())
      probe ??= setInterval(ask, probeMs)
    })
    window.addEventListener('online', ask)
    return () => {
      stop()
      clearInterval(probe)
      window.removeEventListener('online', ask)
    }
  }, [cache])
}
