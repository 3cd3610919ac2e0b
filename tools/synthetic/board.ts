import { atTime, type Day } from './calendar.ts'
import { bare, type Chart } from './chart.ts'
import { makeEncounter } from './encounter.ts'
import type { Practice } from './practice.ts'
import type { Random } from './random.ts'
import type { Slot } from './roster.ts'
import { type Code, coding, concept, snomed } from './resource.ts'

/** Whom the front desk expects today: patient's index → slot. */
export type Board = ReadonlyMap<number, Slot>

const places = 24

/** Spreads today's taken slots over patients drawn from the whole practice: the few of a small one over the whole day. */
export function drawBoard(root: Random, practice: Practice, patients: number): Board {
  const random = root.fork('board')
  const drawn = random.sample(Math.min(places, practice.taken.length), patients)
  return new Map(
    drawn.flatMap((index, at) => {
      const slot = practice.taken[Math.floor(((at + 0.5) * practice.taken.length) / drawn.length)]
      return slot === undefined ? [] : [[index, slot] as const]
    }),
  )
}

const reasons: readonly (readonly [reason: Code, type: Code])[] = [
  [
    ['185349003', 'Encounter for check up'],
    ['CHECKUP', 'A routine check-up, such as an annual physical'],
  ],
  [
    ['390906007', 'Follow-up encounter'],
    ['FOLLOWUP', 'A follow up visit from a previous appointment'],
  ],
  [
    ['185345009', 'Encounter for symptom'],
    ['ROUTINE', 'Routine appointment - default if not valued'],
  ],
  [
    ['25064002', 'Headache'],
    ['WALKIN', 'A previously unscheduled walk-in visit'],
  ],
]

/** Today's appointment, as it stands at `now` (minutes after midnight), and the encounter if it has begun. */
export function addAppointment(chart: Chart, slot: Slot, today: Day, now: number): void {
  const { random } = chart
  const minute = slot.start - atTime(today, 0)
  const status = statusAt(minute, now, random)
  const [reason, type] = random.pick(reasons)
  const booked = Math.max(chart.person.birth, today - random.whole(2, 60))
  const accepted = status === 'cancelled' ? 'declined' : 'accepted'
  const appointment = chart.add({
    resourceType: 'Appointment',
    status,
    ...(status === 'cancelled'
      ? { cancelationReason: concept('appointment-cancellation-reason', 'pat', 'Patient') }
      : {}),
    serviceType: [snomed(['185349003', 'Encounter for check up'])],
    appointmentType: { coding: [coding('http://terminology.hl7.org/CodeSystem/v2-0276', type)] },
    reasonCode: [snomed(reason)],
    start: chart.time(slot.start),
    end: chart.time(slot.start + slot.minutes),
    minutesDuration: slot.minutes,
    // A slot has no identifier that a conditional reference could name.
    ...(chart.practice.conditional ? {} : { slot: [{ reference: slot.ref }] }),
    created: chart.time(atTime(booked, 10, 15)),
    participant: [
      {
        actor: { reference: chart.patient.ref, display: chart.patient.display },
        required: 'required',
        status: accepted,
      },
      {
        actor: { reference: slot.clinician.ref, display: slot.clinician.display },
        required: 'required',
        status: 'accepted',
      },
      { actor: { reference: slot.room.ref, display: slot.room.display }, required: 'required', status: 'accepted' },
    ],
  })
  if (status !== 'fulfilled' && status !== 'checked-in') return
  const encounter = makeEncounter(chart, {
    start: slot.start,
    minutes: slot.minutes,
    kind: 'follow-up',
    clinician: slot.clinician,
    reasons: [reason],
    status: status === 'fulfilled' ? 'finished' : 'arrived',
  })
  chart.add({ ...encounter, appointment: [bare(appointment)] })
}

function statusAt(minute: number, now: number, random: Random): string {
  if (minute + 25 < now) return random.weighted([[8, 'fulfilled'], [1, 'noshow'], [1, 'cancelled']]) // oxfmt-ignore
  if (minute <= now) return random.weighted([[3, 'checked-in'], [1, 'arrived']]) // oxfmt-ignore
  if (minute < now + 30) return random.weighted([[2, 'arrived'], [2, 'booked']]) // oxfmt-ignore
  return random.weighted([[9, 'booked'], [1, 'cancelled'], [1, 'pending']]) // oxfmt-ignore
}
