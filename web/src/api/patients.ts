import type { Banner, PatientHits, RecordList } from '@chartkeep/model/office'
import { office } from '../paths.ts'
import { ask } from './request.ts'

export const searchPatients = (text: string, limit: number, signal: AbortSignal) =>
  ask<PatientHits>('POST', office.search, { body: { text, limit }, signal })

export const recentPatients = (signal: AbortSignal) => ask<PatientHits>('GET', office.recent, { signal })

export const readBanner = (patient: string, signal: AbortSignal) =>
  ask<Banner>('GET', office.banner(patient), { signal })

/** Which records of a patient: FHIR types, and a category code where a type holds several kinds. */
export interface RecordChoice {
  readonly types: readonly string[]
  readonly category?: string
  readonly count: number
}

export function readRecords(
  patient: string,
  choice: RecordChoice,
  before: string | undefined,
  signal: AbortSignal,
): Promise<RecordList> {
  const query = new URLSearchParams()
  for (const type of choice.types) query.append('type', type)
  if (choice.category !== undefined) query.set('category', choice.category)
  query.set('count', String(choice.count))
  if (before !== undefined) query.set('before', before)
  return ask<RecordList>('GET', office.records(patient, query), { signal })
}
