import { randomBytes } from 'node:crypto'

/** Keys of session tickets (RFC 5077; PSK of TLS 1.3): whoever has them opens recorded resumptions, so they are short-lived. */
export interface TicketKeys {
  /** 48 bytes; others than before when it is time. */
  current(): Buffer
}

const lifetimeMs = 12 * 3_600_000

/** Random keys, new ones twice a day. */
export function openTicketKeys(elapsed: () => number = () => performance.now()): TicketKeys {
  let keys = randomBytes(48)
  let made = elapsed()
  return {
    current() {
      if (elapsed() - made >= lifetimeMs) {
        keys = randomBytes(48)
        made = elapsed()
      }
      return keys
    },
  }
}
