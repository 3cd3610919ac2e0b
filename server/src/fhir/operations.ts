import type { Records } from '#records'
import type { Operation } from './operation.ts'
import { validateOperation } from './validate-operation.ts'

interface OperationParts {
  readonly records: Records
}

/** Every operation that is offered: THE table. What has no row here is not routed, not claimed and not described. */
export function openOperations(parts: OperationParts): readonly Operation[] {
  return [validateOperation(parts.records)]
}
