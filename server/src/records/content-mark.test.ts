import type { Resource } from '@chartkeep/model/fhir'
import { expect, test } from 'vitest'
import { newId } from '#base'
import { isBeside, markBeside, withoutMark } from './content-mark.ts'
import type { Stored } from './visible.ts'

const stored = (resource: Resource, deleted = false): Stored => ({
  ...{ type: resource.resourceType, id: newId<string>(0), version: 1, updated: 0, patient: undefined, deleted },
  json: Buffer.from(JSON.stringify(resource)),
})
const binary: Resource = { resourceType: 'Binary', contentType: 'text/plain' }
const shown = (one: Stored) => JSON.parse(withoutMark(one).json.toString())

test('a Binary whose content stands beside it says so, and nobody is shown that', () => {
  const marked = markBeside(binary)
  expect([isBeside(marked), isBeside(binary), isBeside({ ...binary, data: 'eA==' })]).toEqual([true, false, false])
  expect(shown(stored(marked))).toEqual(binary)
})

test('everything else is shown as it is', () => {
  const others = [
    stored({ ...binary, data: 'eA==' }),
    stored(binary),
    stored({ resourceType: 'Basic', data: '' }),
    stored(markBeside(binary), true),
  ]
  for (const one of others) expect(withoutMark(one)).toBe(one)
  expect(isBeside({ resourceType: 'Basic', data: '' })).toBe(false)
})
