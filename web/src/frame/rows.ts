import { isTyping, useKeys } from './keys.ts'

/**
 * j and k (or the arrows, once a row has the focus) move the focus through whatever rows stand in the main part of the
 * page; Enter opens the row. Every list gets this by marking its rows with `data-row`.
 */
export function useRowKeys(): void {
  const group = 'In lists'
  useKeys([
    { keys: 'j', label: 'Next row', group, run: () => moveRow(1) },
    { keys: 'k', label: 'Previous row', group, run: () => moveRow(-1) },
    { keys: 'arrowdown', run: () => inRow() && moveRow(1) },
    { keys: 'arrowup', run: () => inRow() && moveRow(-1) },
    { keys: 'home', run: () => inRow() && moveRow(Number.NEGATIVE_INFINITY) },
    { keys: 'end', run: () => inRow() && moveRow(Number.POSITIVE_INFINITY) },
    { keys: '/', label: 'Filter this list', group, run: () => focusFilter() },
    { keys: 'enter', label: 'Open the row', group, run: () => false },
  ])
}

function rows(): readonly HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>('main [data-row]')].filter((row) => row.offsetParent !== null)
}

function inRow(): boolean {
  const here = document.activeElement
  return here instanceof HTMLElement && !isTyping(here) && here.closest('[data-row]') !== null
}

function moveRow(by: number): boolean {
  const all = rows()
  if (all.length === 0) return false
  const here = all.findIndex((row) => row.contains(document.activeElement))
  const next = here === -1 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, here + by))
  focusRow(all[next])
  return true
}

/** The row whose record is open beside its list, also while there is no room to show the list. */
export function openedRow(): HTMLElement | null {
  return document.querySelector('main [data-row][aria-current]')
}

export function focusRow(row: HTMLElement | null | undefined): void {
  row?.focus({ focusVisible: true })
  row?.scrollIntoView({ block: 'nearest' })
}

function focusFilter(): boolean {
  const filter = document.querySelector<HTMLInputElement>('main [data-filter]')
  filter?.focus()
  filter?.select()
  return filter !== null
}
