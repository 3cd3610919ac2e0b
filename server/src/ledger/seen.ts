/*
 * Which transactions the tree has taken in: all below `next` except those that were still running. It comes from
 * PostgreSQL's own snapshots (pg_current_snapshot), so a transaction that runs for long holds nothing up, is not passed
 * over, and its entries go into the tree right after it commits.
 */
export interface Seen {
  readonly next: bigint
  readonly running: readonly bigint[]
}

export const nothingSeen: Seen = { next: 0n, running: [] }

/** As a column: a text that is longer than any was not written here, and need not fit in memory. */
export const seenColumn = `case when octet_length(seen) <= 100000 then seen else '' end as seen`

/** `xmin:xmax:xip,xip`; the first number follows from the others. Throws when it is no snapshot. */
export function parseSnapshot(text: string): Seen {
  const seen = parseSeen(text.slice(text.indexOf(':') + 1))
  if (seen === undefined) throw new Error('not a snapshot')
  return seen
}

const highest = 2n ** 64n - 1n // of xid8

export function parseSeen(text: string): Seen | undefined {
  if (!/^\d{1,20}:(\d{1,20}(,\d{1,20})*)?$/.test(text)) return undefined
  const colon = text.indexOf(':')
  const running = text.slice(colon + 1)
  const seen = { next: BigInt(text.slice(0, colon)), running: running === '' ? [] : running.split(',').map(BigInt) }
  return [seen.next, ...seen.running].every((xid) => xid <= highest) ? seen : undefined
}

export function spellSeen(seen: Seen): string {
  return `${seen.next}:${seen.running.join(',')}`
}

export function hasSeen(seen: Seen, xid: string): boolean {
  const number = BigInt(xid)
  return number < seen.next && !seen.running.includes(number)
}

/** What is seen when everything up to and with one transaction was taken in, of what a snapshot shows. */
export function seenUpTo(snapshot: Seen, xid: string): Seen {
  const next = BigInt(xid) + 1n
  return { next, running: snapshot.running.filter((running) => running < next) }
}
