import type { Certificates } from './certificates.ts'
import type { Pair } from './pair.ts'
import type { TicketKeys } from './tickets.ts'

/** All that a listener needs for TLS, as one process hands it to another that listens on the same port. */
export interface HandedTls {
  readonly names: readonly string[]
  readonly pair: Pair
  readonly tickets: Uint8Array
}

export function handTls(certificates: Certificates, tickets: TicketKeys): HandedTls {
  return { names: certificates.names(), pair: certificates.pair(), tickets: tickets.current() }
}

/** What was handed over last: it is renewed, and written down, by whoever hands it over. */
export function openHandedTls(first: HandedTls): {
  readonly certificates: Certificates
  readonly tickets: TicketKeys
  take(next: HandedTls): void
} {
  let handed = first
  let used = first.pair.cert
  return {
    take: (next) => void (handed = next),
    certificates: {
      names: () => handed.names,
      pair: () => handed.pair,
      async refresh() {
        const changed = handed.pair.cert !== used
        used = handed.pair.cert
        return changed
      },
    },
    tickets: { current: () => Buffer.from(handed.tickets) },
  }
}
