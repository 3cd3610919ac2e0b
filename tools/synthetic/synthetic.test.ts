import { createHash } from 'node:crypto'
import { validate } from '@chartkeep/model/fhir'
import { claimErrors } from '@chartkeep/model/profiles'
import { expect, test } from 'vitest'
import { type Entry, type Resource, type SynthesisOptions, synthesize, transactionOf } from './index.ts'
import { everyName, traditions } from './names.ts'

const options: SynthesisOptions = { seed: 'test', patients: 60, today: '2026-11-22' }
const made = synthesize(options)
const patients = [...made.patients()]
const everything = [...made.entries, ...patients.flatMap(({ entries }) => entries)]

function digest(source: SynthesisOptions): string {
  const hash = createHash('sha256')
  const practice = synthesize(source)
  hash.update(JSON.stringify([practice.entries, practice.staff]))
  for (const { entries } of practice.patients()) hash.update(JSON.stringify(entries))
  return hash.digest('hex')
}

test('the same seed, size and date give the same bytes; another of any of them gives others', () => {
  const small = { ...options, patients: 8 }
  expect(digest(small)).toBe(digest(small))
  const others = [{ seed: 'other' }, { today: '2026-11-23' }, { patients: 9 }, { now: '15:00' }, { offset: '-05:00' }]
  expect(new Set([small, ...others.map((other) => ({ ...small, ...other }))].map(digest)).size).toBe(others.length + 1)
})

test('a patient is the same however many come after, but for today’s board', () => {
  const few = [...synthesize({ ...options, patients: 10 }).patients()]
  const history = (entries: readonly Entry[]): Resource[] =>
    entries
      .slice(0, -2)
      .map(({ resource }) => resource)
      .filter(({ resourceType }) => resourceType === 'Observation')
  // The practice differs in nothing at these sizes, so results are the same to the last digit.
  expect(history(few[4]?.entries ?? [])).toEqual(history(patients[4]?.entries ?? []))
})

test('every resource is valid R4, and follows the profiles that it claims', () => {
  const findings = everything.flatMap(({ resource }) =>
    [...validate(resource), ...claimErrors(resource)].map((finding) => ({ type: resource.resourceType, ...finding })),
  )
  expect(findings).toEqual([])
})

test('every fullUrl is a UUID of its own', () => {
  expect(new Set(everything.map(({ fullUrl }) => fullUrl)).size).toBe(everything.length)
  const uuid = /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
  expect(everything.filter(({ fullUrl }) => !uuid.test(fullUrl))).toEqual([])
})

/** References and links to attachments. */
function targets(resource: Resource): string[] {
  const found = JSON.stringify(resource).matchAll(/"((?:urn:uuid:|[A-Z][A-Za-z]+\?identifier=)[^"]+)"/g)
  return [...found].map(([, target = '']) => target)
}

test('every reference leads to the same patient’s entries or to the practice’s', () => {
  const ofPractice = new Set(made.entries.map(({ fullUrl }) => fullUrl))
  for (const { entries } of patients) {
    const own = new Set(entries.map(({ fullUrl }) => fullUrl))
    const loose = entries
      .flatMap(({ resource }) => targets(resource))
      .filter((target) => !own.has(target) && !ofPractice.has(target))
    expect(loose).toEqual([])
  }
})

test('a reference goes back, never forward, so that entries can be stored in their order', () => {
  for (const { entries } of patients) {
    const stored = new Set(made.entries.map(({ fullUrl }) => fullUrl))
    for (const { fullUrl, resource } of entries) {
      expect(targets(resource).filter((target) => !stored.has(target))).toEqual([])
      stored.add(fullUrl)
    }
  }
})

test('with conditional references a patient’s bundle stands alone beside a stored practice', () => {
  const conditional = synthesize({ ...options, patients: 6, references: 'conditional' })
  for (const { entries } of conditional.patients()) {
    const own = new Set(entries.map(({ fullUrl }) => fullUrl))
    const outward = entries.flatMap(({ resource }) => targets(resource)).filter((target) => !own.has(target))
    expect(outward.filter((target) => !/^[A-Z][A-Za-z]+\?identifier=[^|]+\|.+$/.test(target))).toEqual([])
  }
})

const plans = new Set(['Appointment', 'Slot', 'Schedule'])

test('nothing happens before birth, after death or after today', () => {
  for (const { patient, entries } of patients) {
    const { birthDate, deceasedDateTime } = patient.resource
    const last = String(deceasedDateTime ?? options.today)
    for (const { resource } of entries.filter((entry) => !plans.has(entry.resource.resourceType))) {
      const dates = JSON.stringify(resource).match(/(?<=")(19|20)\d\d-\d\d-\d\d(?=["T])/g) ?? []
      expect(dates.filter((date) => date < String(birthDate) || date > last)).toEqual([])
    }
  }
})

test('a transaction holds every entry, to be created under an id of the server’s', () => {
  const entries = patients[0]?.entries ?? []
  const bundle = transactionOf(entries)
  expect(validate(bundle)).toEqual([])
  expect(JSON.stringify(bundle).match(/"method":"POST"/g)?.length).toBe(entries.length)
})

function ofType(type: string, among: readonly Entry[] = everything): Resource[] {
  return among.map(({ resource }) => resource).filter(({ resourceType }) => resourceType === type)
}

