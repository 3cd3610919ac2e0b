import type { Draft, DraftSaved, FhirRecord } from '@chartkeep/model/office'
import { office } from '../paths.ts'
import { ask, askMaybe, tell } from './request.ts'

export const readDraft = (patient: string, signal: AbortSignal) =>
  askMaybe<Draft>('GET', office.draft(patient), { signal })
export const saveDraft = (patient: string, draft: Draft) =>
  ask<DraftSaved>('PUT', office.draft(patient), { body: draft })
export const dropDraft = (patient: string) => tell('DELETE', office.draft(patient))
export const signNote = (patient: string, draft: Draft, password: string) =>
  ask<FhirRecord>('POST', office.notes(patient), { body: { draft, password } })
