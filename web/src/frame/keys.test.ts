import { expect, test } from 'vitest'
import { keyWords, strokeOf } from './keys.ts'

const press = (
  key: string,
  code = '',
  held: Partial<Record<'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey', boolean>> = {},
) => ({
  key,
  code,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
})

test.each([
  ['a letter is itself', press('j'), false, 'j'],
  ['? is itself, although shift is held', press('?', 'Slash', { shiftKey: true }), false, '?'],
  ['Ctrl is "mod" on most machines', press('k', 'KeyK', { ctrlKey: true }), false, 'mod+k'],
  ['⌘ is "mod" on a Mac', press('k', 'KeyK', { metaKey: true }), true, 'mod+k'],
  ['Ctrl on a Mac is not "mod"', press('l', 'KeyL', { ctrlKey: true }), true, 'other+l'],
  ['Alt with a letter goes by the place of the key', press('ł', 'KeyL', { altKey: true }), false, 'alt+l'],
  [
    'AltGr (Ctrl and Alt) is for writing letters and never the same as Alt',
    press('ł', 'KeyL', { altKey: true, ctrlKey: true }),
    false,
    'mod+alt+l',
  ],
  ['a modifier alone is no key', press('Control', 'ControlLeft', { ctrlKey: true }), false, undefined],
  ['shift counts for keys without a letter', press('Enter', 'Enter', { shiftKey: true }), false, 'shift+enter'],
])('%s', (_, event, mac, stroke) => {
  expect(strokeOf(event, mac)).toBe(stroke)
})

test('keys are written for people', () => {
  expect(['mod+k', 'g r', 'alt+l', 'arrowdown', 'escape'].map(keyWords)).toEqual([
    'Ctrl k',
    'g then r',
    'Alt l',
    '↓',
    'Escape',
  ])
})
