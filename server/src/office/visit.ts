import type { Resource } from '@chartkeep/model/fhir'
import type { PatientHit, ScheduledVisit } from '@chartkeep/model/office'
import { firstWords, objects, present, text, wordsOf } from './elements.ts'

/** An Appointment as a line of the day's board. What the role may not see is not in it any more. */
export function visitOf(appointment: Resource, patient: PatientHit): ScheduledVisit {
  const { id, meta, start, end, status, serviceType, appointmentType, reasonCode, comment } = appointment
  const named = (type: string): string | undefined => displayOf(appointment, type)
  return {
    id: id ?? '',
    version: meta?.versionId ?? '',
    start: text(start) ?? '',
    end: text(end) ?? '',
    status: text(status) ?? '',
    patient,
    practitioner: named('Practitioner') ?? named('PractitionerRole') ?? '',
    ...present({
      room: named('Location'),
      type: firstWords(serviceType) ?? wordsOf(appointmentType),
      reason: firstWords(reasonCode) ?? text(comment),
    }),
  }
}

/** How the first participant of this type is called. */
function displayOf({ participant }: Resource, type: string): string | undefined {
  const actors = objects(objects(participant).map(({ actor }) => actor))
  return text(actors.find(({ reference }) => text(reference)?.startsWith(`${type}/`) === true)?.['display'])
}
