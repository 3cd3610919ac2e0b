import type { Clock } from '#base'
import type { Records } from '#records'
import type { Operation } from './operation.ts'
import { expandOperation } from './terminology-expand.ts'
import { lookupOperation } from './terminology-lookup.ts'
import { subsumesOperation } from './terminology-subsumes.ts'
import { validateInCodeSystem, validateInValueSet } from './terminology-validate-code.ts'
import { validateOperation } from './validate-operation.ts'

interface OperationParts {
  readonly records: Records
  readonly clock: Clock
}

/** Every operation that is offered: THE table. What has no row here is not routed, not claimed and not described. */
export function openOperations({ records, clock }: OperationParts): readonly Operation[] {
  return [
    validateOperation(records),
    expandOperation(records, clock),
    lookupOperation(records),
    validateInValueSet(records),
    validateInCodeSystem(records),
    subsumesOperation(records),
  ]
}
