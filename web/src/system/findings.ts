import type { SystemStatus } from '@chartkeep/model/office'
import { counted, formatCount } from '../words/name.ts'

/** One sentence, its evidence, and what to do. `calm` is normal and quiet, `wait` is to be looked at, `harm` now. */
export interface Finding {
  readonly tone: 'calm' | 'wait' | 'harm'
  readonly what: string
  readonly evidence: string
  readonly next?: string
}

/** The tree follows within a second; a minute without catching up means that the sequencer does not run. */
const slowSeconds = 10
const lostSeconds = 60

export function findingsOf(status: SystemStatus, now: number): readonly Finding[] {
  return [sequencing(status, now), ...witnesses(status)]
}

function sequencing({ ledger }: SystemStatus, now: number): Finding {
  const evidence = `${counted(ledger.sequenced, 'entry', 'entries')} under the newest signed checkpoint.`
  const next = 'Entries are safe, but the newest are not yet provable. See whether a server leads, and read its log.'
  if (ledger.fault !== undefined) {
    return { tone: 'harm', what: `The ledger's tree does not grow: ${ledger.fault}`, evidence, next }
  }
  const behind = ledger.caughtUpAt === undefined ? undefined : (now - new Date(ledger.caughtUpAt).getTime()) / 1_000
  if (behind === undefined)
    return { tone: 'wait', what: 'The ledger has not caught up since the server started.', evidence, next }
  if (behind < slowSeconds) return { tone: 'calm', what: 'Every entry is covered by a signed checkpoint.', evidence }
  return {
    tone: behind < lostSeconds ? 'wait' : 'harm',
    what: `The newest entries have not been covered for ${formatCount(Math.round(behind))} seconds.`,
    evidence,
    next,
  }
}

function witnesses({ ledger }: SystemStatus): readonly Finding[] {
  if (ledger.witnesses.length === 0) {
    return [
      {
        tone: 'harm',
        what: 'No copy of the checkpoints is kept outside of the data folder.',
        evidence: 'Without a witness nobody can prove that the ledger was not replaced as a whole.',
        next: 'Give the server a witness folder on another volume.',
      },
    ]
  }
  return ledger.witnesses.map((witness): Finding => {
    if (!witness.failing)
      return {
        tone: 'calm',
        what: `The witness “${witness.name}” is up to date.`,
        evidence: 'Checkpoints are copied there as they are signed.',
      }
    return {
      tone: 'harm',
      what: `The witness “${witness.name}” does not take checkpoints.`,
      evidence: witness.at === undefined ? 'It has none yet.' : 'Its last copy is older than the newest checkpoint.',
      next: 'See whether its folder can be written, and how full its volume is.',
    }
  })
}
