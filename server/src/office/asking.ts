import { type Id, parseId, Refusal } from '#base'
import { type Exchange, workstationCookie } from '#http'
import type { From, Presence } from '#identity'
import type { Person } from '#policy'

/** The person at the screen; these endpoints are for no program. */
export function personIn({ actor }: Pick<Exchange, 'actor'>): Person {
  if (actor.kind !== 'person')
    throw new Refusal('not-permitted', { rule: 'office:people-only', remedy: 'Programs use the FHIR interface.' })
  return actor
}

/** The session, locked or not: for locking and signing out. */
export function presenceIn({ session }: Exchange): Presence {
  if (session === undefined) throw new Refusal('not-signed-in')
  return session
}

export function fromOf(exchange: Exchange): From {
  const { address, workstation, request } = exchange
  const device = exchange.cookie(workstationCookie)
  return { address, workstation, request, ...(device === undefined ? {} : { device }) }
}

/** The patient in the address; anything else there names nobody. */
export function patientIn({ params }: Exchange): Id<'patient'> {
  return idIn<'patient'>(params['id'])
}

export function idIn<Kind extends string>(text: string | undefined): Id<Kind> {
  const id = parseId<Kind>(text ?? '')
  if (id === undefined) throw new Refusal('not-found')
  return id
}

/** What is written for the patient in the address, and points to nothing else: unresolved, that patient is not here. */
export async function forPatientHere<T>(writing: Promise<T>): Promise<T> {
  try {
    return await writing
  } catch (error) {
    throw error instanceof Refusal && error.code === 'reference-unresolved' ? new Refusal('not-found') : error
  }
}
