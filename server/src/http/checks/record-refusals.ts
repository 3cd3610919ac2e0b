import type { Prepare } from './check.ts'

/** From this row on, whatever is refused has an entry in the ledger (45 CFR 164.312(b), ASVS V16.3). */
export const recordRefusals: Prepare = () => (visit) => {
  visit.recorded = true
}
