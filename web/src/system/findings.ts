import type { SystemStatus } from '@chartkeep/model/office'
import { counted, formatCount } from '../words/name.ts'

/** One sentence, its evidence, and what to do. `calm` is normal and quiet, `wait` is to be looked at, `harm` now. */
export interface Finding {
  readonly tone: 'calm' | 'wait' | 'harm'
  readonly what: string
  readonly evidence: string
  readonly next?: string
}

/** The tree follows within a second; a minute without a checkpoint means that the sequencer does not run. */
const slowSeconds = 10
const lostSeconds = 60

export function findingsOf(status: SystemStatus, now: number): readonly Finding[] {
  return [sequencing(status, now), ...witnesses(status)]
}

function sequencing({ ledger }: SystemStatus, now: number): Finding {
  const behind = ledger.entries - ledger.sequenced
  const age = ledger.checkpointAt === undefined ? Number.POSITIVE_INFINITY : (now - new Date(ledger.checkpointAt).getTime()) / 1_000
  const evidence = `${counted(ledger.entries, 'entry', 'entries')}, ${formatCount(behind)} not yet in the tree.`
  if (behind <= 0) return { tone: 'calm', what: 'Every entry is covered by a signed checkpoint.', evidence }
  if (age < slowSeconds) return { tone: 'calm', what: 'The newest entries are being covered.', evidence }
  return {
    tone: age < lostSeconds ? 'wait' : 'harm',
    what: Number.isFinite(age) ? `The last checkpoint is ${formatCount(Math.round(age))} seconds old.` : 'There is no signed checkpoint yet.',
    evidence,
    next: 'Entries are safe, but not yet provable. See whether a server is running as leader, and read its log.',
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
    const evidence = `${formatCount(witness.size)} of ${counted(ledger.sequenced, 'entry', 'entries')} covered there.`
    if (witness.behindSeconds < slowSeconds) return { tone: 'calm', what: `The witness “${witness.name}” is up to date.`, evidence }
    return {
      tone: witness.behindSeconds < lostSeconds ? 'wait' : 'harm',
      what: `The witness “${witness.name}” is ${formatCount(Math.round(witness.behindSeconds))} seconds behind.`,
      evidence,
      next: 'See whether its folder can be written, and how full its volume is.',
    }
  })
}
