import { expect, test } from 'vitest'
import { codeText, displayName } from './names.ts'
import type { HumanName } from './resource.ts'

test('the official name is shown before one from before marriage', () => {
  const names: HumanName[] = [
    { use: 'maiden', family: 'Alt' },
    { use: 'official', prefix: ['Dr.'], given: ['Ana', 'María'], family: 'Rivera', suffix: ['PhD'] },
  ]
  expect(displayName(names)).toBe('Dr. Ana María Rivera PhD')
  expect(displayName(names, 'family-first')).toBe('Rivera, Ana María PhD')
})

test('a name in text, in part, or not at all', () => {
  expect(displayName([{ text: 'Ana' }])).toBe('Ana')
  expect(displayName([{ given: ['Ana'] }], 'family-first')).toBe('Ana')
  expect(displayName([{ given: ['Ana', null, 'María'], family: 'Rivera' }])).toBe('Ana María Rivera')
  expect(displayName([])).toBe('')
  expect(displayName(undefined)).toBe('')
})

test('the words of a code: its text, a display, the code', () => {
  expect(codeText({ text: 'Fever', coding: [{ display: 'x' }] })).toBe('Fever')
  expect(codeText({ coding: [{ code: '1' }, { display: 'Fever' }] })).toBe('Fever')
  expect(codeText({ coding: [{ code: '1' }] })).toBe('1')
  expect(codeText({})).toBe('')
  expect(codeText(undefined)).toBe('')
})
