import { isObject, type Resource } from '@chartkeep/model/fhir'
import { newId } from '#base'
import type { Grant } from '#policy'
import { factsOf } from './facts.ts'
import { faceOf } from './patient-face.ts'
import type { PatientFace } from './patient-index.ts'
import type { Patients } from './patients.ts'
import type { ReadStores } from './read.ts'
import { openVisible, type Stored, storedOf } from './visible.ts'

/** How sure it is that a record is of the person described (http://hl7.org/fhir/R4/valueset-match-grade.html). */
export type MatchGrade = 'certain' | 'probable' | 'possible'

export interface PatientMatch {
  readonly stored: Stored
  /** 0 to 1. */
  readonly score: number
  readonly grade: MatchGrade
}

export interface MatchAsk {
  /** A Patient as far as it is known. */
  readonly described: Resource
  readonly count: number
  /** Only the one of whom it is certain; of two such, none. */
  readonly onlyCertain: boolean
}

// A look at more candidates than these would not be a match but a search.
const mostCandidates = 200
// Each is looked for among all patients; nobody is described by more.
const mostNumbers = 50
const least = 0.5

/**
 * Patients who may be the person described, likeliest first. The entry names every patient returned. Candidates come
 * from the index in memory: the same birth date and a shared name, the same name with a birth date alike, or a number.
 */
export async function matchPatients(
  stores: ReadStores & { readonly patients: Patients },
  grant: Grant<'search'>,
  { described, count, onlyCertain }: MatchAsk,
  request: string,
): Promise<PatientMatch[]> {
  const { tenant } = grant.question.actor
  const face = faceOf({ ...described, id: newId(0), meta: {} })
  const index = stores.patients.index(tenant)
  const ids = new Set(index.likely(face).map(({ id }) => id))
  for (const number of face.numbers.slice(0, mostNumbers))
    if (number.length > 2) for (const id of index.beginning(number).slice(0, mostCandidates)) ids.add(id)
  const rows = await stores.newest(tenant, [...ids].slice(0, mostCandidates))
  const found: PatientMatch[] = []
  for (const row of rows) {
    if (row === undefined || row.deleted || row.type !== 'Patient') continue
    const opened = await openVisible(stores.patientKeys, grant, row)
    if (opened === undefined) continue
    const match = judge(face, described, faceOf(opened.resource), opened.resource)
    if (match.score >= least) found.push({ ...match, stored: storedOf(opened) })
  }
  const ranked = found.toSorted((a, b) => b.score - a.score)
  const certain = ranked.filter(({ grade }) => grade === 'certain')
  const shown = onlyCertain ? (certain.length === 1 ? certain : []) : ranked.slice(0, count)
  await stores.ledger.record(
    factsOf([grant], request, stores.clock, {
      action: '$match',
      types: ['Patient'],
      patients: shown.map(({ stored }) => stored.patient),
      records: shown.map(({ stored: { type, id, version } }) => ({ type, id, version })),
    }),
  )
  return shown
}

/** Points for what agrees, fewer for what contradicts. A shared identifier with a shared name or birth date is certain. */
function judge(
  asked: PatientFace,
  described: Resource,
  face: PatientFace,
  resource: Resource,
): Pick<PatientMatch, 'score' | 'grade'> {
  const agrees = (one: string | undefined, other: string | undefined): number =>
    one === undefined || one === '' || other === undefined || other === '' ? 0 : one === other ? 1 : -0.5
  const known = new Set(identifiersOf(resource))
  const identifier = identifiersOf(described).some((one) => known.has(one)) ? 1 : 0
  const family = agrees(asked.family, face.family)
  const given = agrees(asked.given, face.given)
  const born = agrees(asked.birthDate, face.birthDate)
  const sex = agrees(asked.sex, face.sex)
  const numbers = new Set(face.numbers)
  const number = asked.numbers.some((one) => one.length > 5 && numbers.has(one)) ? 1 : 0
  const points = identifier * 0.5 + family * 0.25 + given * 0.2 + born * 0.3 + sex * 0.05 + number * 0.1
  const score = Math.round(Math.min(1, Math.max(0, points)) * 100) / 100
  const certain = identifier === 1 && (born === 1 || family === 1) && born >= 0 && family >= 0
  return { score, grade: certain ? 'certain' : score >= 0.75 ? 'probable' : 'possible' }
}

function identifiersOf({ identifier }: Resource): string[] {
  const list: unknown[] = Array.isArray(identifier) ? identifier : []
  return list
    .filter(isObject)
    .flatMap(({ system, value }) =>
      typeof value === 'string' ? [`${typeof system === 'string' ? system : ''}|${value}`] : [],
    )
}
