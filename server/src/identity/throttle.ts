/**
 * How often one may be wrong (SP 800-63B-4 sec. 3.2.2: at most 100 failures in a row for an account). Attempts are
 * counted in lanes, by where they come from:
 *
 *   workstation  per user name and workstation (its cookie) where that person has signed in before.
 *   network      per user name and network address where anyone of the practice has signed in before.
 *   elsewhere    per user name, from all other places together.
 *   address      per network address outside the practice, whoever is tried from there: a leaking bucket.
 *   session      per live session: unlocking it, and the password again for one act.
 *
 * So an attacker closes only a lane of their own: neither a flood from outside nor one from the ward's own address keeps
 * a person out of a workstation they know or of an open session. A name that nobody has is counted in just the same way,
 * so that no answer tells which names exist.
 */
export type LaneKind = 'workstation' | 'network' | 'elsewhere' | 'address' | 'session'

export interface Tally {
  /** Failures that are not forgotten yet: they decide how long the next attempt waits. */
  readonly failures: number
  /** Failures since the last success or release: time forgets none of these. */
  readonly inARow: number
  /** Unix ms of the last attempt that was counted; for an address, when its last failure leaked. */
  readonly last: number
}

/** Failures in a row after which a lane stays closed until a full sign-in elsewhere, or an administrator, reopens it. */
const closedAfter = { elsewhere: 80, network: 20, workstation: 20, session: Number.POSITIVE_INFINITY } as const

/** Failures in a row that end the session: only a full sign-in leads back. */
export const sessionEndsAfter = { unlock: 5, signature: 10 } as const

const delayFrom = 5
const lockFrom = 10
const lockMs = 15 * 60_000
const forgetMs = 30 * 60_000
const bucketSize = 30
const leakMs = 30_000

/** Unix ms from which the next attempt is let in: 0 when at once, Infinity when the lane is closed. */
export function opensAt(kind: LaneKind, { failures, inARow, last }: Tally): number {
  if (kind === 'address') return failures < bucketSize ? 0 : last + (failures - bucketSize + 1) * leakMs
  if (inARow >= closedAfter[kind]) return Number.POSITIVE_INFINITY
  if (failures >= lockFrom) return last + lockMs
  return failures >= delayFrom ? last + 1000 * 2 ** (failures - delayFrom) : 0
}

/** The tally as of now: an address's bucket has leaked; elsewhere each half hour without an attempt forgets a failure. */
export function standing(kind: LaneKind, tally: Tally, now: number): Tally {
  const { failures, inARow, last } = tally
  const passed = Math.max(0, now - last)
  if (kind !== 'address') return { failures: Math.max(0, failures - Math.floor(passed / forgetMs)), inARow, last }
  const leaked = Math.floor(passed / leakMs)
  return leaked >= failures
    ? { failures: 0, inARow, last: now }
    : { failures: failures - leaked, inARow, last: last + leaked * leakMs }
}

/** One attempt more. It is counted before it is judged, so that a thousand at once are not one thousand free tries. */
export function counted(kind: LaneKind, { failures, inARow, last }: Tally, now: number): Tally {
  // A bucket goes on leaking from where it was.
  const keepsLast = kind === 'address' && failures > 0
  return { failures: failures + 1, inARow: inARow + 1, last: keepsLast ? last : Math.max(last, now) }
}

/** IPv6 hosts own a whole /64 and could come from a new address each time; IPv4 in IPv6 clothes is IPv4. */
export function addressLane(address: string): string {
  const bare = address
    .toLowerCase()
    .replace(/%.*/s, '')
    .replace(/^::ffff:(?=\d+\.)/, '')
  if (!bare.includes(':')) return bare
  const [head = '', tail] = bare.split('::')
  const front = head === '' ? [] : head.split(':')
  const back = tail?.split(':') ?? []
  const zeros = Array.from({ length: Math.max(0, 8 - front.length - back.length) }, () => '0')
  return `${[...front, ...zeros, ...back]
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}
