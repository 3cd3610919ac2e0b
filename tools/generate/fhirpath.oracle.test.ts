// HL7's FHIRPath test cases, by the library within our limits and by the compiler of constraints.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { compileFind } from '../../model/src/fhir/constraint-compile.ts'
import type { Form } from '../../model/src/fhir/constraint-form.ts'
import { resourceNode } from '../../model/src/fhir/constraint-node.ts'
import { dateRange } from '../../model/src/fhir/date-range.ts'
import { FhirpathFault, loadFhirpath } from '../../model/src/fhirpath/index.ts'
import { translate } from './constraint-form.ts'
import type { Json } from './places.ts'
import { readJson, testData } from './test-data.ts'
import { parseXml, toJson, type XmlElement } from './xml.ts'

const { evaluate } = await loadFhirpath()
const folder = `${testData}/3-fhir-test-cases/r4`
const page = new URL('../../docs/fhir/fhirpath.md', import.meta.url)

/** The cases in one of the page's tables: first cell a name in code, last cell a reason. */
function explained(heading: string): string[] {
  const [, section = ''] = readFileSync(page, 'utf8').split(`## ${heading}\n`)
  const [table = ''] = section.split('\n## ')
  return [...table.matchAll(/^\| (`[^|]+) \| .+ \|$/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
  )
}

interface Case {
  readonly name: string
  readonly expression: string
  readonly invalid: boolean
  readonly predicate: boolean
  readonly input: Json
  readonly outputs: readonly string[]
}

function readCases(): Case[] {
  const suite = parseXml(readFileSync(`${folder}/fhirpath/tests-fhir-r4.subset.xml`, 'utf8'))
  const read = new Map<string, Json>()
  const input = (file: string | undefined): Json => {
    if (file === undefined) return {}
    const path = `${folder}/inputs/${file}`
    const resource =
      read.get(file) ??
      (file.endsWith('.xml') ? toJson(parseXml(readFileSync(path, 'utf8'))) : (readJson(path) as Json))
    read.set(file, resource)
    return resource
  }
  const tests = suite.children.flatMap((group) => group.children.filter((one) => one.name === 'test'))
  return tests.map((one): Case => {
    const named = (name: string): XmlElement[] => one.children.filter((child) => child.name === name)
    const [expression] = named('expression')
    return {
      name: one.attributes['name'] ?? '',
      expression: expression?.text ?? '',
      invalid: expression?.attributes['invalid'] !== undefined,
      predicate: one.attributes['predicate'] === 'true',
      input: input(one.attributes['inputfile']),
      outputs: named('output').map((output) => output.text.replace(/^@T?/, '')),
    }
  })
}

const fault = 'a fault'
type Result = readonly unknown[] | typeof fault

/** Decimals by value, and times as moments: 1.50 is 1.5, and 10:00+10:00 is 00:00Z. */
function plain(value: unknown): string {
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  if (/^-?\d+\.\d+$/.test(text)) return String(Number(text))
  return /T.*([+-]\d\d:\d\d|Z)$/.test(text) ? String(dateRange(text)?.low ?? text) : text
}

function isAsExpected({ invalid, predicate, outputs }: Case, result: Result): boolean {
  if (result === fault) return invalid
  const given = predicate ? [result.length > 0] : result
  return !invalid && JSON.stringify(given.map(plain)) === JSON.stringify(outputs.map(plain))
}

function byLibrary({ expression, input }: Case): Result {
  try {
    return evaluate(expression, input)
  } catch (error) {
    if (error instanceof FhirpathFault) return fault
    throw error
  }
}

function translated(expression: string): Form | undefined {
  try {
    return translate(expression)
  } catch {
    return undefined
  }
}

function byCompiler(form: Form, input: Json): Result {
  const node = resourceNode(input)
  try {
    const found = compileFind(form)([node], { resource: node, root: node, context: node })
    return found.flatMap((one) => one.value ?? [])
  } catch {
    return fault
  }
}

describe.skipIf(testData === undefined)('cases of HL7 for FHIRPath', () => {
  const cases = testData === undefined ? [] : readCases()

  test('come out as they should by the library within our limits, but for those that the page explains', () => {
    expect(cases.length).toBeGreaterThan(800)
    const apart = cases.filter((one) => !isAsExpected(one, byLibrary(one))).map((one) => one.name)
    expect(apart.toSorted()).toEqual(explained('Cases that come out otherwise').toSorted())
  })

  test('come out as they should by the compiler, where it takes them, but for those that the page explains', () => {
    let taken = 0
    const apart: string[] = []
    for (const one of cases) {
      const form = translated(one.expression)
      if (form === undefined) continue
      taken++
      if (!isAsExpected(one, byCompiler(form, one.input))) apart.push(one.name)
    }
    expect(taken).toBeGreaterThan(300)
    expect(apart.toSorted()).toEqual(explained('Cases that the compiler takes').toSorted())
  })
})
