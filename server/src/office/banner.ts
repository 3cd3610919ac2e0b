import type { Banner } from '@chartkeep/model/office'
import { type Id, parseId } from '#base'
import type { Exchange } from '#http'
import { decide, grantFor } from '#policy'
import { parseStored } from '#records'
import { allergiesOf } from './allergies.ts'
import { idIn, patientIn, personIn } from './asking.ts'
import { firstText, objects, present, text } from './elements.ts'
import { openLatest } from './latest.ts'
import type { OfficeParts } from './parts.ts'
import { hitOf } from './patient-hit.ts'

const viewersMs = 30 * 86_400_000
type Viewers = ReturnType<typeof openLatest>

/** The head of a chart. Opening it is one entry, what it shows of allergies another. */
export async function bannerOf(viewers: Viewers, parts: OfficeParts, exchange: Exchange): Promise<Banner> {
  const id = patientIn(exchange)
  const { stored, found } = await parts.records.readPatient(grantFor(exchange, 'read', 'Patient'), id, exchange.request)
  const patient = parseStored(stored.json)
  const [allergies, others] = await Promise.all([
    allergiesOf(parts, exchange, id),
    othersIn(viewers, parts, exchange, id),
  ])
  return {
    ...hitOf(found),
    initials: initialsOf(found.face.name),
    allergies,
    ...present({
      photo: photoOf(exchange, patient['photo']),
      phone: phoneOf(patient['telecom']),
      primaryCare: firstText(patient['generalPractitioner'], 'display'),
      viewers: others,
    }),
  }
}

/** The Binary of the newest photo, for those who may open it. */
function photoOf(exchange: Exchange, photos: unknown): Id<string> | undefined {
  const { actor, purpose } = exchange
  if (!decide({ actor, action: 'read', type: 'Binary', purpose }).allow) return undefined
  const ids = objects(photos).map(({ url }) => parseId<string>(/^Binary\/(.+)$/.exec(text(url) ?? '')?.[1] ?? ''))
  return ids.findLast((id) => id !== undefined)
}

function phoneOf(telecom: unknown): string | undefined {
  const phones = objects(telecom).filter(({ system, use }) => system === 'phone' && use !== 'old')
  const mobile = phones.filter(({ use }) => use === 'mobile')
  return firstText([...mobile, ...phones], 'value')
}

/** Who opened each chart lately, by account; searches that listed the patient do not count. */
export function openViewers({ ledger }: OfficeParts): Viewers {
  return openLatest({
    horizonMs: viewersMs,
    page: (tenant, patient, asked) => ledger.accessesOf(tenant, idIn<'patient'>(patient), asked),
    nameOf: ({ actor, action, outcome }) =>
      actor.kind === 'person' && action !== 'search' && outcome === 'done' ? actor.id : undefined,
  })
}

/** How many others opened the chart lately, for those who may see who. */
async function othersIn(
  viewers: Viewers,
  { clock }: OfficeParts,
  exchange: Exchange,
  patient: Id<'patient'>,
): Promise<number | undefined> {
  const actor = personIn(exchange)
  const { purpose } = exchange
  if (!decide({ actor, action: 'review-access', type: 'AuditEvent', purpose }).allow) return undefined
  const seen = await viewers(actor.tenant, patient, clock.now())
  return seen.size - (seen.has(actor.id) ? 1 : 0)
}

/** `Lindqvist, Nora Maria` → NL. */
function initialsOf(name: string): string {
  const [family = '', given = ''] = name.split(', ')
  return ([...given].slice(0, 1).join('') + [...family].slice(0, 1).join('')).toUpperCase()
}
