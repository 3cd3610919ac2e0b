import fc from 'fast-check'
import { expect, test } from 'vitest'
import { tokenIs } from './search-compare.ts'
import { searchParameter } from './search-parameter.ts'
import { tokenIsWanted } from './search-tokens.ts'
import type { TokenValue } from './search-value.ts'
import type { WantedValue } from './search-wanted.ts'

const code = fc.constantFrom('a', 'A', 'b', '555-01', '555 01', '')
const system = fc.option(fc.constantFrom('s', 't', ''), { nil: undefined })
const found: fc.Arbitrary<TokenValue> = fc.record({
  kind: fc.constant('token' as const),
  system,
  code: fc.option(code, { nil: undefined }),
  text: fc.constant(undefined),
  types: fc.constant(undefined),
  loose: fc.constantFrom('contact' as const, 'case' as const, undefined),
})
const wanted = fc
  .record({ kind: fc.constant('token' as const), system, code: fc.option(code, { nil: undefined }) })
  .filter((one) => one.system !== undefined || one.code !== undefined)
const parameter = searchParameter('Patient', 'identifier')

test('a list of tokens finds what each of them finds', () => {
  fc.assert(
    fc.property(found, fc.array(wanted, { minLength: 1, maxLength: 4 }), (one, values) => {
      if (parameter === undefined) throw new Error('R4 has it')
      const query = { parameter, modifier: undefined, missing: undefined, values: values as WantedValue[] }
      expect(tokenIsWanted(one, query)).toBe(values.some((value) => tokenIs(one, value)))
    }),
    { numRuns: 3000 },
  )
})
