/**
 * How often one may be wrong (SP 800-63B-4 sec. 3.2.2: at most 100 consecutive failures of an account, then its
 * authenticator is disabled). Attempts are counted in lanes:
 *
 *   elsewhere  per user name, from places where that person has never signed in. 80 failures and it is closed.
 *   known      per user name, from workstations where that person has signed in before. 20 failures and it is closed.
 *   address    per network address, whoever is tried from there: a bucket that leaks, so that it frees itself.
 *
 * Whoever floods a name from outside closes the first lane only: the person goes on at their own workstation.
 * A name that nobody has is counted in just the same way, so that no answer tells which names exist.
 */
export type LaneKind = 'elsewhere' | 'known' | 'address'

export interface Tally {
  /** Consecutive failures; in an address's bucket, what has not leaked yet. */
  readonly failures: number
  /** Unix ms of the last attempt that was counted; of a bucket, when its last failure leaked. */
  readonly last: number
}

export const closedAfter = { elsewhere: 80, known: 20 } as const

const delayFrom = 5
const lockFrom = 10
const lockMs = 15 * 60_000
const bucketSize = 30
const leakMs = 30_000

/** Unix ms from which the next attempt is let in: 0 when at once, Infinity when an administrator must open it again. */
export function opensAt(kind: LaneKind, { failures, last }: Tally): number {
  if (kind === 'address') return failures < bucketSize ? 0 : last + (failures - bucketSize + 1) * leakMs
  if (failures >= closedAfter[kind]) return Number.POSITIVE_INFINITY
  if (failures >= lockFrom) return last + lockMs
  return failures >= delayFrom ? last + 1000 * 2 ** (failures - delayFrom) : 0
}

/** The tally as it stands now: an address's bucket has leaked, the others do not forget by waiting. */
export function standing(kind: LaneKind, tally: Tally, now: number): Tally {
  if (kind !== 'address') return tally
  const leaked = Math.floor(Math.max(0, now - tally.last) / leakMs)
  return leaked >= tally.failures
    ? { failures: 0, last: now }
    : { failures: tally.failures - leaked, last: tally.last + leaked * leakMs }
}

/** One attempt more. It is counted before it is judged, so that a thousand at once are not one thousand free tries. */
export function counted(kind: LaneKind, tally: Tally, now: number): Tally {
  const { failures, last } = tally
  // A bucket goes on leaking from where it was.
  if (kind === 'address') return { failures: failures + 1, last: failures === 0 ? Math.max(last, now) : last }
  return { failures: failures + 1, last: Math.max(last, now) }
}

/** IPv6 hosts own a whole /64 and could come from a new address each time; IPv4 in IPv6 clothes is IPv4. */
export function addressLane(address: string): string {
  const bare = address
    .toLowerCase()
    .replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/, '')
    .replace(/%.*$/, '')
  if (!bare.includes(':')) return bare
  const [head = '', tail] = bare.split('::')
  const front = head === '' ? [] : head.split(':')
  const back = tail === undefined || tail === '' ? [] : tail.split(':')
  const groups =
    tail === undefined
      ? front
      : [...front, ...Array.from({ length: Math.max(0, 8 - front.length - back.length) }, () => '0'), ...back]
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}
