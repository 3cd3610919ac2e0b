// Dates as the chart writes them: short, unambiguous, in the time zone of the workstation. FHIR dates may be partial
// (`2026`, `2026-03`); a date without a time is never shifted by a time zone.

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const partial = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/

/** `12 Mar 2026`, `Mar 2026`, `2026`; of a FHIR date or dateTime. Text that is neither is given back as it is. */
export function formatDate(text: string): string {
  const parts = partial.exec(text)
  if (parts !== null) {
    const [, year = '', month, day] = parts
    return [
      day === undefined ? undefined : String(Number(day)),
      month === undefined ? undefined : months[Number(month) - 1],
      year,
    ]
      .filter((part) => part !== undefined)
      .join(' ')
  }
  const at = new Date(text)
  return Number.isNaN(at.getTime()) ? text : dayOf(at)
}

/** `10:42` */
export function formatTime(at: Date): string {
  return `${String(at.getHours()).padStart(2, '0')}:${String(at.getMinutes()).padStart(2, '0')}`
}

/** `12 Mar 2026, 10:42`; only the date where no time is known. */
export function formatDateTime(text: string): string {
  if (partial.test(text)) return formatDate(text)
  const at = new Date(text)
  return Number.isNaN(at.getTime()) ? text : `${dayOf(at)}, ${formatTime(at)}`
}

/** `12 Mar 2026, 10:42:07`: for the record of who did what, where the second counts. */
export function formatMoment(text: string): string {
  const at = new Date(text)
  if (Number.isNaN(at.getTime())) return text
  return `${dayOf(at)}, ${formatTime(at)}:${String(at.getSeconds()).padStart(2, '0')}`
}

/** Today as the time, any other day as the date. */
export function formatRecent(text: string, now: number): string {
  const at = new Date(text)
  if (partial.test(text) || Number.isNaN(at.getTime())) return formatDate(text)
  return dayOf(at) === dayOf(new Date(now)) ? formatTime(at) : dayOf(at)
}

/** `Monday 12 Mar 2026` of a calendar date YYYY-MM-DD. */
export function formatLongDate(date: string): string {
  const at = new Date(`${date}T12:00:00Z`)
  return Number.isNaN(at.getTime()) ? date : `${weekdays[at.getUTCDay()] ?? ''} ${formatDate(date)}`
}

/** The calendar date of a moment at this workstation, YYYY-MM-DD. */
export function calendarDate(now: number): string {
  const at = new Date(now)
  return `${at.getFullYear()}-${String(at.getMonth() + 1).padStart(2, '0')}-${String(at.getDate()).padStart(2, '0')}`
}

/** `days` after (before, when negative) a calendar date. */
export function shiftDate(date: string, days: number): string {
  const at = new Date(`${date}T12:00:00Z`)
  at.setUTCDate(at.getUTCDate() + days)
  return at.toISOString().slice(0, 10)
}

/** Years in a letter as clinicians write it: `65 y`, under two years `14 m`, under two months `19 d`. */
export function formatAge(birthDate: string, until: number | string): string | undefined {
  const born = partial.exec(birthDate)
  if (born === null) return undefined
  const end = typeof until === 'number' ? calendarDate(until) : until.slice(0, 10)
  const [year, month, day] = end.split('-').map(Number)
  if (year === undefined || Number.isNaN(year)) return undefined
  const bornYear = Number(born[1])
  if (born[2] === undefined || month === undefined) return `${Math.max(0, year - bornYear)} y`
  const bornMonth = Number(born[2])
  const bornDay = Number(born[3] ?? '1')
  const wholeMonths = (year - bornYear) * 12 + (month - bornMonth) - ((day ?? 28) < bornDay ? 1 : 0)
  if (wholeMonths < 0) return undefined
  if (wholeMonths >= 24) return `${Math.floor(wholeMonths / 12)} y`
  if (wholeMonths >= 2) return `${wholeMonths} m`
  const days = Math.round(
    (Date.UTC(year, month - 1, day ?? 1) - Date.UTC(bornYear, bornMonth - 1, bornDay)) / 86_400_000,
  )
  return `${days} d`
}

function dayOf(at: Date): string {
  return `${at.getDate()} ${months[at.getMonth()] ?? ''} ${at.getFullYear()}`
}
