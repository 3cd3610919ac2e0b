// UCUM's own table says of each unit how much of others it is; our conversion has to say the same.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { loadUnits } from '../../model/src/ucum/index.ts'
import { testData } from './test-data.ts'

interface Defined {
  readonly code: string
  readonly unit: string
  readonly value: number
}

/** Units with a size: not the base units, nor scales that are no ratios, nor arbitrary units. */
function definedUnits(xml: string): Defined[] {
  return [...xml.matchAll(/<unit Code="([^"]+)"([^>]*)>([\s\S]*?)<\/unit>/g)].flatMap(
    ([, code = '', marks = '', body = '']) => {
      const [, unit, value] = /<value Unit="([^"]+)"[^>]*?\svalue="([^"]+)"/.exec(body) ?? []
      if (unit === undefined || value === undefined || /is(?:Special|Arbitrary)="yes"/.test(marks)) return []
      return [{ code, unit, value: Number(value) }]
    },
  )
}

/** Where the library follows an older edition of the table. */
// oxfmt-ignore
const differs = [
  // Constants of nature, by a measurement before 2019: up to 0.03 % off.
  '[G]', '[e]', '[h]', '[k]', '[m_e]', '[m_p]', 'u',
  // A mole is a number for UCUM, not for us.
  'mol',
  // Numbers for the library, not the inverse of a length or a time.
  'Bd', '[diop]', '[mesh_i]',
  // One field under the microscope, not a hundred; the other two are new.
  '[LPF]', '[FNU]', '[NTU]',
]

test.skipIf(testData === undefined)('every unit of UCUM is as large as UCUM says, but for those listed', async () => {
  const units = await loadUnits()
  const defined = definedUnits(readFileSync(`${testData}/8-codes/ucum/ucum-essence.xml`, 'utf8'))
  const wrong = defined.filter(({ code, unit, value }) => {
    const size = units.convert(1, code, unit)
    return size === undefined || Math.abs(size / value - 1) > 1e-9
  })
  expect(wrong.map(({ code }) => code).toSorted()).toEqual(differs.toSorted())
  expect(defined.length).toBeGreaterThan(200)
})
