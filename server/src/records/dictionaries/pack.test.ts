import { codeOfType, type ResourceType } from '@chartkeep/model/fhir'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fold, unfold } from './fold.ts'
import { pack, type RowFacts, unpack } from './pack.ts'

const id = '01a2027b-d849-8b8c-8dfb-698ccf5453f0'
const patient = '01a2027b-d803-8b8c-8446-7f1ca4f5f962'
const updated = Date.UTC(2026, 10, 22, 9, 0, 1, 364)
const limit = 1 << 20

function row(type: ResourceType, more: Partial<RowFacts> = {}): RowFacts {
  return { type, typeCode: codeOfType(type), id, version: 1, updated, patient, ...more }
}

function stored(type: string, elements: object): Buffer {
  const meta = { versionId: '1', lastUpdated: new Date(updated).toISOString() }
  return Buffer.from(JSON.stringify({ resourceType: type, id, meta, ...elements }))
}

const json = fc.json({ maxDepth: 4 }).map((text) => Buffer.from(text))

test('every JSON text comes back byte for byte, of any type and any row', () => {
  const rows = fc.record({
    type: fc.constantFrom<ResourceType>('Observation', 'Patient', 'Binary', 'Basic'),
    version: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
    updated: fc.integer({ min: 0, max: 4e12 }),
    patient: fc.option(fc.uuid(), { nil: undefined }),
    id: fc.uuid(),
  })
  fc.assert(
    fc.property(json, rows, (text, facts) => {
      const place = row(facts.type, facts)
      const { dictionary, packed } = pack(text, place)
      expect(unpack(dictionary, packed, place, limit)).toEqual(text)
    }),
  )
})

test('what the row says costs a few bytes, not a hundred', () => {
  const text = stored('Observation', { subject: { reference: `Patient/${patient}` } })
  expect(text.length).toBeGreaterThan(200)
  expect(pack(text, row('Observation')).packed.length).toBeLessThan(40)
})

test('another row’s facts give another text: the seal must bind all of them', () => {
  const text = stored('Observation', { subject: { reference: `Patient/${patient}` } })
  const { dictionary, packed } = pack(text, row('Observation'))
  expect(unpack(dictionary, packed, row('Observation', { version: 2 }), limit)).not.toEqual(text)
})

test('packing two records in turn leaves nothing of one in the other', () => {
  const first = stored('Observation', { valueString: 'first' })
  const second = stored('Observation', { valueString: 'second' })
  const other = row('Observation', { patient: undefined })
  const a = pack(first, row('Observation'))
  const b = pack(second, other)
  expect(unpack(a.dictionary, a.packed, row('Observation'), limit)).toEqual(first)
  expect(unpack(b.dictionary, b.packed, other, limit)).toEqual(second)
})

test('an unknown dictionary opens nothing, and a body beyond the limit is refused', () => {
  const { dictionary, packed } = pack(stored('Basic', { valueString: 'a'.repeat(5000) }), row('Basic'))
  expect(unpack(255, packed, row('Basic'), limit)).toBeUndefined()
  expect(() => unpack(dictionary, packed, row('Basic'), 1000)).toThrow()
})

test('base64 in data elements is kept as bytes and comes back as it was written', () => {
  const attachments = fc.array(
    fc.record({
      data: fc.uint8Array({ maxLength: 200, size: 'max' }).map((bytes) => Buffer.from(bytes).toString('base64')),
      title: fc.string(),
    }),
  )
  fc.assert(
    fc.property(attachments, (list) => {
      const text = Buffer.from(JSON.stringify(list))
      expect(unfold(fold(text, row('Basic')), row('Basic'))).toEqual(text)
    }),
  )
  const note = { data: Buffer.from('word '.repeat(100)).toString('base64') }
  expect(fold(Buffer.from(JSON.stringify(note)), row('Basic')).length).toBeLessThan(520)
})

test.each([
  ['text that is not base64', 'x'.repeat(39)],
  ['base64 with bits to spare', `${'A'.repeat(41)}B==`],
  ['base64 of the URL alphabet', '-_'.repeat(20)],
  ['base64 with line breaks', `${'A'.repeat(20)}\n${'A'.repeat(20)}`],
])('%s stays as it is', (_, data) => {
  const text = Buffer.from(JSON.stringify({ data }))
  expect(fold(text, row('Basic'))).toEqual(text)
})

test('a string that looks like a data element is left alone', () => {
  const text = Buffer.from(JSON.stringify({ note: `"data":"${'A'.repeat(40)}"`, data: 'QUJD'.repeat(20) }))
  expect(unfold(fold(text, row('Basic')), row('Basic'))).toEqual(text)
})

test('a body of any size comes back, and a broken one breaks nothing after it', () => {
  const facts = row('Observation')
  for (const size of [10, 60_000, 70_000, 900_000]) {
    const text = stored('Observation', {
      valueString: Array.from({ length: size }, (_, at) => (at * 7919) % 10).join(''),
    })
    const { dictionary, packed } = pack(text, facts)
    expect(unpack(dictionary, packed, facts, 8 << 20)).toEqual(text)
    expect(() => unpack(dictionary, packed, facts, 20)).toThrow()
    const broken = Buffer.from(packed)
    broken.fill(0xff, 0, 4)
    expect(() => unpack(dictionary, broken, facts, 8 << 20)).toThrow()
    expect(unpack(dictionary, packed, facts, 8 << 20)).toEqual(text)
  }
})

test('what the row says is left out wherever it stands, and of another patient nothing is', () => {
  const other = '01a2027b-d803-8b8c-8446-7f1ca4f5f963'
  const texts = [
    stored('Observation', {
      subject: { reference: `Patient/${patient}` },
      performer: [{ reference: `Patient/${patient}` }],
    }),
    stored('Observation', { subject: { reference: `Patient/${other}` }, note: patient + patient }),
    Buffer.from(`{"resourceType":"Observation","id":"${id}"}`),
    Buffer.from(patient),
  ]
  for (const text of texts) expect(unfold(fold(text, row('Observation')), row('Observation'))).toEqual(text)
  expect(fold(texts[0] ?? Buffer.alloc(0), row('Observation')).includes(patient)).toBe(false)
})

test('ids of references are sixteen bytes, whatever the bytes are; what only looks like one stays', () => {
  const references = fc.array(
    fc.record({
      reference: fc.oneof(
        fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => {
          const digits = Buffer.from(bytes).toString('hex')
          return `Encounter/${digits.slice(0, 8)}-${digits.slice(8, 12)}-${digits.slice(12, 16)}-${digits.slice(16, 20)}-${digits.slice(20)}`
        }),
        fc.constantFrom(
          `Patient/${patient}`,
          `Patient/${patient.toUpperCase()}`,
          `Patient/${patient}/_history/1`,
          'Patient/zzzzzzzz-zzzz-zzzz-zzzz-zzzzzzzzzzzz',
        ),
      ),
      data: fc.uint8Array({ maxLength: 60, size: 'max' }).map((bytes) => Buffer.from(bytes).toString('base64')),
    }),
  )
  fc.assert(
    fc.property(references, (list) => {
      const text = stored('Observation', { list })
      expect(unfold(fold(text, row('Observation')), row('Observation'))).toEqual(text)
    }),
  )
  const text = stored('Observation', { encounter: { reference: `Encounter/${id}` } })
  expect(fold(text, row('Observation')).length).toBe('},"encounter":{"reference":"Encounter/"}}'.length + 17)
})
