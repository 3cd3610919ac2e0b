import { expect, test } from 'vitest'
import { orderRows } from './order.ts'

const rows = [{ at: 2 }, { at: undefined }, { at: 10 }, { at: 1 }]

test('numbers are ordered as numbers, and what has no value stands last in both directions', () => {
  expect(orderRows(rows, (row) => row.at, { down: false }).map((row) => row.at)).toEqual([1, 2, 10, undefined])
  expect(orderRows(rows, (row) => row.at, { down: true }).map((row) => row.at)).toEqual([10, 2, 1, undefined])
})

test('text is ordered as people read it', () => {
  expect(orderRows(['Room 10', 'room 2', 'Álvarez'], (row) => row, { down: false })).toEqual([
    'Álvarez',
    'room 2',
    'Room 10',
  ])
})
