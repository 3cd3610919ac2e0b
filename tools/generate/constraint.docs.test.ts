import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { judgedByHand, judgedByStructure, mended, readConstraints } from './constraints.ts'
import { readDefinitions, readStructures } from './definitions.ts'

const page = readFileSync(new URL('../../docs/fhir/validation.md', import.meta.url), 'utf8')
const rows = readConstraints(readDefinitions())

/** The number at the end of the first row of the page's table that begins so. */
const figure = (row: string): number => Number(page.match(new RegExp(`^\\| ${row}[^|]*\\| (\\d+) \\|$`, 'm'))?.[1])

test('every constraint of R4 is compiled, or judged in a way that the page names, with the numbers that it says', () => {
  const own = rows.filter((row) => judgedByHand.includes(row.key))
  expect(figure('compiled')).toBe(rows.length - own.length)
  expect(figure('a function of its own')).toBe(own.length)
  expect(figure('judged with the structure')).toBe(judgedByStructure.length)
  expect(figure('on resources')).toBe(rows.length + judgedByStructure.length)
  for (const key of [...judgedByHand, ...judgedByStructure, ...Object.keys(mended)])
    expect(page).toContain(`\`${key}\``)
})

test('no constraint of R4 is left out', () => {
  const judged = new Set([...rows.map((row) => row.key), ...judgedByStructure])
  const published = readStructures().flatMap((structure) =>
    structure.snapshot.element.flatMap((element: { constraint?: { key: string }[] }) => element.constraint ?? []),
  )
  const keys = new Set(published.map(({ key }: { key: string }) => key))
  // Of MetadataResource, which is only a pattern for others; each of those has a constraint of its own.
  expect([...keys].filter((key) => !judged.has(key))).toEqual(['inv-0'])
})

test('warnings are those that the page names', () => {
  const warnings = rows.filter((row) => row.severity === 'warning')
  const names = warnings.filter((row) => /^[a-z]+-0$/.test(row.key))
  expect(page).toContain(`the ${names.length} names that programs cannot use`)
  for (const { key } of warnings.filter((row) => !names.includes(row))) expect(page).toContain(`\`${key}\``)
})
