import { expect, test } from 'vitest'
import { newId } from '#base'
import { patientsTold } from './notices.ts'

const [origin, other, a, b] = [newId<string>(0), newId<string>(1), newId<string>(2), newId<string>(3)]

test.each<[string, string, string[] | undefined]>([
  ['another process tells of two patients', `${other} ${a} ${b}`, [a, b]],
  ['it tells of none', other, []],
  ['our own notice comes back', `${origin} ${a}`, undefined],
  ['some may have been missed', '', []],
  ['it says what is no id', `${other} x ${a}`, [a]],
])('a notice of patients: %s', (_, payload, expected) => {
  expect(patientsTold(origin, payload)).toEqual(expected)
})
