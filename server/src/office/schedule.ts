import type { DaySchedule, PatientHit, ScheduledVisit } from '@chartkeep/model/office'
import { Refusal } from '#base'
import type { Answer, Exchange, Route } from '#http'
import { grantFor } from '#policy'
import { parseStored, type Stored } from '#records'
import { json, nothing } from './answers.ts'
import { idIn } from './asking.ts'
import { optionalTextIn, readFields, textIn, unreadable } from './body.ts'
import { text } from './elements.ts'
import type { OfficeParts } from './parts.ts'
import { hitOf } from './patient-hit.ts'
import { officeRoute } from './route.ts'
import { visitOf } from './visit.ts'

/** AppointmentStatus of R4, but for what was entered in error: that is put right in the record itself. */
const statuses = new Set('proposed pending booked arrived checked-in fulfilled cancelled noshow waitlist'.split(' '))
const type = 'Appointment'
const dayMs = 86_400_000
const pageSize = 500
const mostPages = 10

/** A day's visits for the board, and moving one along. */
export function scheduleRoutes(parts: OfficeParts): readonly Route[] {
  return [
    officeRoute({
      method: 'GET',
      path: '/schedule',
      class: 'search',
      types: [type],
      handle: async (exchange) => json(await scheduleOf(parts, exchange)),
    }),
    officeRoute({
      method: 'POST',
      path: '/appointments/:appointment/status',
      class: 'write',
      types: [type],
      action: 'update',
      handle: (exchange) => changeStatus(parts, exchange),
    }),
  ]
}

async function changeStatus({ records }: OfficeParts, exchange: Exchange): Promise<Answer> {
  const id = idIn<string>(exchange.params['appointment'])
  const read = grantFor(exchange, 'read', type)
  const update = grantFor(exchange, 'update', type)
  const fields = await readFields(exchange)
  const status = textIn(fields, 'status', 20)
  const seen = optionalTextIn(fields, 'version', 10)
  if (!statuses.has(status)) throw unreadable('status')
  if (seen !== undefined && !/^[1-9]\d*$/.test(seen)) throw unreadable('version')
  const { version, json: stored } = await records.read(read, id, exchange.request)
  const resource = { ...parseStored(stored), status }
  const ifMatch = seen === undefined ? version : Number(seen)
  await records.write([{ kind: 'update', grant: update, id, ifMatch, resource }], exchange.request)
  return nothing
}

async function scheduleOf(parts: OfficeParts, exchange: Exchange): Promise<DaySchedule> {
  const date = exchange.query.get('date') ?? new Date(parts.clock.now()).toISOString().slice(0, 10)
  if (!isDay(date)) throw new Refusal('parameter-invalid')
  const found = await visitsAround(parts, exchange, date)
  const visits = found
    .map(({ json: stored, patient }) => ({ visit: parseStored(stored), patient }))
    .filter(({ visit }) => text(visit['start'])?.startsWith(date) === true)
  const faces = await facesOf(
    parts,
    exchange,
    visits.map(({ patient }) => patient),
  )
  const appointments = visits.flatMap(({ visit, patient }): ScheduledVisit[] => {
    const hit = faces.get(patient ?? '')
    return hit === undefined ? [] : [visitOf(visit, hit)]
  })
  return { date, appointments: appointments.toSorted((a, b) => Date.parse(a.start) - Date.parse(b.start)) }
}

function isDay(text: string): boolean {
  const at = Date.parse(text)
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(at) && new Date(at).toISOString().startsWith(text)
}

/** Times carry their offset, so a day here touches the days before and after it in UTC, by which they are found. */
async function visitsAround({ records }: OfficeParts, exchange: Exchange, date: string): Promise<Stored[]> {
  const grant = grantFor(exchange, 'search', type)
  const days = [-1, 0, 1].map((step) => new Date(Date.parse(date) + step * dayMs).toISOString().slice(0, 10))
  const found: Stored[] = []
  let cursor: string | undefined
  for (let page = 0; page < mostPages; page++) {
    const asked =
      cursor === undefined ? { parameters: [['date', days.join(',')] as const] } : { parameters: [], cursor }
    const search = { type, strict: true, count: pageSize, ...asked } as const
    const { records: more, next } = await records.search(grant, search, exchange.request)
    found.push(...more)
    cursor = next
    if (cursor === undefined) return found
  }
  throw new Refusal('search-too-broad')
}

async function facesOf(
  { records }: OfficeParts,
  exchange: Exchange,
  patients: readonly Stored['patient'][],
): Promise<Map<string, PatientHit>> {
  const ids = [...new Set(patients)].filter((id) => id !== undefined)
  if (ids.length === 0) return new Map()
  const found = await records.faces(grantFor(exchange, 'search', 'Patient'), ids, exchange.request)
  return new Map(found.map((one) => [one.face.id, hitOf(one)]))
}
