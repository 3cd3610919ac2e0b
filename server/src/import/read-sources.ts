// All that can be done about an import without the store: files read twice, records judged, named, and their references
// mapped. It yields what there is to store, in the order in which that can be done.
import type { KeyObject } from 'node:crypto'
import { shipped } from '@chartkeep/model/terminology'
import { loadUnitCheck } from '@chartkeep/model/ucum'
import { Admission } from './admission.ts'
import type { Conditional, Match } from './conditions.ts'
import { openKeys } from './identity.ts'
import type { Reading } from './item.ts'
import { pinMoved, type Standing } from './moved.ts'
import { planSteps, type Step } from './plan.ts'
import { readSource } from './read-file.ts'
import { SourceIndex } from './source-index.ts'
import { survey } from './survey.ts'
import { PlainIndex } from './verify/plain-index.ts'

export interface Sourcing {
  readonly paths: readonly string[]
  /** The keyring's 'import-ids' key. */
  readonly idKey: KeyObject
  readonly source: string
  /** Bases of the source's own addresses. */
  readonly bases: readonly string[]
  /** Paths of elements that a record is taken without when they are wrong. */
  readonly accepted: readonly string[]
  /** By an index of another make than the import's. */
  readonly verifies: boolean
}

/** What only the store can say. */
export interface StoreAnswers {
  /** What matches the conditions of entries, one answer for each question. */
  readonly matching: (questions: readonly Conditional[]) => Promise<readonly Match[]>
  readonly standing: Standing
}

export async function* readSources(sourcing: Sourcing, store: StoreAnswers): AsyncGenerator<Reading> {
  const { paths, idKey, source, bases, verifies } = sourcing
  const index = verifies ? new PlainIndex() : new SourceIndex()
  const surveyed = yield* survey(paths, { keyOf: openKeys(idKey, source), bases, index })
  const questions = surveyed.conditions.questions()
  if (questions.length > 0) surveyed.conditions.settle(questions, await store.matching(questions))
  await pinMoved(index, store.standing)
  const phases = planSteps(surveyed.files)
  yield { kind: 'planned', files: phases.flat().length }
  const codes = { library: shipped, isUnit: await loadUnitCheck() }
  const admission = new Admission(surveyed, sourcing.accepted, codes)
  for (const phase of phases) {
    for (const step of phase) yield* readStep(step, admission)
    yield { kind: 'phase' }
  }
}

async function* readStep({ file, selection }: Step, admission: Admission): AsyncGenerator<Reading> {
  let passed = 0
  const onBytes = (count: number): void => void (passed += count)
  for await (const { form, pieces } of readSource(file.path, onBytes)) {
    const bytes = passed
    passed = 0
    yield {
      kind: 'items',
      bytes,
      items: pieces.flatMap((piece) => admission.judge(file, piece, form, selection) ?? []),
    }
  }
}
