// The shapes that code of ours names. A resource is otherwise known by its definition, not by a TypeScript type each.
import type { ResourceType } from './resource-type.ts'

export interface Resource {
  resourceType: ResourceType
  id?: string
  meta?: Meta
  [element: string]: unknown
}

export interface Meta {
  versionId?: string
  lastUpdated?: string
  source?: string
  profile?: string[]
  security?: Coding[]
  tag?: Coding[]
  [element: string]: unknown
}

export interface Coding {
  system?: string
  version?: string
  code?: string
  display?: string
}

export interface CodeableConcept {
  coding?: Coding[]
  text?: string
}

export interface Period {
  start?: string
  end?: string
}

export interface HumanName {
  use?: string
  text?: string
  family?: string
  given?: string[]
  prefix?: string[]
  suffix?: string[]
  period?: Period
}

export interface Identifier {
  use?: string
  type?: CodeableConcept
  system?: string
  value?: string
}

export interface Reference {
  reference?: string
  type?: string
  identifier?: Identifier
  display?: string
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
