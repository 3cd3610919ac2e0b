import { expect, test } from 'vitest'
import { counted, roleText, sentence, sexLetter, uncapitalized } from './name.ts'

test('roles of the ledger that are not ours are still readable', () => {
  expect(roleText('front-desk')).toBe('Front desk')
  expect(roleText('import-job')).toBe('Import job')
  expect(roleText('')).toBe('')
})

test('one is singular, none and many are plural', () => {
  expect([0, 1, 1204].map((count) => counted(count, 'problem'))).toEqual(['0 problems', '1 problem', '1,204 problems'])
  expect(counted(2, 'entry', 'entries')).toBe('2 entries')
})

test('a sex that is not recorded is a dash, never a guess', () => {
  expect(['male', 'female', 'other', 'unknown', undefined, 'toString'].map(sexLetter)).toEqual([
    'M',
    'F',
    'O',
    'U',
    '–',
    '–',
  ])
})

test('within a sentence the first letter is small, but not of an abbreviation', () => {
  expect(['Wheezing', 'GI upset', ''].map(uncapitalized)).toEqual(['wheezing', 'GI upset', ''])
})

test('codes are written as sentences', () => {
  expect(sentence('entered-in-error')).toBe('Entered in error')
})
