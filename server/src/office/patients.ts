import type { PatientHits } from '@chartkeep/model/office'
import { parseId } from '#base'
import type { Exchange, Route } from '#http'
import { grantFor } from '#policy'
import { json } from './answers.ts'
import { personIn } from './asking.ts'
import { bannerOf, openViewers } from './banner.ts'
import { countIn, readFields, textIn } from './body.ts'
import { openLatest } from './latest.ts'
import type { OfficeParts } from './parts.ts'
import { hitOf } from './patient-hit.ts'
import { officeRoute } from './route.ts'

const hits = { least: 1, most: 50, usual: 20 }
const mostText = 200
const recentShown = 10
const recentMs = 30 * 86_400_000

/** Finding a patient, those opened last, and the head of a chart. */
export function patientRoutes(parts: OfficeParts): readonly Route[] {
  const recent = openRecent(parts)
  const viewers = openViewers(parts)
  return [
    officeRoute({
      method: 'POST',
      path: '/patients/search',
      class: 'search',
      types: ['Patient'],
      handle: async (exchange) => json(await findPatients(parts, exchange)),
    }),
    officeRoute({
      method: 'GET',
      path: '/patients/recent',
      class: 'search',
      types: ['Patient'],
      handle: async (exchange) => json(await recentPatients(recent, parts, exchange)),
    }),
    officeRoute({
      method: 'GET',
      path: '/patients/:id/banner',
      class: 'read',
      types: ['Patient'],
      handle: async (exchange) => json(await bannerOf(viewers, parts, exchange)),
    }),
  ]
}

async function findPatients({ records }: OfficeParts, exchange: Exchange): Promise<PatientHits> {
  const grant = grantFor(exchange, 'search', 'Patient')
  const fields = await readFields(exchange)
  const text = textIn(fields, 'text', mostText)
  const { patients, more } = await records.findPatients(grant, text, countIn(fields, 'limit', hits), exchange.request)
  return { patients: patients.map(hitOf), more }
}

/** When each person opened whose chart: a search names many, an opened chart is an entry about one. */
function openRecent({ ledger }: OfficeParts): ReturnType<typeof openLatest> {
  return openLatest({
    horizonMs: recentMs,
    page: ledger.accessesBy,
    nameOf: ({ action, outcome, types, patients }) =>
      action === 'read' && outcome === 'done' && types.includes('Patient') && patients.length === 1
        ? patients[0]
        : undefined,
  })
}

async function recentPatients(
  opened: ReturnType<typeof openRecent>,
  { records, clock }: OfficeParts,
  exchange: Exchange,
): Promise<PatientHits> {
  const grant = grantFor(exchange, 'search', 'Patient')
  const { tenant, id } = personIn(exchange)
  const last = await opened(tenant, id, clock.now())
  const newest = [...last].toSorted(([, a], [, b]) => b - a).slice(0, recentShown)
  const ids = newest.flatMap(([text]) => parseId<'patient'>(text) ?? [])
  const found = await records.faces(grant, ids, exchange.request)
  return { patients: found.map(hitOf), more: false }
}
