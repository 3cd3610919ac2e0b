import type { ResourceType } from '@chartkeep/model/fhir'
import type { Id } from '#base'
import type { Answer, Exchange } from '#http'
import type { OperationParameters } from './operation-parameters.ts'

/**
 * An operation of the FHIR interface (R4 operations). Its row in operations.ts is all there is to it: the routes, the
 * CapabilityStatement and the OpenAPI document are made from it.
 */
export interface Operation {
  /** Without the `$`. */
  readonly code: string
  readonly levels: readonly ('system' | 'type' | 'instance')[]
  /** Empty: every type of R4, those too that are not kept as records. */
  readonly types: readonly ResourceType[]
  readonly methods: readonly ('GET' | 'POST')[]
  /** Whether it changes anything; then it is not offered by GET (R4 operations, 3.2.0.2). */
  readonly affectsState: boolean
  /** Canonical address of its OperationDefinition. */
  readonly definition: string
  readonly documentation: string
  /** What it can be asked with; anything else is refused. */
  readonly accepts: readonly AcceptedParameter[]
  /** Asks policy and has its use recorded like any interaction: the route has found out who asks, and no more. */
  run(asked: OperationAsked): Promise<Answer>
}

export interface AcceptedParameter {
  readonly name: string
  /** A FHIR type, such as `code` or `Coding`. */
  readonly type: string
  readonly documentation: string
}

export interface OperationAsked {
  readonly exchange: Exchange
  /** Absent at the level of the system. */
  readonly type?: ResourceType
  /** At the level of an instance. */
  readonly id?: Id<string>
  readonly parameters: OperationParameters
}
