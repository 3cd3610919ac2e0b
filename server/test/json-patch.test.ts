import { existsSync, readFileSync } from 'node:fs'
import type { Resource } from '@chartkeep/model/fhir'
import { expect, test } from 'vitest'
import { Refusal } from '#base'
import { readJsonPatch } from '#fhir'
import { testData } from '../../tools/generate/test-data.ts'

// The group r4/patch of HL7's test cases. Its tests of XML Patch are of a format that is not offered: JSON only.

interface Case {
  readonly comment: string
  readonly doc: unknown
  readonly patch: unknown
  readonly expected?: unknown
  readonly error?: string
}

const file = `${testData}/3-fhir-test-cases/r4/patch/json-patch-tests.json`
const cases = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Case[]) : []

test.skipIf(cases.length === 0)('R-07: HL7’s tests of JSON Patch, all of them (needs the shared test data)', () => {
  expect(cases.length).toBe(16)
  for (const { comment, doc, patch, expected, error } of cases) {
    // Their documents are any JSON, where ours are resources.
    const outcome = outcomeOf(() => readJsonPatch(patch)(doc as Resource))
    expect([comment, outcome]).toEqual([comment, error === undefined ? expected : 'patch-failed'])
  }
})

function outcomeOf(work: () => unknown): unknown {
  try {
    return work()
  } catch (error) {
    if (error instanceof Refusal) return error.code
    throw error
  }
}
