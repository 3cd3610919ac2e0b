import type { Resource } from '@chartkeep/model/fhir'
import { expect, test } from 'vitest'
import { Refusal } from '#base'
import { requireWhole } from './whole.ts'

const tagged = (tag: unknown): Resource => ({ resourceType: 'Patient', meta: { tag } }) as Resource
const system = 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue'

test.each<[string, unknown]>([
  ['as R4 writes it', [{ system, code: 'SUBSETTED' }]],
  ['as older releases do', [{ system: 'http://hl7.org/fhir/v3/ObservationValue', code: 'SUBSETTED' }]],
  ['without a system', [{ code: 'SUBSETTED' }]],
  [
    'behind another tag',
    [
      { system, code: 'other' },
      { system, code: 'SUBSETTED' },
    ],
  ],
])('a part of a record is refused, its tag named: %s', (_, tag) => {
  try {
    requireWhole(tagged(tag))
    expect.unreachable()
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    expect([error.code, error.findings[0]?.expression]).toEqual([
      'resource-subsetted',
      `Patient.meta.tag[${(tag as unknown[]).length - 1}]`,
    ])
    expect(error.findings[0]).toMatchObject({ issue: 'business-rule', text: 'Read the whole record, and change that.' })
  }
})

test.each<[string, unknown]>([
  ['no tag', undefined],
  ['no list', { code: 'SUBSETTED' }],
  ['another code', [{ system, code: 'subsetted' }]],
  ['the code of another system', [{ system: 'urn:example', code: 'SUBSETTED' }]],
  ['a system that only begins alike', [{ system: `${system}/more`, code: 'SUBSETTED' }]],
  ['a system that is no text', [{ system: 1, code: 'SUBSETTED' }]],
  ['what is no tag', ['SUBSETTED', null]],
])('a whole record is taken: %s', (_, tag) => {
  expect(() => requireWhole(tagged(tag))).not.toThrow()
  expect(() => requireWhole({ resourceType: 'Patient' })).not.toThrow()
})
