import { sentence } from '../../words/name.ts'

/** The way of a visit through the day. Each step is a FHIR AppointmentStatus. */
const steps = {
  pending: { name: 'Pending', next: 'booked', act: 'Confirm' },
  booked: { name: 'Booked', next: 'arrived', act: 'Arrived' },
  arrived: { name: 'Arrived', next: 'checked-in', act: 'Check in' },
  'checked-in': { name: 'Checked in', next: 'fulfilled', act: 'Done' },
  fulfilled: { name: 'Done', next: undefined, act: undefined },
} as const

const others: Record<string, string> = {
  noshow: 'No show',
  cancelled: 'Cancelled',
  proposed: 'Proposed',
  waitlist: 'Waiting list',
}

type Step = keyof typeof steps

export const stepOrder: readonly Step[] = ['pending', 'booked', 'arrived', 'checked-in', 'fulfilled']

export function statusName(status: string): string {
  return isStep(status) ? steps[status].name : (others[status] ?? sentence(status))
}

/** The one step that usually comes next. */
export function nextStep(status: string): { readonly status: string; readonly act: string } | undefined {
  if (!isStep(status)) return undefined
  const { next, act } = steps[status]
  return next === undefined ? undefined : { status: next, act }
}

/** Every other status that makes sense from here, for the menu: also back, because people press the wrong row. */
export function otherSteps(status: string): readonly { readonly status: string; readonly act: string }[] {
  const next = nextStep(status)?.status
  const back = stepOrder.filter((step) => step !== status && step !== next && step !== 'pending')
  const leaving = ['noshow', 'cancelled'].filter((step) => step !== status)
  return [...back, ...leaving].map((step) => ({ status: step, act: statusName(step) }))
}

/** For whole minutes from 1 on: `25 min late`, `2 h 5 min late`. */
export function lateWords(minutes: number): string {
  const hours = Math.floor(minutes / 60)
  const parts = [hours > 0 ? `${hours} h` : '', minutes % 60 > 0 ? `${minutes % 60} min` : '', 'late']
  return parts.filter((part) => part !== '').join(' ')
}

/** Still expected or in the house. */
export function isOpen(status: string): boolean {
  return status === 'booked' || status === 'arrived' || status === 'checked-in' || status === 'pending'
}

function isStep(status: string): status is Step {
  return Object.hasOwn(steps, status)
}
