import { beforeAll, expect, test } from 'vitest'
import { Damaged, type Keyring } from '#keys'
import { newKeyring } from '../../test/keyring.ts'
import {
  isPersonName,
  isUserName,
  keyed,
  openAt,
  openPerson,
  padded,
  type Place,
  sealAt,
  sealPerson,
  userKey,
} from './people.ts'

let keys: Keyring
beforeAll(async () => void (keys = await newKeyring()))

test.each([
  'n',
  'n'.repeat(64),
  'Zoë',
  '王小明',
  "o'brien+7@clinic",
  ' nora ',
  '7',
  'a.b_c-d',
  'ｎｏｒａ',
  'nȍ\u0300ra',
])('a user name may be %j', (user) => {
  expect(isUserName(user)).toBe(true)
})

test.each(['', ' ', 'n'.repeat(65), 'nora lind', '.nora', 'a\u0000b', 'nora/lind', 'nora\ud83d', 'a\u200bb'])(
  'a user name may not be %j',
  (user) => {
    expect(isUserName(user)).toBe(false)
  },
)

test.each(['N', 'N'.repeat(200), '王', 'Dr. 7', 'Zoë – Ångström'])('a name may be %j', (name) => {
  expect(isPersonName(name)).toBe(true)
})

test.each(['', 'N'.repeat(201), ' . ', 'Nora\nLind', 'Nora\u0007', 'Nora \ud83d'])('a name may not be %j', (name) => {
  expect(isPersonName(name)).toBe(false)
})

test('one person is found by each spelling of the user name, in the own practice alone', () => {
  const nora = userKey(keys, 1, 'nora.lind')
  for (const user of [' Nora.Lind ', 'NORA.LIND', 'ｎｏｒａ.lind'])
    expect(userKey(keys, 1, user).equals(nora)).toBe(true)
  expect(userKey(keys, 2, 'nora.lind').equals(nora)).toBe(false)
  expect(userKey(keys, 1, 'nora.lint').equals(nora)).toBe(false)
  expect(nora).toHaveLength(32)
})

test('a keyed hash is for one purpose', () => {
  expect(keyed(keys, 'user', 'x').equals(keyed(keys, 'user', 'x'))).toBe(true)
  expect(keyed(keys, 'user', 'x').equals(keyed(keys, 'throttle', 'x'))).toBe(false)
  expect(keyed(keys, 'user', 'x').equals(keyed(keys, 'user', 'y'))).toBe(false)
})

const place: Place = { tenant: 1, column: 'client.name', owner: 'a' }

test.each<Partial<Place>>([{ tenant: 2 }, { column: 'client.blind' }, { owner: 'b' }])(
  'what is sealed for one place does not open with another %o',
  (over) => {
    const sealed = sealAt(keys, place, Buffer.from('Lab bridge'))
    expect(openAt(keys, place, sealed).toString()).toBe('Lab bridge')
    expect(() => openAt(keys, { ...place, ...over }, sealed)).toThrow(Damaged)
  },
)

test('who a person is opens in its own account alone, and its length does not tell how long the name is', () => {
  const nora = { user: 'nora', name: 'Nora Lind' }
  const sealed = sealPerson(keys, 1, 'a', nora)
  expect(openPerson(keys, 1, 'a', sealed)).toEqual(nora)
  expect(() => openPerson(keys, 1, 'b', sealed)).toThrow(Damaged)
  expect(() => openPerson(keys, 2, 'a', sealed)).toThrow(Damaged)
  expect(sealPerson(keys, 1, 'a', { ...nora, name: 'Nora Lindqvist-Ångström' })).toHaveLength(sealed.length)
})

test.each([
  [0, 0],
  [1, 96],
  [95, 96],
  [96, 96],
  [97, 192],
])('%i bytes are filled up to %i, with blanks behind', (length, filled) => {
  expect(padded('x'.repeat(length)).toString()).toBe('x'.repeat(length).padEnd(filled))
})
