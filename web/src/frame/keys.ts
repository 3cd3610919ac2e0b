import { useEffect, useRef } from 'react'
import { createStore } from '../ui/store.ts'

/** A key of the page: `j`, `?`, `g r` (one after the other), `mod+k` (Ctrl, or ⌘ on a Mac), `alt+l`, `escape`. */
export interface Binding {
  readonly keys: string
  /** What it does, for the list under `?`; left out of the list when absent. */
  readonly label?: string
  readonly group?: string
  /** Also while typing in a field. */
  readonly whileTyping?: boolean
  /** Also over an open dialog, which otherwise has the keyboard to itself. */
  readonly overDialogs?: boolean
  /** Returns false when there is nothing to do here, so that the next one is asked. */
  readonly run: () => boolean | void
}

/** Newest last: what was opened last is asked first. */
const layers: { readonly current: readonly Binding[] }[] = []
const followMs = 1_200

/** Keys of one letter can be switched off, for those who speak to their computer (WCAG 2.1.4). */
export const singleKeys = createStore(true)

export const onMac = typeof navigator !== 'undefined' && navigator.userAgent.includes('Mac')

/** Binds keys as long as the component stands. */
export function useKeys(bindings: readonly Binding[]): void {
  const newest = useRef(bindings)
  useEffect(() => {
    newest.current = bindings
  })
  useEffect(() => {
    layers.push(newest)
    return () => {
      layers.splice(layers.indexOf(newest), 1)
    }
  }, [])
}

/** Everything that has a label, for the list under `?`. */
export function boundKeys(): readonly Binding[] {
  const seen = new Set<string>()
  return layers
    .flatMap(({ current }) => current)
    .filter((binding) => binding.label !== undefined && !seen.has(binding.keys) && seen.add(binding.keys))
}

/** Starts listening; returns the way to stop. */
export function listenForKeys(target: Document): () => void {
  let before = ''
  let beforeAt = 0
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return
    const stroke = strokeOf(event, onMac)
    if (stroke === undefined) return
    const typing = isTyping(event.target)
    const sequence = before !== '' && event.timeStamp - beforeAt < followMs ? `${before} ${stroke}` : stroke
    const found = carryOut(sequence, typing) || (sequence !== stroke && carryOut(stroke, typing))
    before = !found && !typing ? stroke : ''
    beforeAt = event.timeStamp
    if (found) event.preventDefault()
  }
  target.addEventListener('keydown', onKeyDown)
  return () => target.removeEventListener('keydown', onKeyDown)
}

function carryOut(keys: string, typing: boolean): boolean {
  const modal = document.querySelector('dialog[open], [role=dialog][aria-modal=true]') !== null
  for (let place = layers.length - 1; place >= 0; place--) {
    for (const binding of layers[place]?.current ?? []) {
      if (binding.keys !== keys) continue
      if (typing && binding.whileTyping !== true) continue
      if (modal && binding.overDialogs !== true) continue
      if (!singleKeys.get() && isSingle(keys)) continue
      if (binding.run() !== false) return true
    }
  }
  return false
}

function isSingle(keys: string): boolean {
  return keys.split(' ').every((stroke) => stroke.length === 1)
}

/** `undefined` for a modifier alone. Keys that a browser or the system owns are never among those bound. */
export function strokeOf(
  event: Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>,
  mac: boolean,
): string | undefined {
  const { key } = event
  if (key === 'Control' || key === 'Shift' || key === 'Alt' || key === 'Meta' || key === 'Dead') return undefined
  const mod = mac ? event.metaKey : event.ctrlKey
  const other = mac ? event.ctrlKey : event.metaKey
  const parts = [mod ? 'mod' : '', other ? 'other' : '', event.altKey ? 'alt' : ''].filter((part) => part !== '')
  // With Alt some layouts write another letter; the place of the key on the board is then what counts.
  const letter = event.altKey && event.code.startsWith('Key') ? event.code.slice(3).toLowerCase() : key.toLowerCase()
  const shifted = event.shiftKey && key.length > 1 ? ['shift'] : []
  return [...parts, ...shifted, letter === ' ' ? 'space' : letter].join('+')
}

export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement)
    return true
  return target instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'submit', 'file'].includes(target.type)
}

/** For people: `Ctrl K`, `⌘ K`, `g then r`. */
export function keyWords(keys: string): string {
  const strokes = keys.split(' ').map((stroke) =>
    stroke
      .split('+')
      .map((part) => partWords(part))
      .join(' '),
  )
  return strokes.join(' then ')
}

function partWords(part: string): string {
  if (part === 'mod') return onMac ? '⌘' : 'Ctrl'
  if (part === 'other') return onMac ? 'Ctrl' : 'Win'
  if (part === 'alt') return onMac ? '⌥' : 'Alt'
  if (part.startsWith('arrow')) return part === 'arrowdown' ? '↓' : part === 'arrowup' ? '↑' : part
  return part.length === 1 && part !== part.toUpperCase() ? part : part.charAt(0).toUpperCase() + part.slice(1)
}
