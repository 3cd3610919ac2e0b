import type { Clock } from '#base'
import type { Records } from '#records'
import { docrefOperation } from './docref-operation.ts'
import { everythingOperation } from './everything-operation.ts'
import type { Judge } from './judge/judge.ts'
import { lastNOperation } from './last-n-operation.ts'
import { matchOperation } from './match-operation.ts'
import type { Operation } from './operation.ts'
import { expandOperation } from './terminology-expand.ts'
import { lookupOperation } from './terminology-lookup.ts'
import { subsumesOperation } from './terminology-subsumes.ts'
import { validateInCodeSystem, validateInValueSet } from './terminology-validate-code.ts'
import { validateOperation } from './validate-operation.ts'

interface OperationParts {
  readonly records: Records
  readonly clock: Clock
  readonly judge: Judge
  /** The service's own address; known once the server listens. */
  base(): string
}

/** Every operation that is offered: THE table. What has no row here is not routed, not claimed and not described. */
export function openOperations({ records, clock, judge, base }: OperationParts): readonly Operation[] {
  return [
    validateOperation(records, judge),
    everythingOperation(records, base),
    docrefOperation(records, base),
    lastNOperation(records, base),
    matchOperation({ records, judge, base }),
    expandOperation(records, clock, judge),
    lookupOperation(records),
    validateInValueSet(records, judge),
    validateInCodeSystem(records, judge),
    subsumesOperation(records),
  ]
}
