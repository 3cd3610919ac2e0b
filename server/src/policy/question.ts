import type { ResourceType } from '@chartkeep/model/fhir'
import type { Id } from '#base'
import type { Role } from './roles.ts'
import type { Scope } from './scopes.ts'

/** Someone signed in with two factors, in the role they have taken for this session. */
export interface Person {
  readonly kind: 'person'
  readonly tenant: number
  readonly id: Id<'account'>
  readonly role: Role
  readonly session: Id<'session'>
  readonly workstation: string
}

/** A program that signed in by SMART Backend Services; `scopes` are those of its token. */
export interface Client {
  readonly kind: 'client'
  readonly tenant: number
  readonly id: Id<'client'>
  readonly scopes: readonly Scope[]
  readonly workstation: string
  /** Why it may update without naming a version; absent when it may not. */
  readonly updatesBlindly?: string
}

/** Work started by an operator on the server itself, such as an import. */
export interface Job {
  readonly kind: 'job'
  readonly tenant: number
  readonly id: Id<'job'>
  readonly task: 'import'
  readonly workstation: string
}

export type Actor = Person | Client | Job

export type Action =
  | 'read'
  | 'search'
  // A search that no index serves: it goes through the records of everyone.
  | 'scan'
  | 'history'
  | 'create'
  | 'update'
  | 'delete'
  // The chart's own: an unfinished note of one's own, and who has opened a patient's chart.
  | 'draft'
  // To put one's name under a note: the password was asked for (45 CFR 164.312(d)).
  | 'sign'
  | 'review-access'
  // Keeping the system: who has an account, and whether the record of access is whole.
  | 'manage-accounts'
  | 'view-system'

/** v3-ActReason: why the record is needed. */
export type Purpose = 'TREAT' | 'HPAYMT' | 'HOPERAT' | 'ETREAT' | 'SYSADMIN'

/** What is asked of policy: may this actor do this to records of this type, for this purpose? */
export interface Question<A extends Action = Action> {
  readonly actor: Actor
  readonly action: A
  readonly type: ResourceType
  readonly patient?: Id<'patient'> | undefined
  readonly purpose: Purpose
}
