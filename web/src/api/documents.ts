import type { FhirRecord } from '@chartkeep/model/office'
import { office } from '../paths.ts'
import { ask, askText } from './request.ts'

/** The address to show or download a stored document from; opening it is recorded. */
export const documentAddress = (patient: string, binary: string) => office.document(patient, binary)

export const readText = (patient: string, binary: string, signal: AbortSignal) =>
  askText(office.document(patient, binary), signal)

/** The title goes in a header: an address ends up in logs on the way. Encoded, because headers are Latin-1. */
export const uploadDocument = (patient: string, file: File, title: string) =>
  ask<FhirRecord>('POST', office.documents(patient), { file, headers: { 'X-Title': encodeURIComponent(title) } })
