import { displayName, type Resource } from '@chartkeep/model/fhir'
import type { ResourceOf } from '@chartkeep/model/types'
import { parseId } from '#base'
import { normalise, type PatientFace } from './patient-index.ts'

/** What the in-memory index keeps of a Patient. */
export function faceOf(resource: Resource): PatientFace {
  // oxlint-disable-next-line no-unsafe-type-assertion -- a Patient, which was validated before it was stored
  const patient = resource as Partial<ResourceOf<'Patient'>>
  const id = parseId<'patient'>(patient.id ?? '')
  if (id === undefined) throw new Error('a stored patient has an id of ours')
  const names = patient.name ?? []
  const official =
    names.find(({ use }) => use === 'official') ??
    names.find(({ use }) => use !== 'nickname' && use !== 'old') ??
    names[0]
  const nickname = names.find(({ use }) => use === 'nickname' || (use === 'usual' && official?.use !== 'usual'))
  const identifiers = patient.identifier ?? []
  const mrn = identifiers.find(({ type }) => type?.coding?.some(({ code }) => code === 'MR')) ?? identifiers[0]
  const numbers = [...identifiers.map(({ value }) => value), ...(patient.telecom ?? []).map(({ value }) => value)]
  return {
    id,
    version: Number(patient.meta?.versionId ?? 0),
    name: official === undefined ? '' : displayName([official], 'family-first'),
    preferredName: nickname?.given?.[0] ?? nickname?.text,
    birthDate: patient.birthDate,
    sex: patient.gender,
    mrn: mrn?.value,
    deceased: patient.deceasedBoolean === true || patient.deceasedDateTime !== undefined,
    nameParts: [
      ...new Set(
        names.flatMap((name) =>
          normalise(
            [name.text, name.family, ...(name.given ?? []), ...(name.prefix ?? []), ...(name.suffix ?? [])].join(' '),
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
