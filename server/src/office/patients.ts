import { codeText, type Resource } from '@chartkeep/model/fhir'
import type { AllergyStatus, Banner, PatientHit, PatientHits, Refused } from '@chartkeep/model/office'
import { type Id, parseId, Refusal } from '#base'
import type { Exchange, Route } from '#http'
import { decide } from '#policy'
import { type FoundPatient, parseStored } from '#records'
import { json, readFields, textIn } from './body.ts'
import { grantFor, officeRoute, type OfficeParts, patientIn, personIn } from './parts.ts'

const mostHits = 50
const recentLooks = 200
const recentShown = 10
const viewersMs = 30 * 86_400_000

export function hitOf({ face, likely }: FoundPatient): PatientHit {
  const { id, name, preferredName, birthDate, sex, mrn, deceased } = face
  return {
    id,
    name,
    deceased,
    duplicates: likely,
    ...(preferredName === undefined ? {} : { preferredName }),
    ...(birthDate === undefined ? {} : { birthDate }),
    ...(sex === 'male' || sex === 'female' || sex === 'other' || sex === 'unknown' ? { sex } : {}),
    ...(mrn === undefined ? {} : { mrn }),
  }
}

export function patientRoutes(parts: OfficeParts): readonly Route[] {
  const { records } = parts
  return [
    officeRoute(
      'POST',
      '/patients/search',
      'search',
      async (exchange) => {
        const grant = grantFor(exchange, 'search', 'Patient')
        const fields = await readFields(exchange)
        const limit =
          typeof fields['limit'] === 'number' && Number.isInteger(fields['limit'])
            ? Math.min(Math.max(fields['limit'], 1), mostHits)
            : 20
        const { patients, more } = await records.findPatients(
          grant,
          textIn(fields, 'text', 200),
          limit,
          exchange.request,
        )
        return json({ patients: patients.map(hitOf), more } satisfies PatientHits)
      },
      ['Patient'],
    ),
    officeRoute(
      'GET',
      '/patients/recent',
      'search',
      async (exchange) => {
        const grant = grantFor(exchange, 'search', 'Patient')
        const person = personIn(exchange)
        const { accesses } = await parts.ledger.accessesBy(person.tenant, person.id, { count: recentLooks })
        // A search shows many; a chart that was opened is an entry about one.
        const opened = new Set(
          accesses.flatMap(({ action, patients }) => (action === 'read' && patients.length === 1 ? patients : [])),
        )
        const ids = [...opened].slice(0, recentShown).flatMap((text) => parseId<'patient'>(text) ?? [])
        const found = await records.faces(grant, ids, exchange.request)
        return json({ patients: found.map(hitOf), more: false } satisfies PatientHits)
      },
      ['Patient'],
    ),
    officeRoute('GET', '/patients/:id/banner', 'read', async (exchange) => json(await bannerOf(parts, exchange)), [
      'Patient',
      'AllergyIntolerance',
    ]),
  ]
}

async function bannerOf(parts: OfficeParts, exchange: Exchange): Promise<Banner> {
  const { records } = parts
  const id = patientIn(exchange)
  const stored = await records.read(grantFor(exchange, 'read', 'Patient'), id, exchange.request)
  const patient = parseStored(stored.json)
  const [found] = await records.faces(grantFor(exchange, 'search', 'Patient'), [id], exchange.request)
  if (found === undefined) throw new Refusal('not-found')
  const [allergies, viewers] = await Promise.all([allergiesOf(parts, exchange, id), viewersOf(parts, exchange, id)])
  const phone = firstText(patient['telecom'], 'value')
  const primaryCare = firstText(patient['generalPractitioner'], 'display')
  return {
    ...hitOf(found),
    initials: initialsOf(found.face.name),
    allergies,
    ...(phone === undefined ? {} : { phone }),
    ...(primaryCare === undefined ? {} : { primaryCare }),
    ...(viewers === undefined ? {} : { viewers }),
  }
}

/** "Not asked" has no record; "none known" is a record that says so (SNOMED CT 716186003 and the like). */
const noneKnown = new Set(['716186003', '409137002', '428607008', '429625007', '1003774007', 'no-known-allergies'])
const inactive = new Set(['inactive', 'resolved', 'entered-in-error', 'refuted'])

async function allergiesOf(
  { records }: OfficeParts,
  exchange: Exchange,
  patient: Id<'patient'>,
): Promise<AllergyStatus> {
  const decision = decide({
    actor: personIn(exchange),
    action: 'search',
    type: 'AllergyIntolerance',
    purpose: exchange.purpose,
  })
  if (!decision.allow) {
    const reason: Refused = {
      code: decision.code,
      text: 'Allergies are not shown to this role.',
      rule: decision.rule,
      remedy: decision.remedy,
      reference: exchange.request,
    }
    return { status: 'not-shown', reason }
  }
  const { records: found } = await records.chart(
    [grantFor(exchange, 'search', 'AllergyIntolerance')],
    { patient, types: ['AllergyIntolerance'], count: 200 },
    exchange.request,
  )
  const active = found
    .map(({ json: text }) => parseStored(text))
    .filter(
      (one) =>
        !codesIn(one['clinicalStatus']).some((code) => inactive.has(code)) &&
        !codesIn(one['verificationStatus']).some((code) => inactive.has(code)),
    )
  const known = active.filter((one) => !codesIn(one['code']).some((code) => noneKnown.has(code)))
  if (known.length === 0) return { status: active.length === 0 ? 'not-asked' : 'none-known' }
  return { status: 'known', allergies: known.map(allergyOf).toSorted((a, b) => Number(b.severe) - Number(a.severe)) }
}

function allergyOf(allergy: Resource) {
  const reactions = objects(allergy['reaction'])
  const reaction = reactions.flatMap((one) => objects(one['manifestation'])).map((concept) => codeText(concept))[0]
  const severe = allergy['criticality'] === 'high' || reactions.some((one) => one['severity'] === 'severe')
  return {
    text: codeText(allergy['code'] ?? {}),
    severe,
    ...(reaction === undefined || reaction === '' ? {} : { reaction }),
  }
}

/** How many others opened the chart lately, for those who may see who. */
async function viewersOf(
  { ledger, clock }: OfficeParts,
  exchange: Exchange,
  patient: Id<'patient'>,
): Promise<number | undefined> {
  const person = personIn(exchange)
  if (!decide({ actor: person, action: 'review-access', type: 'AuditEvent', purpose: exchange.purpose }).allow)
    return undefined
  const { accesses } = await ledger.accessesOf(person.tenant, patient, { count: 1000 })
  const since = clock.now() - viewersMs
  const others = accesses.filter(
    ({ at, actor, outcome, action }) =>
      at >= since && outcome === 'done' && action !== 'search' && actor.kind === 'person' && actor.id !== person.id,
  )
  return new Set(others.map(({ actor }) => actor.id)).size
}

function initialsOf(name: string): string {
  const [family = '', given = ''] = name.split(', ')
  return ([...given].slice(0, 1).join('') + [...family].slice(0, 1).join('')).toUpperCase()
}

function objects(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value)
    ? value.filter((one): one is Record<string, unknown> => typeof one === 'object' && one !== null)
    : []
}

function firstText(value: unknown, name: string): string | undefined {
  return objects(value)
    .map((one) => one[name])
    .find((one) => typeof one === 'string')
}

function codesIn(concept: unknown): string[] {
  const coding = typeof concept === 'object' && concept !== null && 'coding' in concept ? concept.coding : undefined
  return objects(coding).flatMap(({ code }) => (typeof code === 'string' ? [code] : []))
}
