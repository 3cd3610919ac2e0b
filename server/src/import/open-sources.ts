import type { KeyObject } from 'node:crypto'
import { type Clock, type Log, newId, Refusal } from '#base'
import { Answers } from './answers.ts'
import { askAll } from './ask-all.ts'
import type { Reading } from './item.ts'
import { readApart } from './read-apart.ts'
import { readSources, type StoreAnswers } from './read-sources.ts'
import type { Sources } from './sources.ts'
import { type ImportRecords, type ImportStore, openStore } from './store.ts'

export interface ImportParts {
  readonly records: ImportRecords
  /** The keyring's 'import-ids' key. */
  readonly idKey: KeyObject
  readonly clock: Clock
  readonly log: Log
  readonly tenant: number
  /** Where this runs, for the ledger: the machine's name. */
  readonly workstation: string
  /** Name of the system that the records are from: the same name and the same ids there give the same ids here. */
  readonly source: string
  /** Bases of that system's own addresses: a reference under one means the same as its relative form. */
  readonly bases?: readonly string[]
  /** Paths of optional elements, such as `Patient.contact`: where one is wrong, the record is taken without it. */
  readonly accepted?: readonly string[]
  /** Seconds to wait for a store that went away. */
  readonly patienceSeconds?: number
  readonly signal?: AbortSignal
}

const smallBytes = 1024 * 1024

/** The store in the name of a job, and what is read of the sources; `verifies`: to be compared, not to be stored. */
export function openSources(
  { paths, bytes }: Sources,
  parts: ImportParts,
  verifies: boolean,
): { readonly store: ImportStore; readonly answers: Answers; readonly readings: AsyncGenerator<Reading> } {
  const { clock, tenant, workstation, idKey, source, bases = [], accepted = [] } = parts
  const job = { kind: 'job', tenant, id: newId<'job'>(clock.now()), task: 'import', workstation } as const
  const store = openStore({ ...parts, job, patienceSeconds: parts.patienceSeconds ?? 120 })
  const answers = new Answers(store)
  const asked: StoreAnswers = {
    matching: (questions) => askAll(questions, store, answers),
    standing: store.standing,
  }
  // A thread takes its time to start: what is small is read by the time it would be there.
  const read = bytes < smallBytes ? readSources : readApart
  return { store, answers, readings: read({ paths, idKey, source, bases, accepted, verifies }, asked) }
}

/** Why it stopped, in words that hold nothing of a record; logged when it should not have. */
export function reasonOf(error: unknown, { signal, log }: Pick<ImportParts, 'signal' | 'log'>): string {
  if (error instanceof Refusal) return error.message
  if (signal?.aborted === true) return 'It was interrupted.'
  log.error({ err: error }, 'the import stopped')
  return 'Something went wrong here.'
}
