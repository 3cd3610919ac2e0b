import { describe, expect, test } from 'vitest'
import { guessBits } from './guessable.ts'
import { normalPassword, passwordFindings, requireSuitablePassword } from './password-rules.ts'

const context = ['nora.lind', 'Nora Lind', 'Riverbend Family Clinic']
const accepted = (password: string): boolean => passwordFindings(password, context).length === 0

describe('length', () => {
  test('P-01 14 characters are refused, 15 accepted', () => {
    expect(accepted('vexj quilt mopr')).toBe(true)
    expect(accepted('vexj quilt mop')).toBe(false)
  })

  test('P-02 code points count, not bytes or UTF-16 units', () => {
    expect(accepted('🦜🌵🧭🪁🧶🪗🫖🧿🪵🛶🧲🪡🫐🦔')).toBe(false) // 14 of them, 28 units
    expect(accepted('🦜🌵🧭🪁🧶🪗🫖🧿🪵🛶🧲🪡🫐🦔🪴')).toBe(true)
  })

  test('P-02 64 characters with spaces and Unicode are accepted, and 128', () => {
    const long = 'ökensand möter trött vandrare vid ån där ingen väntat på regn 9'
    expect(accepted(long + '!')).toBe(true)
    expect(accepted((long + ' ' + [...long].toReversed().join('')).padEnd(128, 'q'))).toBe(true)
    expect(accepted('x'.repeat(129))).toBe(false)
  })

  test('P-02 a lone surrogate, which would be hashed like any other, is refused', () => {
    expect(accepted('vexj quilt mopr \ud83d')).toBe(false)
  })
})

test('P-04 what takes 2^30 tries is let through: fifteen signs that are in no list', () => {
  expect(guessBits('#&*()[]{}<>?/|~')).toBe(30)
  expect(accepted('#&*()[]{}<>?/|~')).toBe(true)
})

test('P-03 no kinds of characters are demanded', () => {
  expect(accepted('xkqjvbnzmwplrtg')).toBe(true)
  expect(accepted('lantern gossip waffle harbor')).toBe(true)
  expect(accepted('905317284460927')).toBe(true)
})

test.each([
  'passwordpassword',
  'Password123456789',
  'P@ssw0rdP@ssw0rd',
  'qwertyuiopasdfgh',
  '1qaz2wsx3edc4rfv',
  'poiuytrewqlkjhgf',
  '123456789012345',
  'aaaaaaaaaaaaaaaa',
  'aabbccddeeffgghh',
  'abcabcabcabcabc',
  'letmeinletmein1',
  'iloveyouiloveyou',
  'Summer2024Summer2024',
  'correcthorsebatterystaple',
  'correct horse battery staple',
  'thequickbrownfoxjumps',
  'administrator123',
  'sunshinedragonmonkey',
  '                ',
  '!!!!!!!!!!!!!!!!',
])('P-04 a common one is refused, with the reason: %s', (password) => {
  expect(passwordFindings(password, context)[0]?.text).toContain('tried first')
})

test.each([
  'noralindnoralind1',
  'Riverbend-clinic-2025',
  'RiverbendFamilyClinic',
  'chartkeepchartkeep',
  'Nora.Lind.12031985',
])('P-04 words close to the account do not count: %s', (password) => {
  expect(accepted(password)).toBe(false)
})

test('P-04 the same words are worth more to someone they are not close to', () => {
  expect(guessBits('Riverbend-Lind-2025')).toBeGreaterThan(guessBits('Riverbend-Lind-2025', context) + 20)
})

test.each([
  ['vexj quilt mopr \ud83d', 'broken character'],
  ['\ud83d', 'broken character'],
  ['vexj quilt mop', 'shorter than 15'],
  ['x'.repeat(129), 'longer than 128'],
  ['passwordpassword', 'tried first'],
])('P-01 what is wrong with %j is said once, to the one who typed it', (password, reason) => {
  expect(passwordFindings(password, context)).toEqual([
    { expression: 'password', issue: 'business-rule', text: expect.stringContaining(reason) },
  ])
  expect(() => requireSuitablePassword(password, context)).toThrow(
    expect.objectContaining({ code: 'password-unsuitable', findings: passwordFindings(password, context) }),
  )
})

test('P-01 a suitable password is let through, at 128 characters too', () => {
  const most = 'vexj quilt mopr lantern gossip waffle harbor '.repeat(4).slice(0, 127)
  expect(() => requireSuitablePassword(`${most}q`, context)).not.toThrow()
  expect(() => requireSuitablePassword(`${most}qq`, context)).toThrow()
})

test('P-04 the name of the product is close to every account', () => {
  expect(accepted('chartkeep vexj kw')).toBe(guessBits('chartkeep vexj kw', ['Chartkeep']) >= 30)
  expect(guessBits('Chartkeep', ['Chartkeep'])).toBe(1)
  expect(passwordFindings('chartkeep chartkeep vex', [])[0]?.text).toContain('tried first')
})

test('P-04 a finding never repeats the password', () => {
  for (const { text } of passwordFindings('letmeinletmein1', context)) expect(text).not.toContain('letmein')
})

test('P-02 two spellings of one text are one password', () => {
  expect(normalPassword('cafe\u0301 ﬁne')).toBe(normalPassword('café fine'))
})
