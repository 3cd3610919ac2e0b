import type { Resource } from '@chartkeep/model/fhir'
import type { Belonging } from './home.ts'
import type { RecordNumber } from './source-index.ts'

/** A record read, judged and named, on its way into the store. */
export interface Candidate {
  readonly path: string
  readonly position: number
  readonly resource: Resource
  readonly record: RecordNumber
  readonly belonging: Belonging
  /** Bytes of its JSON. */
  readonly size: number
  readonly ifNoneExist: string | undefined
  /** References that lead to nothing in the import; known once they are mapped. */
  dangling: number
}
