import type { FhirRecord } from '@chartkeep/model/office'
import { describe, expect, test } from 'vitest'
import { readAllergy, substanceWords } from './allergy.ts'
import { formatMoney, readBill, readCoverage } from './billing.ts'
import { readProblem } from './condition.ts'
import { decodeInline, formatSize, readDocument } from './document.ts'
import { byVaccine, readDose } from './immunization.ts'
import { dosageText, readMedication } from './medication.ts'
import { addressLines, humanName, readPatient } from './patient.ts'
import { readVisit } from './visit.ts'

const record = (resourceType: string, more: object): FhirRecord => ({ resourceType, id: 'x', ...more })
const coded = (code: string) => ({ coding: [{ code }] })

describe('a problem', () => {
  test('is active until it says otherwise', () => {
    expect(readProblem(record('Condition', { code: { text: 'Asthma' } }))).toMatchObject({
      name: 'Asthma',
      active: true,
    })
    expect(readProblem(record('Condition', { clinicalStatus: coded('remission') }))?.active).toBe(false)
    expect(readProblem(record('Condition', { abatementDateTime: '2020' }))).toMatchObject({
      active: false,
      ended: '2020',
    })
  })
  test('in doubt says so, refuted or entered in error is none', () => {
    expect(readProblem(record('Condition', { verificationStatus: coded('provisional') }))?.doubt).toBe('provisional')
    expect(readProblem(record('Condition', { verificationStatus: coded('confirmed') }))?.doubt).toBeUndefined()
    expect(readProblem(record('Condition', { verificationStatus: coded('refuted') }))).toBeUndefined()
    expect(readProblem(record('Condition', { verificationStatus: coded('entered-in-error') }))).toBeUndefined()
  })
})

describe('a medicine', () => {
  test('is named by its code, by the contained medication, or by the reference', () => {
    const named = (more: object) => readMedication(record('MedicationRequest', more))?.name
    expect(named({ medicationCodeableConcept: { text: 'Metformin 500 mg' } })).toBe('Metformin 500 mg')
    expect(
      named({
        medicationReference: { reference: '#m' },
        contained: [{ resourceType: 'Medication', id: 'm', code: { text: 'Insulin' } }],
      }),
    ).toBe('Insulin')
    expect(named({ medicationReference: { reference: 'Medication/1', display: 'Warfarin' } })).toBe('Warfarin')
    expect(named({})).toBe('Medicine without a name')
  })
  test('on hold is still current, stopped is not', () => {
    expect(readMedication(record('MedicationRequest', { status: 'on-hold' }))?.current).toBe(true)
    expect(readMedication(record('MedicationRequest', { status: 'stopped' }))?.current).toBe(false)
  })
  test.each([
    ['the prescriber’s own words', { text: 'One tablet at night' }, 'One tablet at night'],
    [
      'put together from its parts',
      {
        doseAndRate: [{ doseQuantity: { value: 500, unit: 'mg' } }],
        route: { text: 'oral' },
        timing: { repeat: { frequency: 2, period: 1, periodUnit: 'd' } },
      },
      '500 mg, oral, twice a day',
    ],
    ['every so many hours', { timing: { repeat: { frequency: 1, period: 6, periodUnit: 'h' } } }, 'once every 6 hours'],
    ['as needed with the reason', { asNeededCodeableConcept: { text: 'pain' } }, 'as needed for pain'],
    ['nothing', {}, ''],
  ])('its directions are %s', (_, dosage, words) => {
    expect(dosageText(dosage)).toBe(words)
  })
})

describe('an allergy', () => {
  test('is named by its substance', () => {
    expect(['Allergy to peanut', 'Penicillin V', 'allergy to '].map(substanceWords)).toEqual([
      'Peanut',
      'Penicillin V',
      'Allergy to ',
    ])
  })
  test('"none known" is a record and not a substance', () => {
    expect(readAllergy(record('AllergyIntolerance', { code: coded('716186003') }))?.noneKnown).toBe(true)
    expect(readAllergy(record('AllergyIntolerance', { code: { text: 'Penicillin' } }))?.noneKnown).toBe(false)
  })
  test('is severe by its criticality or by what happened', () => {
    const severe = (more: object) => readAllergy(record('AllergyIntolerance', more))?.severe
    expect(severe({ criticality: 'high' })).toBe(true)
    expect(severe({ reaction: [{ severity: 'severe', manifestation: [{ text: 'Anaphylaxis' }] }] })).toBe(true)
    expect(severe({ criticality: 'low', reaction: [{ severity: 'mild', description: 'Itch' }] })).toBe(false)
  })
})

