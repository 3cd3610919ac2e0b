import { formatJson, parseJson, type Resource } from '@chartkeep/model/fhir'
import { expect, test } from 'vitest'
import { Refusal } from '#base'
import { readFhirpathPatch } from './fhirpath-patch.ts'

type Part = { name: string; [value: string]: unknown }

const operation = (type: string, path: string, ...parts: Part[]) => ({
  name: 'operation',
  part: [{ name: 'type', valueCode: type }, { name: 'path', valueString: path }, ...parts],
})
const name = (text: string): Part => ({ name: 'name', valueString: text })
const integer = (part: string, valueInteger: number): Part => ({ name: part, valueInteger })

async function patched(resource: object, ...parameter: object[]): Promise<unknown> {
  const patch = readFhirpathPatch({ resourceType: 'Parameters', parameter })
  return patch(structuredClone(resource) as Resource)
}

async function codeOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work()
    return 'done'
  } catch (error) {
    if (error instanceof Refusal) return error.code
    throw error
  }
}

const patient = {
  resourceType: 'Patient',
  birthDate: '1920-01-01',
  name: [{ family: 'One', given: ['A', 'B'], _given: [null, { id: 'b' }] }],
  identifier: [{ value: 'value 1' }, { value: 'value 2' }, { value: 'value 3' }],
  maritalStatus: { text: 'married' },
}

test('R-07: FHIRPath Patch adds, by the name and type that R4 has there', async () => {
  expect(
    await patched(
      { resourceType: 'Patient' },
      operation('add', 'Patient', name('birthDate'), { name: 'value', valueDate: '1930-01-01' }),
    ),
  ).toEqual({
    resourceType: 'Patient',
    birthDate: '1930-01-01',
  })
  expect(
    await patched(patient, operation('add', 'Patient', name('deceased'), { name: 'value', valueBoolean: true })),
  ).toMatchObject({ deceasedBoolean: true })
  expect(
    await patched(
      patient,
      operation('add', 'Patient', name('identifier'), { name: 'value', valueIdentifier: { value: 'value 4' } }),
    ),
  ).toMatchObject({ identifier: [{}, {}, {}, { value: 'value 4' }] })
  expect(
    await patched(
      patient,
      operation('add', 'Patient.name.first()', name('given'), { name: 'value', valueString: 'C' }),
    ),
  ).toMatchObject({ name: [{ given: ['A', 'B', 'C'], _given: [null, { id: 'b' }, null] }] })
  const url = 'http://example.org/why'
  const extension = {
    name: 'value',
    part: [
      { name: 'url', valueUri: url },
      { name: 'value', valueString: 'x' },
    ],
  }
  expect(await patched(patient, operation('add', 'Patient.birthDate', name('extension'), extension))).toMatchObject({
    birthDate: '1920-01-01',
    _birthDate: { extension: [{ url, valueString: 'x' }] },
  })
})

test('R-07: FHIRPath Patch adds an element without a type of its own, from parts', async () => {
  const parts = [
    { name: 'name', valueHumanName: { text: 'a name' } },
    { name: 'relationship', valueCodeableConcept: { text: 'a' } },
    { name: 'relationship', valueCodeableConcept: { text: 'b' } },
  ]
  expect(
    await patched(patient, operation('add', 'Patient', name('contact'), { name: 'value', part: parts })),
  ).toMatchObject({
    contact: [{ name: { text: 'a name' }, relationship: [{ text: 'a' }, { text: 'b' }] }],
  })
})

