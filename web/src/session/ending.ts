/** What somebody has done to their session and the server may not have heard of yet. */
export type Ending = 'lock' | 'sign-out'

const key = 'chartkeep-ending'

/**
 * Kept in the browser, for all of its windows: whoever loads the page again before the server has answered finds it
 * locked or signed out, as it was left.
 */
export function keepEnding(ending: Ending): void {
  localStorage.setItem(key, ending)
}

export function keptEnding(): Ending | undefined {
  const kept = localStorage.getItem(key)
  return kept === 'lock' || kept === 'sign-out' ? kept : undefined
}

export function forgetEnding(): void {
  localStorage.removeItem(key)
}
