import type { Draft, DraftSaved } from '@chartkeep/model/office'

/** How the draft on the page stands to the one on the server. */
export type Saving =
  | { readonly is: 'untouched' }
  | { readonly is: 'waiting' }
  | { readonly is: 'saving' }
  | { readonly is: 'saved'; readonly at: string }
  | { readonly is: 'failed'; readonly error: unknown }

export interface Autosave {
  /** What is now on the page; saved after a pause in typing. */
  change(draft: Draft): void
  /** Saves now what is not saved yet; resolves when the server has it, rejects when it could not be saved. */
  flush(): Promise<void>
  /** Something on the page is not on the server yet. */
  pending(): boolean
  /** Forgets what is not saved: the note was signed or dropped. */
  drop(): void
}

interface Saver {
  readonly save: (draft: Draft) => Promise<DraftSaved>
  readonly show: (saving: Saving) => void
  readonly pauseMs?: number
  readonly retryMs?: number
}

/**
 * Keeps a draft on the server from the first letter. One save at a time, so that an older text never arrives after a newer
 * one; what fails is tried again until it is saved, and what was typed meanwhile goes with it.
 */
export function createAutosave({ save, show, pauseMs = 1_000, retryMs = 4_000 }: Saver): Autosave {
  let unsaved: Draft | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let running: Promise<void> | undefined

  async function saveAll(): Promise<void> {
    while (unsaved !== undefined) {
      const draft = unsaved
      show({ is: 'saving' })
      try {
        const { saved } = await save(draft)
        // Typed while it was on its way: there is something newer to save.
        if (unsaved === draft) {
          unsaved = undefined
          show({ is: 'saved', at: saved })
        }
      } catch (error) {
        // Dropped meanwhile: nothing is left to be saved.
        if (unsaved === undefined) return
        show({ is: 'failed', error })
        later(retryMs)
        throw error
      }
    }
  }

  function later(ms: number): void {
    clearTimeout(timer)
    timer = setTimeout(() => {
      flush().catch(() => undefined)
    }, ms)
  }

  async function flush(): Promise<void> {
    clearTimeout(timer)
    if (unsaved === undefined && running === undefined) return
    running ??= saveAll().finally(() => {
      running = undefined
    })
    await running
  }

  return {
    change(draft) {
      unsaved = draft
      if (running !== undefined) return
      show({ is: 'waiting' })
      later(pauseMs)
    },
    flush,
    pending: () => unsaved !== undefined,
    drop() {
      clearTimeout(timer)
      unsaved = undefined
    },
  }
}
