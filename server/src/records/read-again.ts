import { setTimeout as pause } from 'node:timers/promises'

/** Something that is read as a whole, one reading at a time, until one has succeeded. */
export interface ReadAgain {
  /** Resolves when what was there at the time of the call has been read. */
  read(): Promise<void>
  /** Whether the newest reading that was asked for is done. */
  done(): boolean
  stop(): void
}

const firstPauseMs = 250
const longestPauseMs = 5000

/**
 * However often it is asked for while a reading is under way, one more follows: that one sees what all of them want to see.
 * A reading that fails is tried again, because whoever asked cannot do more.
 */
export function openReadAgain(load: () => Promise<void>, onFault: (error: unknown) => void): ReadAgain {
  const stopping = new AbortController()
  let running: Promise<void> | undefined
  let following: Promise<void> | undefined

  async function untilRead(): Promise<void> {
    for (let wait = firstPauseMs; !stopping.signal.aborted; wait = Math.min(wait * 2, longestPauseMs)) {
      try {
        return await load()
      } catch (error) {
        onFault(error)
      }
      await pause(wait, undefined, { ref: false, signal: stopping.signal }).catch(() => undefined)
    }
  }

  function begin(): Promise<void> {
    const reading: Promise<void> = untilRead().finally(() => {
      if (running === reading) running = undefined
    })
    running = reading
    return reading
  }

  return {
    read() {
      if (running === undefined) return begin()
      following ??= running.then(() => {
        following = undefined
        return begin()
      })
      return following
    },
    done: () => running === undefined && following === undefined,
    stop: () => stopping.abort(),
  }
}
