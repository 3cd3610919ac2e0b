import type { FhirRecord } from '@chartkeep/model/office'
import { at, codeOf, codeText, displayOf, list, notesOf, present, text } from './read.ts'

export interface Problem {
  readonly id: string
  readonly name: string
  readonly code?: string
  /** active, recurrence, relapse, inactive, remission, resolved. */
  readonly clinical: string
  readonly active: boolean
  /** provisional, differential…; absent when confirmed. */
  readonly doubt?: string
  readonly onset?: string
  readonly ended?: string
  readonly severity?: string
  /** Problem list, diagnosis of a visit, health concern. */
  readonly kind: string
  readonly recorder?: string
  readonly note?: string
}

const kinds: Record<string, string> = {
  'problem-list-item': 'Problem list',
  'encounter-diagnosis': 'Visit diagnosis',
  'health-concern': 'Health concern',
}

/** undefined when it was entered in error. */
export function readProblem(record: FhirRecord): Problem | undefined {
  const verification = codeOf(at(record, 'verificationStatus'))
  if (verification === 'entered-in-error' || verification === 'refuted') return undefined
  const clinical =
    codeOf(at(record, 'clinicalStatus')) ?? (at(record, 'abatementDateTime') === undefined ? 'active' : 'resolved')
  const kind =
    list(record, 'category')
      .map((category) => codeOf(category))
      .find((code) => code !== undefined) ?? ''
  const found = {
    code: codeOf(at(record, 'code')),
    doubt: verification === 'confirmed' ? undefined : verification,
    onset: text(record, 'onsetDateTime') ?? text(record, 'onsetPeriod', 'start') ?? text(record, 'onsetString'),
    ended:
      text(record, 'abatementDateTime') ?? text(record, 'abatementPeriod', 'end') ?? text(record, 'abatementString'),
    severity: codeText(at(record, 'severity')),
    recorder: displayOf(at(record, 'recorder')) ?? displayOf(at(record, 'asserter')),
    note: notesOf(record),
  }
  return {
    id: record.id,
    name: codeText(at(record, 'code')) ?? 'Unnamed problem',
    clinical,
    active: clinical === 'active' || clinical === 'recurrence' || clinical === 'relapse',
    kind: kinds[kind] ?? '',
    ...present(found),
  }
}
