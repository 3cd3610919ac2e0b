import { type Clock, Refusal } from '#base'
import type { Database, Held } from '#db'

export interface StampStores {
  readonly db: Pick<Database, 'lowWater'>
  readonly clock: Clock
}

export interface Stamped {
  /** What the versions written are stamped with, Unix ms. */
  readonly now: number
  readonly held: Held
}

// As long as the database lets a statement run.
const unknownMs = 60_000

/**
 * A write under a stamp that holds back who asks for what is new until it is committed. Throws 'storage-unavailable' when
 * that cannot be promised.
 */
export async function stamped<T>(
  { db, clock }: StampStores,
  held: Held | undefined,
  work: (stamp: Stamped) => Promise<T>,
): Promise<T> {
  const stamp = await db.lowWater.begin(clock.now())
  const stillHeld: Held = () => {
    if (!stamp.held()) throw new Refusal('storage-unavailable')
    return held?.() ?? true
  }
  let over = 0
  try {
    return await work({ now: stamp.at, held: stillHeld })
  } catch (error) {
    // It may be committed yet.
    if (error instanceof Refusal && error.code === 'outcome-unknown') over = unknownMs
    throw error
  } finally {
    if (over === 0) stamp.end()
    else setTimeout(stamp.end, over).unref()
  }
}
