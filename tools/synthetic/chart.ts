import { type Day, formatDay, formatTime, type Minutes } from './calendar.ts'
import type { Persona } from './households.ts'
import type { Practice } from './practice.ts'
import type { Random } from './random.ts'
import type { Entry, Resource, Target } from './resource.ts'

/** One patient's resources as they are being written, in the order in which they came to be. */
export class Chart {
  readonly person: Persona
  readonly practice: Practice
  readonly random: Random
  /** The last day on which anything may have happened: death or today. */
  readonly last: Day
  readonly entries: Entry[] = []
  readonly patient: Target

  constructor(person: Persona, practice: Practice, random: Random, last: Day) {
    this.person = person
    this.practice = practice
    this.random = random
    this.last = last
    this.patient = { ref: `urn:uuid:${random.uuid()}`, display: displayName(person) }
  }

  /** Adds a resource and returns what others need to refer to it. */
  add(resource: Resource, display?: string): Target {
    const fullUrl = `urn:uuid:${this.random.uuid()}`
    this.entries.push({ fullUrl, resource })
    return { ref: fullUrl, display: display ?? '' }
  }

  addPatient(resource: Resource): void {
    this.entries.push({ fullUrl: this.patient.ref, resource })
  }

  time(at: Minutes): string {
    return formatTime(at, this.practice.offset)
  }

  day(day: Day): string {
    return formatDay(day)
  }
}

export function displayName(person: Persona): string {
  if (person.native?.only === true) return `${person.native.given} ${person.native.family}`
  return `${person.given.join(' ')} ${person.family}`
}

/** A visit to the practice and who saw the patient. */
export interface Visit {
  readonly kind: 'wellness' | 'follow-up' | 'acute'
  readonly start: Minutes
  readonly minutes: number
  readonly clinician: Target
  readonly nurse: Target
  readonly encounter: Target
  /** Completed years at the visit. */
  readonly age: number
}

/** A reference without a display: what most elements hold. */
export function bare(target: Target): { reference: string } {
  return { reference: target.ref }
}
