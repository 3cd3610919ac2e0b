import type { KeyObject } from 'node:crypto'
import type { Clock, Log } from '#base'
import type { Database } from '#db'
import type { Keyring } from '#keys'
import { type EntryFacts, type EntryState, type Ledger, RepeatedEntries } from '#ledger'
import type { Cost, Hasher } from './password-hash.ts'
import { openHasher } from './password-hash.ts'
import { remembering } from './remembering.ts'
import { Standings } from './standings.ts'
import { steadyClock } from './steady-clock.ts'

/** What everything in this module works with. */
export interface Parts {
  readonly db: Database
  readonly keys: Keyring
  readonly ledger: Pick<Ledger, 'record' | 'recordWithin'>
  /** Never goes back. */
  readonly clock: Clock
  /** As set: authenticator apps and other people's assertions go by this. */
  readonly wall: Clock
  readonly hasher: Hasher
  /** Tags the secrets that go out. */
  readonly tagKey: KeyObject
  /** Shown in authenticator apps, and no part of a good password. */
  readonly practice: string
  /** What rows are held against when they are read. */
  readonly standings: Standings
  /** Entries of what strangers can repeat without end. */
  readonly repeated: RepeatedEntries
}

export interface Given {
  readonly db: Database
  readonly keys: Keyring
  readonly ledger: Pick<Ledger, 'record' | 'recordWithin'>
  readonly clock: Clock
  readonly log: Log
  readonly practice: string
  /** Cost of password hashes, when not the full one. Hashes made at another cost are made again at the next sign-in. */
  readonly cost?: Cost
  /** Milliseconds by the machine's own count, when not `performance.now`. */
  readonly elapsed?: () => number
  /** Milliseconds from one look at what is idle or over to the next, when not five seconds. */
  readonly sweepMs?: number
}

export function assemble(given: Given): Parts {
  const { keys, log, practice, cost, elapsed } = given
  const clock = steadyClock(given.clock, elapsed)
  const standings = new Standings({ log, ledger: given.ledger, now: () => clock.now() })
  const hasher = openHasher(keys.hmacKey('identity/pepper'), cost)
  return {
    ...remembering(given.db, given.ledger, standings),
    keys,
    practice,
    hasher,
    standings,
    repeated: new RepeatedEntries({ ledger: given.ledger, clock, log }),
    tagKey: keys.hmacKey('identity/tag'),
    wall: given.clock,
    clock,
  }
}

/** Who does something to an account or a client, from where, in which request. */
export interface By {
  readonly actor: EntryFacts['actor']
  readonly workstation: string
  readonly request: string
}

/** Where an attempt comes from. */
export interface From {
  /** Network address of the connection's other end. */
  readonly address: string
  /** The workstation's id when it has one, else its network address. */
  readonly workstation: string
  /** The cookie that the workstation was given at an earlier sign-in, as it was sent. */
  readonly device?: string
  /** Id of the request. */
  readonly request: string
  /** Seconds without activity after which a session there locks: 120 public, 300 shared (the default), 900 private. */
  readonly idleSeconds?: number
}

/** The entry of one event here. `details` are sealed by the ledger; a password, a code or a typed name is never in them. */
export function eventOf(
  tenant: number,
  at: number,
  by: By,
  event: {
    action: string
    outcome?: EntryFacts['outcome']
    details?: Readonly<Record<string, unknown>>
    states?: readonly EntryState[]
  },
): EntryFacts {
  return {
    tenant,
    at,
    actor: by.actor,
    workstation: by.workstation,
    action: event.action,
    types: [],
    patients: [],
    records: [],
    outcome: event.outcome ?? 'done',
    request: by.request,
    ...(event.states === undefined ? {} : { states: event.states }),
    ...(event.details === undefined ? {} : { details: event.details }),
  }
}

export const nobody: EntryFacts['actor'] = { kind: 'anonymous' }
