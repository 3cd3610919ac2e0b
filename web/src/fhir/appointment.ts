import type { FhirRecord } from '@chartkeep/model/office'
import { at, codeText, displayOf, list, present, text } from './read.ts'

export interface Booked {
  readonly id: string
  readonly status: string
  readonly start?: string
  readonly type?: string
  /** Absent for roles that may not know why someone comes. */
  readonly reason?: string
  /** Practitioners and rooms, not the patient. */
  readonly who: readonly string[]
}

export function readAppointment(record: FhirRecord): Booked | undefined {
  const status = text(record, 'status') ?? 'booked'
  if (status === 'entered-in-error') return undefined
  return {
    id: record.id,
    status,
    who: list(record, 'participant')
      .map((participant) => at(participant, 'actor'))
      .filter((actor) => !(text(actor, 'reference') ?? '').startsWith('Patient/'))
      .flatMap((actor) => displayOf(actor) ?? []),
    ...present({
      start: text(record, 'start'),
      type:
        codeText(at(record, 'appointmentType')) ??
        codeText(at(record, 'serviceType', 0)) ??
        text(record, 'description'),
      reason: codeText(at(record, 'reasonCode', 0)),
    }),
  }
}
