import { expect, test } from 'vitest'
import required from '../../model/src/fhir/generated/value-sets.json' with { type: 'json' }
import { expand, shipped, shippedCodeSystems, shippedValueSets } from '../../model/src/terminology/index.ts'
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
