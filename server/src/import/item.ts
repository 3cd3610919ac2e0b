import type { Resource, ResourceType } from '@chartkeep/model/fhir'
import type { Id } from '#base'
import type { Doubt } from './doubt.ts'
import type { Kind } from './kinds.ts'
import type { LeftOut } from './mend.ts'
import type { ReasonCode } from './reasons.ts'
import type { Condition } from './request.ts'
import type { RecordNumber } from './source-index.ts'

/** Something read that will not be stored, and why. */
export interface Rejected {
  readonly kind: 'rejected'
  readonly file: number
  readonly position: number
  readonly code: ReasonCode
  readonly reason: string
  /** What was found wrong with it, each kind once. */
  readonly kinds: readonly Kind[]
  /** A Patient's number in the survey, by which its chart is refused. */
  readonly patient: RecordNumber | undefined
}

/** A record read, judged, and with its references mapped, on its way into the store. */
export interface Admitted {
  readonly kind: 'admitted'
  readonly file: number
  readonly position: number
  readonly type: ResourceType
  /** Its number in the survey: the same for each time that it is met. */
  readonly record: RecordNumber
  /** Another copy of it counts, and says the same; or this one was only to be added if there was none. */
  readonly repeated: boolean
  /** Undefined while it is not known whose it is. */
  readonly id: Id<string> | undefined
  readonly belonging: Belonging
  readonly content: Content
  /** Bytes of its JSON in the source. */
  readonly size: number
  readonly condition: Condition | undefined
  /** The record met the condition before anything was written, under an id that this import did not make. */
  readonly pinned: boolean
  /** Its meta.lastUpdated in the source, Unix ms; 0 without one. */
  readonly updated: number
  /** What was wrong with it, and was accepted to be left out. */
  readonly leftOut: readonly LeftOut[]
  /** What is doubtful about its codes and units. */
  readonly doubtful: readonly Doubt[]
  /** References that lead to nothing in the import. */
  readonly dangling: number
  /** As these are here: by the ids that the records would get. */
  readonly loose: readonly string[]
  /** Conditional references that only the store can answer, as they stand in the resource. */
  readonly open: readonly string[]
  /** Of those, the ones that several records of this import meet. */
  readonly vague: readonly string[]
}

/** Whose it is: the practice's, a patient's, or that of a patient whom only the store can tell by these names. */
export type Belonging =
  | 'practice'
  | { readonly patient: Id<'patient'>; readonly record: RecordNumber | undefined }
  | Unclear

/** The part of the id that does not depend on the patient. */
export interface Unclear {
  readonly high: number
  readonly low: number
}

/** The resource, or its JSON from another thread; `exact`: with numbers that only parseJson keeps as they were written. */
export type Content = { readonly resource: Resource } | { readonly json: string; readonly exact: boolean }

/** What a reading of the sources gives, in order. */
export type Reading =
  /** Bytes on the disk passed in the first reading, in which names are noted. */
  | { readonly kind: 'surveyed'; readonly bytes: number }
  /** How many files will be read in the second, those read twice counted twice. */
  | { readonly kind: 'planned'; readonly files: number }
  | { readonly kind: 'items'; readonly items: readonly (Admitted | Rejected)[]; readonly bytes: number }
  /** What comes next may need everything before it to be stored. */
  | { readonly kind: 'phase' }
