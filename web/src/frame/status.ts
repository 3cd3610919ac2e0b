import { now } from '../clock.ts'
import { createStore } from '../ui/store.ts'

/** The last thing that happened, for the status line: said once, quietly, also to screen readers. */
export const lastWord = createStore<{ readonly text: string; readonly at: number } | undefined>(undefined)

export function announce(text: string): void {
  lastWord.set({ text, at: now() })
}

export function forgetLastWord(): void {
  lastWord.set(undefined)
}

/** Whether changes of others reach the open chart; undefined when no chart is open. */
export const live = createStore<boolean | undefined>(undefined)

/** Since when the server was not reached; undefined when it is there. */
export const offlineSince = createStore<number | undefined>(undefined)
