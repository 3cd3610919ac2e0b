import { vi } from 'vitest'

/** How long a test waits for what is sure to come: its machine may be busy with something else. `expect.poll` waits as long. */
export const patience = 20_000

/** Repeats the check until it passes, for as long as patience lasts. */
export function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: patience, interval: 20 })
}
