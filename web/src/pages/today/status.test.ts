import { expect, test } from 'vitest'
import { isOpen, lateWords, nextStep, otherSteps, statusName } from './status.ts'

test('a visit goes from pending and booked through arrived and checked in to done', () => {
  const way = ['pending']
  for (let next = nextStep('pending'); next !== undefined; next = nextStep(next.status)) way.push(next.status)
  expect(way).toEqual(['pending', 'booked', 'arrived', 'checked-in', 'fulfilled'])
})

test.each(['noshow', 'cancelled', 'fulfilled', 'toString'])('nothing follows %s by itself', (status) => {
  expect(nextStep(status)).toBeUndefined()
})

test('a wrong press can be taken back, and the usual next step is not offered twice', () => {
  expect(otherSteps('arrived').map(({ status }) => status)).toEqual(['booked', 'fulfilled', 'noshow', 'cancelled'])
  expect(otherSteps('noshow').map(({ status }) => status)).toContain('booked')
})

test('statuses have the names that people use', () => {
  expect(['checked-in', 'noshow', 'entered-in-error'].map(statusName)).toEqual([
    'Checked in',
    'No show',
    'Entered in error',
  ])
  expect(['booked', 'fulfilled', 'cancelled'].map(isOpen)).toEqual([true, false, false])
})

test('who is late by hours is not counted in minutes', () => {
  expect([5, 59, 60, 125].map(lateWords)).toEqual(['5 min late', '59 min late', '1 h late', '2 h 5 min late'])
})
