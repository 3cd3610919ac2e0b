// Local civil time as one number: minutes since 1970-01-01T00:00 on the practice's wall clock. The generator never asks
// what time it is; today's date is an argument.
export type Minutes = number
export type Day = number

const minutesPerDay = 1440

/** 'YYYY-MM-DD' → days since 1970-01-01. */
export function parseDay(text: string): Day {
  const day = Date.parse(`${text}T00:00:00Z`) / 86_400_000
  if (!Number.isInteger(day)) throw new Error('a date is written YYYY-MM-DD')
  return day
}

export function formatDay(day: Day): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10)
}

/** FHIR dateTime with the practice's offset: 'Z', '-05:00'. */
export function formatTime(at: Minutes, offset: string): string {
  return new Date(at * 60_000).toISOString().slice(0, 19) + offset
}

export function dayOf(at: Minutes): Day {
  return Math.floor(at / minutesPerDay)
}

export function atTime(day: Day, hour: number, minute = 0): Minutes {
  return day * minutesPerDay + hour * 60 + minute
}

/** Completed years from `birth` to `day`. */
export function ageInYears(birth: Day, day: Day): number {
  const from = new Date(birth * 86_400_000)
  const to = new Date(day * 86_400_000)
  const years = to.getUTCFullYear() - from.getUTCFullYear()
  const before =
    to.getUTCMonth() < from.getUTCMonth() ||
    (to.getUTCMonth() === from.getUTCMonth() && to.getUTCDate() < from.getUTCDate())
  return before ? years - 1 : years
}

export function addYears(day: Day, years: number): Day {
  const date = new Date(day * 86_400_000)
  date.setUTCFullYear(date.getUTCFullYear() + years)
  return Math.floor(date.getTime() / 86_400_000)
}

/** The first weekday on or after `day`. */
export function workday(day: Day): Day {
  const weekday = (((day + 4) % 7) + 7) % 7 // 1970-01-01 was a Thursday; 0 is Sunday
  if (weekday === 0) return day + 1
  return weekday === 6 ? day + 2 : day
}
