import type { PatientHits } from '@chartkeep/model/office'
import { type Id, parseId } from '#base'
import type { Exchange, Route } from '#http'
import { grantFor } from '#policy'
import { json } from './answers.ts'
import { personIn } from './asking.ts'
import { bannerOf } from './banner.ts'
import { countIn, readFields, textIn } from './body.ts'
import type { OfficeParts } from './parts.ts'
import { hitOf } from './patient-hit.ts'
import { officeRoute } from './route.ts'

const hits = { least: 1, most: 50, usual: 20 }
const mostText = 200
/** Searching leaves an entry with each letter typed, so the charts opened lie far apart. */
const looks = { atOnce: 500, pages: 4 }
const recentShown = 10

/** Finding a patient, those opened last, and the head of a chart. */
export function patientRoutes(parts: OfficeParts): readonly Route[] {
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
      handle: async (exchange) => json(await recentPatients(parts, exchange)),
    }),
    officeRoute({
      method: 'GET',
      path: '/patients/:id/banner',
      class: 'read',
      types: ['Patient'],
      handle: async (exchange) => json(await bannerOf(parts, exchange)),
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

async function recentPatients(parts: OfficeParts, exchange: Exchange): Promise<PatientHits> {
  const grant = grantFor(exchange, 'search', 'Patient')
  const opened = await openedBy(parts, exchange)
  const found = await parts.records.faces(grant, opened, exchange.request)
  return { patients: found.map(hitOf), more: false }
}

/** Whose charts this person opened, newest first: a search names many, an opened chart is an entry about one. */
async function openedBy({ ledger }: OfficeParts, exchange: Exchange): Promise<Id<'patient'>[]> {
  const { tenant, id } = personIn(exchange)
  const opened = new Set<string>()
  let before: string | undefined
  for (let page = 0; page < looks.pages && opened.size < recentShown; page++) {
    const asked = { count: looks.atOnce, ...(before === undefined ? {} : { before }) }
    const { accesses, next } = await ledger.accessesBy(tenant, id, asked)
    for (const { action, outcome, types, patients } of accesses) {
      const [patient] = patients
      if (action !== 'read' || outcome !== 'done' || patients.length !== 1 || !types.includes('Patient')) continue
      if (patient !== undefined) opened.add(patient)
    }
    before = next
    if (before === undefined) break
  }
  return [...opened].slice(0, recentShown).flatMap((text) => parseId<'patient'>(text) ?? [])
}
