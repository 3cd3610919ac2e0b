import { atTime, type Day, formatTime, workday } from './calendar.ts'
import type { Random } from './random.ts'
import { type Resource, snomed, type Target, to } from './resource.ts'

const slotMinutes = 20
const rosterDays = 5
const takenToday = 24

/** A bookable time of a clinician on one of the coming days. */
export interface Slot {
  readonly ref: string
  readonly clinician: Target
  readonly room: Target
  readonly start: number
  readonly minutes: number
}

interface RosterTime {
  readonly today: Day
  readonly offset: string
}

type Add = (resource: Resource, display: string) => Target

/** Twenty-minute slots, 8:20 to 12:00 and 13:00 to 17:00 on the coming days; today counts even when it is a Sunday. */
export function makeRoster(
  random: Random,
  clinicians: readonly Target[],
  rooms: readonly Target[],
  when: RosterTime,
  add: Add,
): Slot[] {
  const { today, offset } = when
  const days = [today]
  while (days.length < rosterDays) days.push(workday((days.at(-1) ?? today) + 1))
  const minutes = openingMinutes()
  const given = new Set(random.sample(takenToday, minutes.length * clinicians.length))
  const taken: Slot[] = []
  for (const [at, clinician] of clinicians.entries()) {
    const room = rooms[at % rooms.length]
    if (room === undefined) continue
    const schedule = add(
      {
        resourceType: 'Schedule',
        active: true,
        serviceType: [snomed(['185349003', 'Encounter for check up'])],
        actor: [to(clinician), to(room)],
        planningHorizon: {
          start: formatTime(atTime(today, 8), offset),
          end: formatTime(atTime(days.at(-1) ?? today, 17), offset),
        },
      },
      clinician.display,
    )
    for (const day of days) {
      for (const [place, minute] of minutes.entries()) {
        const start = atTime(day, 0, minute)
        const free = day !== today || !given.has(at * minutes.length + place)
        const slot: Resource = {
          resourceType: 'Slot',
          schedule: to(schedule),
          status: free ? 'free' : 'busy',
          start: formatTime(start, offset),
          end: formatTime(start + slotMinutes, offset),
        }
        const { ref } = add(slot, '')
        if (!free) taken.push({ ref, clinician, room, start, minutes: slotMinutes })
      }
    }
  }
  return taken.sort((a, b) => a.start - b.start)
}

function openingMinutes(): readonly number[] {
  const minutes: number[] = []
  for (let minute = 8 * 60 + 20; minute < 17 * 60; minute += slotMinutes) {
    if (minute < 12 * 60 || minute >= 13 * 60) minutes.push(minute)
  }
  return minutes
}