test('the board of today has 18 to 25 appointments in different statuses', () => {
  const appointments = ofType('Appointment')
  expect(appointments.length).toBeGreaterThanOrEqual(18)
  expect(appointments.length).toBeLessThanOrEqual(25)
  expect(new Set(appointments.map(({ status }) => status)).size).toBeGreaterThanOrEqual(4)
  expect(appointments.every(({ start }) => String(start).startsWith(options.today))).toBe(true)
})

test('some patients have allergies, some have none known, some were never asked', () => {
  const texts = patients.map(({ entries }) => JSON.stringify(ofType('AllergyIntolerance', entries)))
  expect(texts.some((text) => text === '[]')).toBe(true)
  expect(texts.some((text) => text.includes('"716186003"'))).toBe(true)
  expect(texts.some((text) => text.includes('"criticality":"high"'))).toBe(true)
})

test('there are long names, names in other scripts, the dead, families and people entered twice', () => {
  const names = patients.map(({ patient }) => JSON.stringify(patient.resource['name']))
  expect(names.some((name) => /[\u0590-\u06ff]/.test(name) || /[\u0370-\u04ff\u3000-\u9fff]/.test(name))).toBe(true)
  expect(names.some((name) => name.length > 110)).toBe(true)
  expect(names.some((name) => name.includes('"nickname"'))).toBe(true)
  expect(patients.some(({ patient }) => patient.resource['deceasedDateTime'] !== undefined)).toBe(true)
  expect(ofType('RelatedPerson').length).toBeGreaterThan(5)
  const births = patients.map(
    ({ patient }) => `${String(patient.resource['birthDate'])} ${JSON.stringify(patient.resource['address'])}`,
  )
  expect(new Set(births).size).toBeLessThan(births.length)
})

test('no two patients share a medical record number', () => {
  const numbers = patients.map(({ patient }) => JSON.stringify(patient.resource['identifier']))
  expect(new Set(numbers).size).toBe(numbers.length)
})

test('notes are signed, and some have an addendum that appends to them', () => {
  const notes = ofType('DocumentReference')
  expect(notes.every(({ docStatus }) => docStatus === 'final')).toBe(true)
  expect(notes.some(({ relatesTo }) => JSON.stringify(relatesTo ?? '').includes('"appends"'))).toBe(true)
})

test('an abnormal result is flagged as its reference range says', () => {
  const results = ofType('Observation').filter(({ referenceRange }) => referenceRange !== undefined)
  expect(results.length).toBeGreaterThan(500)
  for (const result of results) {
    const { valueQuantity, referenceRange, interpretation } = result as unknown as {
      valueQuantity: { value: number }
      referenceRange: [{ low?: { value: number }; high?: { value: number } }]
      interpretation: [{ coding: [{ code: string }] }]
    }
    const [{ low, high }] = referenceRange
    const { value } = valueQuantity
    const flag = high !== undefined && value > high.value ? 'H' : low !== undefined && value < low.value ? 'L' : 'N'
    expect(interpretation[0].coding[0].code).toBe(flag)
  }
})

test('every role has somebody, and whoever cares for patients is a Practitioner', () => {
  expect(new Set(made.staff.flatMap(({ roles }) => roles))).toEqual(
    new Set(['front-desk', 'nurse', 'clinician', 'biller', 'privacy-officer', 'administrator']),
  )
  const practitioners = new Map(made.entries.map(({ fullUrl, resource }) => [fullUrl, resource.resourceType]))
  for (const { role, practitioner } of made.staff) {
    expect(practitioner === undefined ? undefined : practitioners.get(practitioner)).toBe(
      role === 'clinician' || role === 'nurse' ? 'Practitioner' : undefined,
    )
  }
  expect(new Set(made.staff.map(({ user }) => user)).size).toBe(made.staff.length)
})

test('a heavy patient has exactly as many resources as asked for', () => {
  const practice = synthesize({ seed: 1, today: '2026-11-22', patients: 1 })
  const history = practice.heavyPatient(0, 5000)
  expect(history.entries.length).toBe(5000)
  expect(practice.heavyPatient(1, 500).patient.resource['identifier']).not.toEqual(
    history.patient.resource['identifier'],
  )
  const known = new Set([...practice.entries, ...history.entries].map(({ fullUrl }) => fullUrl))
  expect(history.entries.flatMap(({ resource }) => targets(resource)).filter((target) => !known.has(target))).toEqual(
    [],
  )
})

test('memory does not grow with the number of patients: any block is made without those before it', () => {
  let seen = 0
  for (const { entries } of synthesize({ ...options, patients: 100_000 }).patients()) {
    seen += entries.length
    if (seen > 3000) break
  }
  expect(seen).toBeGreaterThan(3000)
})

test('there are at least 300 given and 400 family names', () => {
  expect(new Set(traditions.flatMap(({ female, male }) => [...female, ...male])).size).toBeGreaterThanOrEqual(300)
  expect(new Set(traditions.flatMap(({ family }) => family)).size).toBeGreaterThanOrEqual(400)
  expect(everyName().every((name) => /^[\p{L}'’-]+$/u.test(name))).toBe(true)
})

test('a date or a time that cannot be read is refused', () => {
  expect(() => synthesize({ ...options, today: 'yesterday' })).toThrow('YYYY-MM-DD')
  expect(() => [...synthesize({ ...options, now: '25:00' }).patients()]).toThrow('HH:MM')
})
