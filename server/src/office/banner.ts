import type { Banner } from '@chartkeep/model/office'
import { type Id, parseId } from '#base'
import type { Exchange } from '#http'
import { decide, grantFor } from '#policy'
import { parseStored } from '#records'
import { allergiesOf } from './allergies.ts'
import { patientIn, personIn } from './asking.ts'
import { firstText, objects, present, text } from './elements.ts'
import type { OfficeParts } from './parts.ts'
import { hitOf } from './patient-hit.ts'

const viewersMs = 30 * 86_400_000
const looks = { atOnce: 1000, pages: 5 }

/** The head of a chart. Opening it is one entry, what it shows of allergies another. */
export async function bannerOf(parts: OfficeParts, exchange: Exchange): Promise<Banner> {
  const id = patientIn(exchange)
  const { stored, found } = await parts.records.readPatient(grantFor(exchange, 'read', 'Patient'), id, exchange.request)
  const patient = parseStored(stored.json)
  const [allergies, viewers] = await Promise.all([allergiesOf(parts, exchange, id), viewersOf(parts, exchange, id)])
  return {
    ...hitOf(found),
    initials: initialsOf(found.face.name),
    allergies,
    ...present({
      photo: photoOf(exchange, patient['photo']),
      phone: phoneOf(patient['telecom']),
      primaryCare: firstText(patient['generalPractitioner'], 'display'),
      viewers,
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

/** How many others opened the chart lately, for those who may see who. */
async function viewersOf(
  { ledger, clock }: OfficeParts,
  exchange: Exchange,
  patient: Id<'patient'>,
): Promise<number | undefined> {
  const person = personIn(exchange)
  const { purpose } = exchange
  if (!decide({ actor: person, action: 'review-access', type: 'AuditEvent', purpose }).allow) return undefined
  const since = clock.now() - viewersMs
  const others = new Set<string>()
  let before: string | undefined
  for (let page = 0; page < looks.pages; page++) {
    const asked = { count: looks.atOnce, ...(before === undefined ? {} : { before }) }
    const { accesses, next } = await ledger.accessesOf(person.tenant, patient, asked)
    const lately = accesses.filter(({ at }) => at >= since)
    for (const { actor, action, outcome } of lately) {
      if (outcome !== 'done' || action === 'search' || actor.kind !== 'person') continue
      if (actor.id !== undefined && actor.id !== person.id) others.add(actor.id)
    }
    before = next
    if (before === undefined || lately.length < accesses.length) break
  }
  return others.size
}

/** `Lindqvist, Nora Maria` → NL. */
function initialsOf(name: string): string {
  const [family = '', given = ''] = name.split(', ')
  return ([...given].slice(0, 1).join('') + [...family].slice(0, 1).join('')).toUpperCase()
}
