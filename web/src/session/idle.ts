/** What the screen does about someone who has not touched it for a while. */
export type Idleness =
  | { readonly is: 'active' }
  | { readonly is: 'warning'; readonly secondsLeft: number }
  | { readonly is: 'over' }

/** The warning comes 30 seconds before, or in the last fifth of a short limit. */
export function idleness(lastActive: number, now: number, idleSeconds: number): Idleness {
  const left = idleSeconds - (now - lastActive) / 1_000
  if (left <= 0) return { is: 'over' }
  return left <= Math.min(30, idleSeconds / 5) ? { is: 'warning', secondsLeft: Math.ceil(left) } : { is: 'active' }
}

/** How often activity is told to the server, whose clock is the one that counts: the two differ by no more than this. */
export function reportEverySeconds(idleSeconds: number): number {
  return Math.max(2, Math.min(15, idleSeconds / 20))
}
