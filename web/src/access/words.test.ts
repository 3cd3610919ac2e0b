import { expect, test } from 'vitest'
import { actionWords, purposeWords, whatWords } from './words.ts'

test('what was opened is said in the words of the chart', () => {
  expect(whatWords('Claim (3), ExplanationOfBenefit, Invoice')).toBe('Claims (3), explanations of benefit, invoices')
  expect(whatWords('SupplyDelivery')).toBe('SupplyDelivery')
  expect(whatWords('')).toBe('')
})

test('an action or purpose that is new here is still readable', () => {
  expect([actionWords('search'), actionWords('break-glass')]).toEqual(['Listed', 'Break glass'])
  expect([purposeWords('TREAT'), purposeWords('XYZ')]).toEqual(['Treatment', 'XYZ'])
})
