import { expect, test } from 'vitest'
import { prettyJson } from './pretty.ts'

test('R-01: pretty JSON is the same JSON, its numbers as they were written', () => {
  const text = '{"a":[1.50,{"b":"x,:{}[]\\"\\\\"}],"c":{},"d":[],"e":null,"f":"ü"}'
  const pretty = prettyJson(Buffer.from(text)).toString()
  expect(pretty).toBe(JSON.stringify(JSON.parse(text), undefined, 2).replace('1.5', '1.50'))
})
