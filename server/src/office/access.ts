import type { AccessHistory, PatientHit, PersonAccess } from '@chartkeep/model/office'
import { parseId, Refusal } from '#base'
import type { Exchange, Route } from '#http'
import type { Access, PageAsk } from '#ledger'
import { grantFor } from '#policy'
import { describeAccesses } from './access-entry.ts'
import { json } from './answers.ts'
import { patientIn, personIn } from './asking.ts'
import { present } from './elements.ts'
import { recordLook } from './entries.ts'
import type { OfficeParts } from './parts.ts'
import { hitOf } from './patient-hit.ts'
import { officeRoute } from './route.ts'

const pageSize = 100

/** Who opened a chart, and what someone opened. Looking at it is itself an entry. */
export function accessRoutes(parts: OfficeParts): readonly Route[] {
  const about = { method: 'GET', class: 'search', types: ['AuditEvent'], action: 'review-access' } as const
  return [
    officeRoute({
      ...about,
      path: '/patients/:id/access',
      handle: async (exchange) => json(await accessHistory(parts, exchange)),
    }),
    officeRoute({
      ...about,
      path: '/people',
      handle: async (exchange) => json(await personAccess(parts, exchange)),
    }),
  ]
}

async function accessHistory(parts: OfficeParts, exchange: Exchange): Promise<AccessHistory> {
  const { ledger, identity } = parts
  const grant = grantFor(exchange, 'review-access', 'AuditEvent')
  const { tenant } = personIn(exchange)
  const patient = patientIn(exchange)
  const { accesses, next } = await ledger.accessesOf(tenant, patient, pageAsked(exchange))
  await recordLook(parts, exchange, grant, [patient])
  const entries = await describeAccesses(identity, tenant, accesses)
  const { checkpoint: newest } = await ledger.status(tenant)
  const checkpoint = newest === undefined ? undefined : { size: newest.size, at: new Date(newest.at).toISOString() }
  return { entries, ...present({ next, checkpoint }) }
}

async function personAccess(parts: OfficeParts, exchange: Exchange): Promise<PersonAccess> {
  const { ledger, identity } = parts
  const { tenant, role } = personIn(exchange)
  const grant = grantFor(exchange, 'review-access', 'AuditEvent')
  // Whoever treats a patient may see who else opened that chart; what a colleague does all day is another matter.
  if (role !== 'privacy-officer')
    throw new Refusal('not-permitted', { rule: `role:${role}/access-history`, remedy: 'Ask the privacy officer.' })
  const account = parseId<'account'>(exchange.query.get('account') ?? '')
  if (account === undefined) throw new Refusal('parameter-invalid')
  const { accesses, next } = await ledger.accessesBy(tenant, account, pageAsked(exchange))
  const faces = await facesIn(parts, exchange, accesses)
  await recordLook(parts, exchange, grant, [])
  const entries = await describeAccesses(identity, tenant, accesses)
  const shown = entries.map((entry, index) => ({
    ...entry,
    ...present({ patient: faces.get(patientOf(accesses[index]) ?? '') }),
  }))
  return { entries: shown, ...present({ next }) }
}

/** The patient that an entry is about; a search that listed several is about none of them. */
function patientOf(access: Access | undefined): string | undefined {
  return access?.patients.length === 1 ? access.patients[0] : undefined
}

async function facesIn(
  { records }: OfficeParts,
  exchange: Exchange,
  accesses: readonly Access[],
): Promise<Map<string, PatientHit>> {
  const named = new Set(accesses.flatMap((access) => patientOf(access) ?? []))
  const patients = [...named].flatMap((text) => parseId<'patient'>(text) ?? [])
  if (patients.length === 0) return new Map()
  const found = await records.faces(grantFor(exchange, 'search', 'Patient'), patients, exchange.request)
  return new Map(found.map((one) => [one.face.id, hitOf(one)]))
}

function pageAsked({ query }: Exchange): PageAsk {
  return { count: pageSize, ...present({ before: query.get('before') ?? undefined }) }
}
