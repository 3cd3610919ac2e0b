import { hostname, userInfo } from 'node:os'
import { type Clock, newId } from '#base'
import type { By } from '#identity'

/** Who works at the server's own terminal: the ledger notes the operating system's user. */
export function operator(clock: Clock): By {
  return {
    actor: { kind: 'system', id: `os:${userName()}` },
    workstation: hostname(),
    request: newId<'request'>(clock.now()),
  }
}

function userName(): string {
  try {
    return userInfo().username
  } catch {
    // A container may run under a number that no name belongs to.
    return String(process.getuid?.() ?? 'unknown')
  }
}
