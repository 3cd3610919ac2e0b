import { randomBytes } from 'node:crypto'
import { newId } from '#base'

const day = Date.parse('2026-03-02T08:00:00Z')

/** An account with every part that one can have, as it stands in memory. */
export function anAccount() {
  return {
    ...{ tenant: 1, id: newId<'account'>(day), nameKey: randomBytes(32), sealedPerson: randomBytes(96) },
    ...{ roles: ['nurse', 'biller'], created: day, enrolBy: day + 7, disabled: null, lastSignIn: day + 3, round: 2 },
    password: { hash: randomBytes(32), salt: randomBytes(16), memory: 64, passes: 3, lanes: 1, changed: day + 1 },
    factor: { secret: randomBytes(48), lastStep: 58_000_000, enrolled: day + 2 },
    recovery: [
      { hash: randomBytes(32), used: null },
      { hash: randomBytes(32), used: day + 4 },
    ],
  }
}
