import type { Id } from '#base'

/** Who did it. `id` is an account's, a client's or a job's; `role` is the one in use at the time. */
export interface EntryActor {
  readonly kind: 'person' | 'client' | 'job' | 'system' | 'anonymous'
  readonly id?: string
  readonly role?: string
  readonly onBehalfOf?: string
}

/** One record that was released (no `hash`) or changed (`hash` is the SHA-256 of its sealed body). */
export interface EntryRecord {
  readonly type: string
  readonly id: Id<string>
  readonly version: number
  /** The version it was before a change; left out, it is the one below, and none before version 1. */
  readonly before?: number
  readonly hash?: Uint8Array
}

export type StateKind = 'account' | 'session' | 'client' | 'token' | 'draft'

/**
 * What somebody or something was allowed from this entry on: which state of it is the newest, and the code that
 * authenticates all of that state. Whoever loads an older one sees that it is older. Of a draft, that it was begun or is over.
 */
export interface EntryState {
  readonly kind: StateKind
  readonly subject: Id<string>
  /** Counts the states of one subject, upwards. */
  readonly version: number
  /** Nothing follows: it grants nothing any more, whatever is stored. */
  readonly ended: boolean
  /** 16 bytes, made by whoever keeps the subject. */
  readonly mac: Uint8Array
}

/** What one entry says: the content that ASTM E2147 asks of an audit record. */
export interface EntryFacts {
  readonly tenant: number
  /** Unix time in milliseconds. */
  readonly at: number
  readonly actor: EntryActor
  /** Its id, or the network address. */
  readonly workstation: string
  /** An action of policy, or 'sign-in', 'sign-in-failed', 'sign-out', 'lock', 'unlock', 'token', 'start', 'stop' … */
  readonly action: string
  /** Categories of record: the resource types touched. */
  readonly types: readonly string[]
  /** Every patient whose record was released or changed. */
  readonly patients: readonly Id<'patient'>[]
  readonly records: readonly EntryRecord[]
  /** v3-ActReason code. */
  readonly purpose?: string
  /** The rule of policy that allowed or refused it. */
  readonly rule?: string
  readonly outcome: 'done' | 'refused' | 'failed'
  /** Id of the request, as in its answer and in the operational log. */
  readonly request: string
  /** Newest states from this entry on, of those who are let in. */
  readonly states?: readonly EntryState[]
  /** May hold PHI, such as the text searched for: it is sealed. */
  readonly details?: Readonly<Record<string, unknown>>
}
