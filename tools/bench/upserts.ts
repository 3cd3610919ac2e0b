import { type Load, shot, type Shot, type Target } from './load.ts'

const callers = 32
// Callers that have one number at once would wait for each other.
const apart = 1000

/** How interfaces and schedules ask: by their own numbers, and by the days of a month. */
export function upsertLoads(target: Target, patients: readonly string[]) {
  return {
    // `PUT Observation?identifier=`, half of them of a record that is there.
    writes: { callers, next: conditionalWrites(target, patients) },
    // A search by identifier, a conditional update, a conditional create of what is there, in turn.
    mix: { callers, next: mixed(target, patients) },
    // 50 encounters of a month.
    months: { callers: 8, next: encountersOfMonth(target) },
  } satisfies Record<string, Load>
}

/** Each number twice: a create, and later an update. */
export function conditionalWrites(target: Target, patients: readonly string[]): (index: number) => Shot {
  const { put } = numbered(target, patients)
  return (index) => put(Math.floor(index / (2 * apart)) * apart + (index % apart))
}

function mixed(target: Target, patients: readonly string[]): (index: number) => Shot {
  const { put, named, body } = numbered(target, patients)
  return (index) => {
    const number = index % apart
    if (index % 3 === 0) return shot(target, 'GET', `/fhir/R4/Observation?${named(number)}`)
    if (index % 3 === 1) return put(number)
    return shot(target, 'POST', '/fhir/R4/Observation', body(number), [`if-none-exist: ${named(number)}`])
  }
}

export function encountersOfMonth(target: Target): (index: number) => Shot {
  const dayOf = (month: number): string => new Date(Date.UTC(2025, month, 1)).toISOString().slice(0, 10)
  return (index) =>
    shot(target, 'GET', `/fhir/R4/Encounter?date=ge${dayOf(index % 12)}&date=lt${dayOf((index % 12) + 1)}&_count=50`)
}

function numbered(target: Target, patients: readonly string[]) {
  // Another run on the same practice begins anew.
  const system = `urn:bench:${Date.now().toString(36)}`
  const named = (number: number): string => `identifier=${encodeURIComponent(`${system}|ACC-${number}`)}`
  const body = (number: number): string =>
    JSON.stringify(result(patients[number % patients.length] ?? '', { system, value: `ACC-${number}` }, number))
  const put = (number: number): Shot => shot(target, 'PUT', `/fhir/R4/Observation?${named(number)}`, body(number))
  return { named, body, put }
}

function result(patient: string, identifier: object, number: number): object {
  return {
    resourceType: 'Observation',
    identifier: [identifier],
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code: '8867-4', display: 'Heart rate' }], text: 'Heart rate' },
    subject: { reference: `Patient/${patient}` },
    effectiveDateTime: new Date(1.7e12 + number * 60_000).toISOString(),
    valueQuantity: { value: 50 + (number % 70), unit: '/min', system: 'http://unitsofmeasure.org', code: '/min' },
  }
}
