import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { guessBits } from './guessable.ts'

// Two words that nobody lists, around what is tried: the context makes the whole worth one bit when it is read aright.
const around = (middle: string): string => `vexj${middle}kwuz`

test.each([
  ['0', 'o'],
  ['1', 'i'],
  ['1', 'l'],
  ['!', 'i'],
  ['3', 'e'],
  ['4', 'a'],
  ['@', 'a'],
  ['5', 's'],
  ['$', 's'],
  ['7', 't'],
  ['+', 't'],
  ['8', 'b'],
  ['9', 'g'],
])('P-04 %s in place of %s hides no word', (sign, letter) => {
  expect(guessBits(around(sign), [around(letter)])).toBe(1)
})

test.each([
  ['in capitals', 'VexJkwuz', 'vexjkwuz'],
  ['in full-width letters', 'ｖｅｘｊｋｗｕｚ', 'vexjkwuz'],
  ['with each letter doubled', 'vveexxjjkkwwuuzz', 'vexjkwuz'],
  ['given in capitals', 'vexjkwuz', 'VEXJKWUZ'],
  ['with blanks and dots that the name has', 'vexjkwuz', 'Vexj K. Wuz'],
])('P-04 a word close to the account counts one bit %s', (_, password, word) => {
  expect(guessBits(password, [word])).toBe(1)
})

test('P-04 signs put between the parts of a word close to the account cost two bits', () => {
  expect(guessBits('vex-jkw-uz', ['vexjkwuz'])).toBe(3)
  expect(guessBits('v.e.x.j.k.w.u.z', ['vexjkwuz'])).toBe(3)
})

test('P-04 each word of a name counts, from three letters on', () => {
  expect(guessBits('kwuz', ['Vexj Kwuz'])).toBe(1)
  expect(guessBits('wuz', ['vexj wuz'])).toBe(1)
  expect(guessBits('wz', ['vexj wz'])).toBeGreaterThan(8)
  expect(guessBits('kwuzvexj', ['Vexj Kwuz'])).toBe(2)
})

describe('P-04 what the keyboard or the alphabet leads on is one piece', () => {
  test.each([
    ...[
      'abcdefghijklmnopqrstuvwxyz',
      '01234567890',
      '1234567890-=',
      'qwertyuiop',
      'asdfghjkl',
      'zxcvbnm',
      'qwertzuiop',
    ],
    ...['azertyuiop', '1qaz', '2wsx', '3edc', '4rfv', '5tgb', '6yhn', '7ujm', '!qaz', '@wsx', '#edc', '$rfv'],
  ])('%s, forward and backward', (line) => {
    const most = 4 + Math.log2(line.length)
    expect(guessBits(line)).toBeLessThanOrEqual(most)
    expect(guessBits([...line].toReversed().join(''))).toBeLessThanOrEqual(most)
  })

  test.each(['jjj', '{{{{{{', 'ööööö'])('one sign over and over: %s', (text) => {
    expect(guessBits(text)).toBeLessThanOrEqual(4 + Math.log2(text.length))
  })

  test('two signs are no walk, and one step aside ends it', () => {
    expect(guessBits('hj')).toBeCloseTo(9.4)
    expect(guessBits('öä')).toBe(12)
    expect(guessBits('ööä')).toBeGreaterThan(guessBits('ööö'))
    expect(guessBits('jklj')).toBeGreaterThan(guessBits('jkl') + 4)
  })
})

describe('P-04 a date or a year is one piece', () => {
  test.each(['31121985', '01011900', '12311985', '09302099', '19850930', '20011231', '10101910'])('%s', (digits) => {
    expect(guessBits(digits)).toBeLessThanOrEqual(14)
  })

  test('whichever day, month and year, in each order that people write them', () => {
    const two = (number: number): string => String(number).padStart(2, '0')
    const costly: string[] = []
    for (const year of ['1900', '1985', '2026', '2099'])
      for (let month = 1; month <= 12; month++)
        for (let day = 1; day <= 31; day++)
          for (const parts of [
            [two(day), two(month), year],
            [two(month), two(day), year],
            [year, two(month), two(day)],
          ])
            if (guessBits(parts.join('')) > 14) costly.push(parts.join(''))
    expect(costly).toEqual([])
  })

  test.each(['32131985', '27001985', '19852700', '19850732', '31122185', '13321985', '12341839'])(
    'but not %s, which no calendar has',
    (digits) => {
      expect(guessBits(digits)).toBeGreaterThan(14)
    },
  )

  test.each(['1985', '2024'])('the year %s', (digits) => {
    expect(guessBits(digits)).toBe(6)
  })

  test.each(['1839', '2185'])('but not %s', (digits) => {
    expect(guessBits(digits)).toBeGreaterThan(9)
  })
})

test('P-04 saying the same again costs one bit', () => {
  fc.assert(
    fc.property(
      fc.stringMatching(/^[vxjkwz]{2,6}$/).filter((word) => !/(.)\1/.test(word)),
      (word) => {
        expect(guessBits(word + word)).toBeLessThanOrEqual(guessBits(word) + 1)
      },
    ),
  )
  expect(guessBits('vexkwuvexkwu')).toBeCloseTo(guessBits('vexkwu') + 1)
  expect(guessBits('vexkwuvexkwuvexkwu')).toBeCloseTo(guessBits('vexkwu') + 2)
  expect(guessBits('vexkwuvexkwj')).toBeGreaterThan(guessBits('vexkwu') + 20)
})

test.each([
  ['a letter of English', 'q', 4.7],
  ['a digit', '6', 3.3],
  ['a letter of another alphabet', 'ж', 6],
  ['a picture', '🦜', 6],
  ['a blank', ' ', 2],
  ['a sign', '#', 2],
  ['nothing', '', 0],
])('P-04 %s that is in no list counts by itself', (_, sign, bits) => {
  expect(guessBits(sign)).toBeCloseTo(bits)
})

test('P-04 a common word counts by its rank, and no way of spelling a text costs more than sign by sign', () => {
  expect(guessBits('password')).toBe(1)
  expect(guessBits('qwerty')).toBeLessThan(guessBits('zidane'))
  expect(guessBits('zidane')).toBeLessThan(12)
  // It stands in the list twice: once for the bird and once for the city.
  expect(guessBits('phoenix')).toBeLessThan(guessBits('thunder'))
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z]{0,20}$/), (text) => {
      expect(guessBits(text)).toBeLessThanOrEqual(4.7 * text.length + 1e-9)
    }),
  )
})