test('R-07: FHIRPath Patch inserts, moves, replaces and deletes', async () => {
  const values = (resource: unknown) => (resource as typeof patient).identifier.map(({ value }) => value.slice(6))
  const insert = operation('insert', 'Patient.identifier', integer('index', 1), {
    name: 'value',
    valueIdentifier: { value: 'value n' },
  })
  expect(values(await patched(patient, insert))).toEqual(['1', 'n', '2', '3'])
  const move = operation('move', 'Patient.identifier', integer('source', 2), integer('destination', 0))
  expect(values(await patched(patient, move))).toEqual(['3', '1', '2'])
  expect(values(await patched(patient, operation('delete', "Patient.identifier.where(value = 'value 2')")))).toEqual([
    '1',
    '3',
  ])
  const first = operation('insert', 'Patient.communication', integer('index', 0), {
    name: 'value',
    part: [{ name: 'language', valueCodeableConcept: { text: 'de' } }],
  })
  expect(await patched(patient, first)).toMatchObject({ communication: [{ language: { text: 'de' } }] })
  expect(
    await patched(patient, operation('replace', 'Patient.name[0].given[1]', { name: 'value', valueString: 'Z' })),
  ).toMatchObject({ name: [{ given: ['A', 'Z'] }] })
  expect(
    await patched(patient, operation('replace', 'Patient.maritalStatus.text', { name: 'value', valueString: 'new' })),
  ).toMatchObject({ maritalStatus: { text: 'new' } })
  expect(await patched(patient, operation('delete', 'Patient.birthDate'))).not.toHaveProperty('birthDate')
  // Nothing empty is left around what is deleted, however far out.
  expect(await patched(patient, operation('delete', 'Patient.maritalStatus.text'))).not.toHaveProperty('maritalStatus')
  const contact = { ...patient, contact: [{ name: { text: 'x' } }, { name: { period: { start: '2020' } } }] }
  expect(await patched(contact, operation('delete', 'Patient.contact.name.period.start'))).toMatchObject({
    contact: [{ name: { text: 'x' } }],
  })
  const url = 'http://example.org/why'
  const beside = (at: number): object => ({
    resourceType: 'Patient',
    birthDate: '1920-01-01',
    _birthDate: { extension: [{ url, valueCode: 'x' }] },
    name: [{ given: ['A', 'B'], _given: [null, null].with(at, { extension: [{ url, valueCode: 'x' }] } as never) }],
  })
  expect(await patched(beside(0), operation('delete', 'Patient.birthDate.extension'))).not.toHaveProperty('_birthDate')
  for (const at of [0, 1])
    expect(await patched(beside(at), operation('delete', 'Patient.name.given.extension'))).toMatchObject({
      birthDate: '1920-01-01',
      name: [{ given: ['A', 'B'] }],
    })
  const two = {
    resourceType: 'Patient',
    name: [{ given: ['A', 'B'], _given: [0, 1].map(() => ({ extension: [{ url, valueCode: 'x' }] })) }],
  }
  expect(await patched(two, operation('delete', 'Patient.name.given[0].extension'))).toEqual({
    ...two,
    name: [{ given: ['A', 'B'], _given: [null, { extension: [{ url, valueCode: 'x' }] }] }],
  })
  // It is no error when there is nothing to delete.
  expect(await patched(patient, operation('delete', 'Patient.gender'))).toEqual(patient)
  expect(
    await patched(patient, ...[0, 0, 0].map((at) => operation('delete', `Patient.identifier[${at}]`))),
  ).not.toHaveProperty('identifier')
})

test('R-07: a choice is replaced by a value of another type, and digits are kept', async () => {
  const text = (json: string) => parseJson(Buffer.from(json)) as Resource
  const patch = readFhirpathPatch(
    text(
      `{"resourceType":"Parameters","parameter":[{"name":"operation","part":[{"name":"type","valueCode":"replace"},{"name":"path","valueString":"Observation.value"},{"name":"value","valueQuantity":{"value":1.50}}]}]}`,
    ),
  )
  const observation = text(
    '{"resourceType":"Observation","valueString":"x","component":[{"valueQuantity":{"value":2.00}}]}',
  )
  expect(formatJson((await patch(observation)) as object)).toBe(
    '{"resourceType":"Observation","component":[{"valueQuantity":{"value":2.00}}],"valueQuantity":{"value":1.50}}',
  )
})

const unfitting: [string, object][] = [
  ['leads to nothing', operation('replace', 'Patient.gender', { name: 'value', valueCode: 'male' })],
  ['leads to several', operation('delete', 'Patient.identifier')],
  ['is no expression', operation('delete', 'Patient.(((')],
  ['computes', operation('delete', 'Patient.identifier.count()')],
  ['leads outside the resource', operation('delete', "'x'")],
  ['names no element of R4', operation('add', 'Patient', name('canary'), { name: 'value', valueString: 'x' })],
  [
    'names what JavaScript has by birth',
    operation('add', 'Patient', name('__proto__'), { name: 'value', valueString: 'x' }),
  ],
  ['adds what is there', operation('add', 'Patient', name('birthDate'), { name: 'value', valueDate: '1930-01-01' })],
  [
    'inserts past the end',
    operation('insert', 'Patient.identifier', integer('index', 4), { name: 'value', valueIdentifier: { value: 'x' } }),
  ],
  ['moves past the end', operation('move', 'Patient.identifier', integer('source', 0), integer('destination', 3))],
  ['replaces the resource', operation('replace', 'Patient', { name: 'value', valueString: 'x' })],
]

test.for(unfitting)('R-07: a FHIRPath Patch that %s does not fit', async ([, one]) => {
  expect(await codeOf(() => patched(patient, one))).toBe('patch-failed')
})

const malformed: [string, object[]][] = [
  ['no operation', [{ name: 'canary', valueString: 'x' }]],
  ['an unknown type', [operation('merge', 'Patient')]],
  ['no path', [{ name: 'operation', part: [{ name: 'type', valueCode: 'delete' }] }]],
  ['no value', [operation('replace', 'Patient.birthDate')]],
  ['a part twice', [operation('delete', 'Patient.birthDate', { name: 'path', valueString: 'Patient' })]],
  ['too many operations', Array.from({ length: 101 }, () => operation('delete', 'Patient.gender'))],
]

test.for(malformed)('R-07, R-16: a FHIRPath Patch with %s is refused as malformed', async ([, parameter]) => {
  expect(await codeOf(() => patched(patient, ...parameter))).toBe('patch-invalid')
})
