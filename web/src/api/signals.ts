// What a request may learn that concerns the whole page: the session is locked or over, the server is or is not there.

export type Signal = 'locked' | 'signed-out' | 'reachable' | 'unreachable'

const listeners = new Set<(signal: Signal) => void>()

export function raise(signal: Signal): void {
  for (const listener of listeners) listener(signal)
}

/** Returns the way to stop listening. */
export function onSignal(listener: (signal: Signal) => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