describe('a document', () => {
  const attachment = (more: object) => ({ content: [{ attachment: more }] })
  test.each([
    ['text in the record is a note', attachment({ contentType: 'text/plain', data: 'QQ==' }), true],
    [
      'text in a file is a note when it is marked as one',
      { ...attachment({ contentType: 'text/plain', url: 'Binary/1' }), category: [coded('clinical-note')] },
      true,
    ],
    ['a text file that someone added is a document', attachment({ contentType: 'text/plain', url: 'Binary/1' }), false],
    ['a scan is a document', attachment({ contentType: 'application/pdf', url: 'Binary/1' }), false],
  ])('%s', (_, more, written) => {
    expect(readDocument(record('DocumentReference', more))?.written).toBe(written)
  })
  test('an addendum names the note it adds to', () => {
    const relatesTo = [{ code: 'appends', target: { reference: 'DocumentReference/7' } }]
    expect(readDocument(record('DocumentReference', { relatesTo }))?.addendumTo).toBe('7')
  })
  test('its text is UTF-8, and what is no base64 is empty rather than a fault', () => {
    expect(decodeInline(btoa(String.fromCodePoint(0xc3, 0xa9)))).toBe('é')
    expect(decodeInline('%%%')).toBe('')
  })
  test('its size is short', () => {
    expect([999, 12_345, 1_234_567, 123_456_789].map(formatSize)).toEqual(['999 B', '12 kB', '1.2 MB', '123 MB'])
  })
})

test('doses of one vaccine stand together, oldest first, and one that was not given says why', () => {
  const dose = (id: string, when: string, more: object = {}) =>
    readDose({
      resourceType: 'Immunization',
      id,
      vaccineCode: coded('140'),
      occurrenceDateTime: when,
      status: 'completed',
      ...more,
    })
  const doses = [
    dose('b', '2025-10-01'),
    dose('a', '2024-10-01'),
    dose('c', '2026-01-01', { status: 'not-done', statusReason: { text: 'Declined' } }),
  ].flatMap((one) => one ?? [])
  const [series] = byVaccine(doses)
  expect(series?.doses.map(({ id, given, reason }) => [id, given, reason])).toEqual([
    ['a', true, undefined],
    ['b', true, undefined],
    ['c', false, 'Declined'],
  ])
})

test('a visit is read with whom, where and why; a procedure is told apart', () => {
  const visit = readVisit(
    record('Encounter', {
      status: 'finished',
      class: { code: 'AMB' },
      type: [{ text: 'Follow-up' }],
      period: { start: '2026-03-12T08:00:00Z' },
      participant: [{ individual: { display: 'Dr Ito' } }],
      reasonCode: [{ text: 'Diabetes' }],
    }),
  )
  expect(visit).toMatchObject({
    kind: 'visit',
    what: 'Follow-up',
    setting: 'Outpatient',
    who: 'Dr Ito',
    reason: 'Diabetes',
  })
  expect(readVisit(record('Procedure', { status: 'completed', performedString: 'around 2010' }))).toMatchObject({
    kind: 'procedure',
    start: 'around 2010',
  })
})

test('money is shown with its currency and two decimals', () => {
  const bill = readBill(
    record('Claim', {
      status: 'active',
      total: { value: 1129.1, currency: 'USD' },
      item: [{ productOrService: { text: 'Visit' } }],
    }),
  )
  expect(bill?.total === undefined ? '' : formatMoney(bill.total)).toBe('1,129.10 USD')
  expect(bill?.lines).toEqual([{ place: 1, what: 'Visit' }])
  expect(readCoverage(record('Coverage', { status: 'active', payor: [{ display: 'Humana' }] }))?.payer).toBe('Humana')
})

test('a person is read with names, addresses and what is only recorded as a letter', () => {
  expect(humanName({ family: 'Rossi', given: ['Maria', 'Pia'] })).toBe('Rossi, Maria Pia')
  expect(humanName({ text: '山田太郎' })).toBe('山田太郎')
  expect(addressLines({ line: ['1 Elm St'], city: 'Bath', state: 'ME', postalCode: '04530' })).toEqual([
    '1 Elm St',
    'Bath ME 04530',
  ])
  const person = readPatient(
    record('Patient', {
      maritalStatus: { text: 'M' },
      communication: [{ language: { text: 'Italian' }, preferred: true }],
      identifier: [{ type: { text: 'Medical record number' }, value: '10293' }],
    }),
  )
  expect(person).toMatchObject({
    maritalStatus: 'Married',
    languages: ['Italian (preferred)'],
    identifiers: [{ label: 'Medical record number', value: '10293' }],
  })
})

test.each<[string, object, string]>([
  [
    'a note that says nothing of its state is not signed, whoever it names',
    { authenticator: { display: 'x' } },
    'unsigned',
  ],
  ['a final one without a signature was received', { docStatus: 'final', author: [{ display: 'x' }] }, 'received'],
  [
    'one with a signature was signed',
    { docStatus: 'final', extension: [{ url: 'urn:chartkeep:signature' }] },
    'signed',
  ],
])('%s', (_, more, state) => {
  expect(readDocument(record('DocumentReference', more))?.signedness.state).toBe(state)
})
