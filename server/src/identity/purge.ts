import type { Parts } from './parts.ts'

const hour = 3_600_000
const day = 24 * hour

/** Takes away what is over: nothing of it opens a door any more, and what happened stands in the ledger. */
export async function purge({ db, clock }: Parts, tenant: number): Promise<void> {
  const now = clock.now()
  const before = (ms: number): Date => new Date(now - ms)
  await db.transact(tenant, async (tx) => {
    const drop = (text: string, limit: Date): Promise<unknown> => tx.query({ text, values: [tenant, limit] })
    await drop('delete from identity.ticket where tenant = $1 and expires < $2', before(hour))
    await drop('delete from identity.token where tenant = $1 and expires < $2', before(hour))
    await drop('delete from identity.session where tenant = $1 and ended is not null and expires < $2', before(day))
    // A day more than they live: a clock that was set forward for a moment must not make an old one new.
    await drop('delete from identity.assertion where tenant = $1 and expires < $2', before(day))
    // A closed lane of an account stays closed, however old: the least that closes one is 20 in a row.
    await drop(
      'delete from identity.throttle where tenant = $1 and last < $2 and (account is null or in_a_row < 20)',
      before(30 * day),
    )
    await drop('delete from identity.known_workstation where tenant = $1 and last < $2', before(180 * day))
  })
}
