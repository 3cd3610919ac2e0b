import { displayName, type HumanName, type Identifier, type Resource } from '@chartkeep/model/fhir'
import { parseId } from '#base'
import { normalise, type PatientFace } from './patient-index.ts'

/** What the in-memory index keeps of a Patient. */
export function faceOf(patient: Resource): PatientFace {
  const id = parseId<'patient'>(patient.id ?? '')
  if (id === undefined) throw new Error('a stored patient has an id of ours')
  const names = list<HumanName>(patient['name'])
  const official =
    names.find(({ use }) => use === 'official') ??
    names.find(({ use }) => use !== 'nickname' && use !== 'old') ??
    names[0]
  const nickname = names.find(({ use }) => use === 'nickname' || (use === 'usual' && official?.use !== 'usual'))
  const identifiers = list<Identifier>(patient['identifier'])
  const mrn = identifiers.find(({ type }) => type?.coding?.some(({ code }) => code === 'MR')) ?? identifiers[0]
  const numbers = [
    ...identifiers.map(({ value }) => value),
    ...list<{ system?: string; value?: string }>(patient['telecom']).map(({ value }) => value),
  ]
  return {
    id,
    version: Number(patient.meta?.versionId ?? 0),
    name: official === undefined ? '' : displayName([official], 'family-first'),
    preferredName: nickname?.given?.[0] ?? nickname?.text,
    birthDate: text(patient['birthDate']),
    sex: text(patient['gender']),
    mrn: mrn?.value,
    deceased: patient['deceasedBoolean'] === true || patient['deceasedDateTime'] !== undefined,
    nameParts: [
      ...new Set(
        names.flatMap((name) =>
          normalise(
            [name.text, name.family, ...(name.given ?? []), ...(name.prefix ?? []), ...(name.suffix ?? [])]
              .filter((part) => part !== undefined)
              .join(' '),
          ),
        ),
      ),
    ],
    family: normalise(official?.family ?? '').join(' '),
    given: normalise(official?.given?.[0] ?? '').join(' '),
    numbers: numbers.flatMap((value) =>
      value === undefined ? [] : [value.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, ''), ...normalise(value)],
    ),
  }
}

function list<T>(value: unknown): T[] {
  // oxlint-disable-next-line no-unsafe-type-assertion -- the resource was validated before it was stored
  return Array.isArray(value) ? (value as T[]) : []
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
