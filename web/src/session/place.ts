import { useState } from 'react'

/**
 * Where someone was: filters, order, scroll position, what was open. Kept in memory only, so that unlocking returns to
 * exactly the same place, and forgotten when the person signs out.
 */
const places = new Map<string, unknown>()

export function forgetPlaces(): void {
  places.clear()
}

/** Like useState, but it comes back under the same key after the page was locked or left. */
export function usePlace<T>(key: string, initial: T): readonly [T, (value: T) => void] {
  // oxlint-disable-next-line no-unsafe-type-assertion -- a key is used with one type: it names the component's own state
  const [value, setValue] = useState(() => (places.has(key) ? (places.get(key) as T) : initial))
  const keep = (next: T) => {
    places.set(key, next)
    setValue(next)
  }
  return [value, keep]
}

export function keptScroll(key: string): number {
  const kept = places.get(`scroll ${key}`)
  return typeof kept === 'number' ? kept : 0
}

export function keepScroll(key: string, top: number): void {
  places.set(`scroll ${key}`, top)
}
