import { Refusal } from '#base'
import type { Prepare } from './check.ts'

/** A locked session shows nothing until its owner unlocks it, whatever the page still asks for (N-03). */
export const requireUnlocked: Prepare = () => (visit) => {
  if (visit.session?.locked === true) throw new Refusal('session-locked')
}
