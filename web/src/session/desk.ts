import type { Role, Session } from '@chartkeep/model/office'
import type { QueryClient } from '@tanstack/react-query'
import { flushSync } from 'react-dom'
import { asFailure, type Failure } from '../api/failure.ts'
import * as api from '../api/session.ts'
import { onSignal } from '../api/signals.ts'
import { createStore, type Store } from '../ui/store.ts'
import { type Ending, forgetEnding, keepEnding, keptEnding } from './ending.ts'
import { forgetPlaces } from './place.ts'

/** What stands between a person and the charts. In every state but `open` nothing of a patient is on the page or in memory. */
export type Gate =
  | { readonly state: 'checking' }
  | { readonly state: 'unreachable'; readonly failure: Failure }
  | { readonly state: 'signed-out'; readonly ended: boolean }
  | { readonly state: 'open'; readonly session: Session }
  /** `session` is who locked it; unknown after a reload where the server does not say. */
  | { readonly state: 'locked'; readonly session?: Session }

export interface Desk {
  readonly gate: Store<Gate>
  /** Asks the server who is signed in here. */
  check(): Promise<void>
  /** Someone has signed in or taken another role. */
  enter(session: Session): void
  /** Blanks the screen at once, then saves what was being typed, then locks the session. */
  lock(): Promise<void>
  /** Throws Failure when the password is not right. */
  unlock(password: string): Promise<void>
  takeRole(role: Role): Promise<void>
  signOut(): Promise<void>
  /** What must be saved before the session locks; at most `savingMs` are waited for it. */
  beforeLock(save: () => Promise<void>): () => void
}

const savingMs = 2_000

/** `goHome` leaves the page that the last person had open. */
export function createDesk(cache: QueryClient, goHome: () => void): Desk {
  const gate = createStore<Gate>({ state: 'checking' })
  const saves = new Set<() => Promise<void>>()
  const siblings = new BroadcastChannel('chartkeep')

  const show = (next: Gate) => {
    // The page is redrawn before the memory is emptied, so that no component asks for a patient again in between.
    flushSync(() => gate.set(next))
    if (next.state === 'open') return
    void cache.cancelQueries()
    cache.clear()
  }
  const blank = () => {
    const held = heldSession(gate.get())
    show(held === undefined ? { state: 'locked' } : { state: 'locked', session: held })
  }
  const over = (ended: boolean) => {
    forgetPlaces()
    show({ state: 'signed-out', ended })
    goHome()
  }

  onSignal((signal) => {
    const { state } = gate.get()
    if (signal === 'locked' && state === 'open') blank()
    if (signal === 'signed-out' && (state === 'open' || state === 'locked')) over(true)
  })
  siblings.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    const { state } = gate.get()
    if (data === 'locked' && state === 'open') blank()
    if (data === 'signed-out' && (state === 'open' || state === 'locked')) over(false)
    if (data === 'entered' && state !== 'open') void check()
  })

  /** Tells the server of a lock or a sign-out that it may have missed. Throws Failure when it cannot be told. */
  async function finish(ending: Ending | undefined): Promise<void> {
    if (ending === undefined) return
    try {
      await (ending === 'lock' ? api.lock() : api.signOut())
    } catch (error) {
      const { code } = asFailure(error)
      if (code !== 'session-locked' && code !== 'not-signed-in' && code !== 'session-damaged') throw error
    }
    forgetEnding()
  }

  async function check(): Promise<void> {
    try {
      await finish(keptEnding())
      const session = await api.readSession()
      if (!session.locked && gate.get().state === 'open') return
      show(session.locked ? { state: 'locked', session } : { state: 'open', session })
    } catch (error) {
      const failure = asFailure(error)
      // A page that is open stays open while the server is away; the status line says so.
      if (failure.kind === 'offline' && gate.get().state === 'open') return
      if (failure.code === 'not-signed-in' || failure.code === 'session-damaged')
        show({ state: 'signed-out', ended: false })
      else if (failure.code === 'session-locked') blank()
      else show({ state: 'unreachable', failure })
    }
  }

  return {
    gate,
    check,
    enter(session) {
      forgetEnding()
      forgetPlaces()
      show({ state: 'open', session })
      siblings.postMessage('entered')
    },
    async lock() {
      if (gate.get().state !== 'open') return
      const saving = Promise.allSettled([...saves].map((save) => save()))
      keepEnding('lock')
      blank()
      siblings.postMessage('locked')
      await Promise.race([saving, new Promise((resolve) => setTimeout(resolve, savingMs))])
      // Out of reach of the server the screen is dark all the same; the server locks by its own clock.
      await finish('lock').catch(() => undefined)
    },
    async unlock(password) {
      const held = heldSession(gate.get())
      const session = await api.unlock(password)
      forgetEnding()
      if (held !== undefined && held.account !== session.account) {
        forgetPlaces()
        goHome()
      }
      show({ state: 'open', session })
      siblings.postMessage('entered')
    },
    async takeRole(role) {
      const session = await api.takeRole(role)
      show({ state: 'checking' })
      forgetPlaces()
      goHome()
      show({ state: 'open', session })
    },
    async signOut() {
      const saving = Promise.allSettled([...saves].map((save) => save()))
      keepEnding('sign-out')
      over(false)
      siblings.postMessage('signed-out')
      await Promise.race([saving, new Promise((resolve) => setTimeout(resolve, savingMs))])
      await finish('sign-out').catch(() => undefined)
    },
    beforeLock(save) {
      saves.add(save)
      return () => saves.delete(save)
    },
  }
}

function heldSession(gate: Gate): Session | undefined {
  return gate.state === 'open' || gate.state === 'locked' ? gate.session : undefined
}
