// What code that takes any resource knows of it. Code that builds or reads one type names it: `@chartkeep/model/types`.
import type { Meta } from './generated/types.ts'
import type { ResourceType } from './resource-type.ts'

export type { CodeableConcept, Coding, HumanName, Identifier, Meta, Period, Reference } from './generated/types.ts'

export interface Resource {
  resourceType: ResourceType
  id?: string
  meta?: Meta
  [element: string]: unknown
}

/** One thing wrong with a resource: where (FHIRPath, no values), an issue-type code, and words that hold no data. */
export interface Finding {
  readonly expression: string
  readonly issue: string
  readonly text: string
  /** Absent for an error: only errors make a resource one that is not taken. */
  readonly severity?: 'error' | 'warning' | 'information'
  /** Key of the invariant that it breaks: 'obs-6'. */
  readonly constraint?: string
}

export type JsonObject = Record<string, unknown>

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
