import { codeText, type Resource } from '@chartkeep/model/fhir'
import type { DaySchedule, ScheduledVisit } from '@chartkeep/model/office'
import { Refusal } from '#base'
import type { Exchange, Route } from '#http'
import { parseStored } from '#records'
import { json, readFields, textIn } from './body.ts'
import { grantFor, idIn, officeRoute, type OfficeParts } from './parts.ts'
import { hitOf } from './patients.ts'

const statuses = new Set([
  'proposed',
  'pending',
  'booked',
  'arrived',
  'fulfilled',
  'cancelled',
  'noshow',
  'checked-in',
  'waitlist',
])
const dayMs = 86_400_000
const mostVisits = 500

/** A day's visits for the board, and moving one along. */
export function scheduleRoutes(parts: OfficeParts): readonly Route[] {
  return [
    officeRoute('GET', '/schedule', 'search', async (exchange) => json(await scheduleOf(parts, exchange)), [
      'Appointment',
    ]),
    officeRoute(
      'POST',
      '/appointments/:appointment/status',
      'write',
      async (exchange) => {
        const fields = await readFields(exchange)
        const status = textIn(fields, 'status', 20)
        if (!statuses.has(status)) throw new Refusal('parameter-invalid')
        const id = idIn<string>(exchange.params['appointment'])
        const stored = await parts.records.read(grantFor(exchange, 'read', 'Appointment'), id, exchange.request)
        const version = Number(fields['version'] ?? stored.version)
        const appointment = parseStored(stored.json)
        await parts.records.write(
          [
            {
              kind: 'update',
              grant: grantFor(exchange, 'update', 'Appointment'),
              id,
              ifMatch: version,
              resource: { ...appointment, status },
            },
          ],
          exchange.request,
        )
        return { status: 204 }
      },
      ['Appointment'],
    ),
  ]
}

async function scheduleOf({ records, clock }: OfficeParts, exchange: Exchange): Promise<DaySchedule> {
  const grant = grantFor(exchange, 'search', 'Appointment')
  const date = exchange.query.get('date') ?? new Date(clock.now()).toISOString().slice(0, 10)
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date) || Number.isNaN(Date.parse(date))) throw new Refusal('parameter-invalid')
  // Times carry their offset: a day here touches the days before and after it in UTC.
  const days = [-1, 0, 1].map((step) => new Date(Date.parse(date) + step * dayMs).toISOString().slice(0, 10))
  const { records: found } = await records.search(
    grant,
    { type: 'Appointment', parameters: [['date', days.join(',')]], strict: true, count: mostVisits },
    exchange.request,
  )
  const visits = found
    .map(({ json: text, patient }) => ({ visit: parseStored(text), patient }))
    .filter(({ visit }) => String(visit['start']).slice(0, 10) === date)
  const patients = [...new Set(visits.flatMap(({ patient }) => patient ?? []))]
  const faces = new Map(
    (await records.faces(grantFor(exchange, 'search', 'Patient'), patients, exchange.request)).map((one) => [
      one.face.id as string,
      hitOf(one),
    ]),
  )
  const appointments = visits.flatMap(({ visit, patient }): ScheduledVisit[] => {
    const hit = faces.get(patient ?? '')
    return hit === undefined ? [] : [visitOf(visit, hit)]
  })
  return { date, appointments: appointments.toSorted((a, b) => Date.parse(a.start) - Date.parse(b.start)) }
}

function visitOf(visit: Resource, patient: ScheduledVisit['patient']): ScheduledVisit {
  const actors = objects(visit['participant']).map(({ actor }) =>
    typeof actor === 'object' && actor !== null ? (actor as { reference?: string; display?: string }) : {},
  )
  const named = (type: string): string | undefined =>
    actors.find(({ reference }) => reference?.startsWith(`${type}/`) === true)?.display
  const room = named('Location')
  const type =
    objects(visit['serviceType']).map((concept) => codeText(concept))[0] ??
    codeText(visit['appointmentType'] ?? undefined)
  const reason = objects(visit['reasonCode']).map((concept) => codeText(concept))[0] ?? text(visit['comment'])
  return {
    id: visit.id ?? '',
    version: visit.meta?.versionId ?? '',
    start: text(visit['start']) ?? '',
    end: text(visit['end']) ?? '',
    status: text(visit['status']) ?? '',
    patient,
    practitioner: named('Practitioner') ?? named('PractitionerRole') ?? '',
    ...(room === undefined ? {} : { room }),
    ...(type === undefined || type === '' ? {} : { type }),
    ...(reason === undefined || reason === '' ? {} : { reason }),
  }
}

function objects(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value)
    ? value.filter((one): one is Record<string, unknown> => typeof one === 'object' && one !== null)
    : []
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
