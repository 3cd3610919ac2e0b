import { expect, test } from 'vitest'
import required from '../../model/src/fhir/generated/value-sets.json' with { type: 'json' }
import { isObject, type Resource } from '../../model/src/fhir/index.ts'
import {
  expand,
  readCodeSystem,
  readValueSet,
  shipped,
  shippedCodeSystems,
  shippedValueSets,
  TerminologyFault,
} from '../../model/src/terminology/index.ts'
import { filesIn, readJson, testData } from './test-data.ts'
import { readValueSets } from './value-sets.ts'

const published = readValueSets()

test('every code that the published systems list is known, and no other', () => {
  let seen = 0
  for (const url of shippedCodeSystems) {
    const codes = new Set<string>()
    const walk = (list: readonly { code: string; concept?: never[] }[] = []): void => {
      for (const one of list) {
        codes.add(one.code)
        walk(one.concept)
      }
    }
    walk(published.systems.get(url).concept)
    expect(new Set(shipped.codeSystem(url)!.concepts.keys())).toEqual(codes)
    seen += codes.size
  }
  expect(seen).toBeGreaterThan(20_000)
})

// The validator reads nothing but the codes of required bindings, which the generator lists by a way of its own.
test('what is worked out here agrees with the codes that the validator requires', () => {
  let compared = 0
  for (const url of shippedValueSets) {
    const lines: readonly string[] | undefined = new Map(Object.entries(required)).get(
      url.slice(url.lastIndexOf('/') + 1),
    )
    if (lines === undefined) continue
    const listed = lines.flatMap((line) =>
      line
        .split(' ')
        .slice(1)
        .map((code) => `${line.split(' ')[0]}|${code}`),
    )
    const { members, complete } = expand(shipped, shipped.valueSet(url)!)
    const chosen = [...members.values()].filter(({ abstract }) => !abstract)
    expect([url, complete]).toEqual([url, true])
    expect(new Set(chosen.map(({ system, code }) => `${system}|${code}`))).toEqual(new Set(listed))
    compared++
  }
  expect(compared).toBeGreaterThan(100)
})

test('R4 lists the codes of a value set with the displays that are listed here', () => {
  const url = 'http://hl7.org/fhir/ValueSet/yesnodontknow'
  const { members } = expand(shipped, shipped.valueSet(url)!)
  const listed: { code: string; display: string }[] = published.sets.get(url).expansion.contains
  const pair = (one: { code: string; display?: string | undefined }) => [one.code, one.display]
  expect(new Set([...members.values()].map(pair))).toEqual(new Set(listed.map(pair)))
})

test.skipIf(testData === undefined)('what others define is worked out or refused, and nothing else happens', () => {
  const definitions: Resource[] = []
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) for (const one of value) walk(one)
    if (!isObject(value)) return
    if (value['resourceType'] === 'ValueSet' || value['resourceType'] === 'CodeSystem')
      definitions.push(value as Resource)
    for (const one of Object.values(value)) walk(one)
  }
  for (const part of ['2-fhir-definitions', '3-fhir-test-cases']) {
    for (const file of filesIn(part, /\.json(\.gz)?$/)) {
      try {
        walk(readJson(file))
      } catch {
        // Some are no JSON on purpose.
      }
    }
  }
  expect(definitions.length).toBeGreaterThan(50)
  let whole = 0
  for (const one of definitions) {
    try {
      if (one.resourceType === 'CodeSystem') readCodeSystem(one)
      else if (expand(shipped, readValueSet(one)).complete) whole++
    } catch (error) {
      expect(error).toBeInstanceOf(TerminologyFault)
    }
  }
  expect(whole).toBeGreaterThan(10)
})
