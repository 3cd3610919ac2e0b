// What finding patients costs grows as the size of their records does.
import { expect, test } from 'vitest'
import type { Resource } from '@chartkeep/model/fhir'
import { growsTooFast } from '../../test/growth.ts'
import { faceOf } from './patient-face.ts'

const id = '0190163d-8694-8000-8000-000000000000'

test.each<[string, (size: number) => object]>([
  ['many names', (size) => ({ name: Array.from({ length: size }, (_, at) => ({ family: `f${at}`, given: ['a'] })) })],
  ['marks over a letter', (size) => ({ name: [{ family: `a${'\u0301'.repeat(size)}${'\u0316'.repeat(size)}` }] })],
  ['a long number', (size) => ({ identifier: [{ value: 'a-'.repeat(size) }] })],
])('R-16: a patient with %s costs no more than its size', async (_, make) => {
  const grows = await growsTooFast((size) => {
    const resource = { resourceType: 'Patient', id, ...make(size) } as Resource
    return () => faceOf(resource)
  })
  expect(grows).toBe(false)
})
