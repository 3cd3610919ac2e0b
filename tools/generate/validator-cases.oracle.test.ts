// HL7's own cases for validators: whether there is an error or none, beside the verdict of HL7's Java validator.
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { JsonFault, validate } from '../../model/src/fhir/index.ts'
import { claimErrors } from '../../model/src/profiles/index.ts'
import type { Loose } from './definitions.ts'
import { readJson, testData } from './test-data.ts'

const folder = `${testData}/3-fhir-test-cases/validator`
const page = new URL('../../docs/fhir/validation.md', import.meta.url)

/** Rows of the table in the page: the case and why we say something else. */
function explained(): Map<string, string> {
  const rows = readFileSync(page, 'utf8').matchAll(/^\| `([^`]+)` \| (error|none) \| (.+) \|$/gm)
  return new Map([...rows].map(([, name = '', verdict = '']) => [name, verdict]))
}

/** R4 in JSON, without packages or definitions that are only in the case; those matched to a pattern are no validation. */
function isOurs(one: Loose): boolean {
  const { version, file, module, packages = [] } = one
  const own = one.supporting ?? one.profiles ?? one.logical ?? one['package-map']
  return (
    String(version).startsWith('4.0') &&
    file.endsWith('.json') &&
    own === undefined &&
    module !== 'matchetype' &&
    one['use-test'] !== false &&
    packages.every((name: string) => name.startsWith('hl7.fhir.us.core#3.1'))
  )
}

function verdictOfJava({ java }: Loose): 'error' | 'none' | undefined {
  const file = `${folder}/outcomes/${java}`
  const outcome = typeof java === 'string' ? (existsSync(file) ? readJson(file) : undefined) : (java?.outcome ?? java)
  if (outcome === undefined) return undefined
  const { issue = [], errorCount = 0 } = outcome as Loose
  return errorCount > 0 || issue.some((one: Loose) => ['error', 'fatal'].includes(one.severity)) ? 'error' : 'none'
}

function ourVerdict(file: string): 'error' | 'none' {
  try {
    const resource = readJson(`${folder}/${file}`)
    const findings = [...validate(resource), ...claimErrors(resource)]
    return findings.some(({ severity = 'error' }) => severity === 'error') ? 'error' : 'none'
  } catch (error) {
    if (error instanceof JsonFault) return 'error'
    throw error
  }
}

describe.skipIf(testData === undefined)('cases of HL7 for validators', () => {
  test('our verdict is that of the Java validator, but for those that the page explains', () => {
    const manifest = readJson(`${folder}/manifest.subset.json`) as Loose
    const differing = new Map<string, string>()
    let judged = 0
    for (const one of manifest['test-cases'].filter(isOurs)) {
      const expected = verdictOfJava(one)
      if (expected === undefined) continue
      judged++
      if (ourVerdict(one.file) !== expected) differing.set(one.name, expected)
    }
    expect(judged).toBeGreaterThan(90)
    expect(Object.fromEntries(differing)).toEqual(Object.fromEntries(explained()))
  })
})
