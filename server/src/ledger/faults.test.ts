import { expect, test } from 'vitest'
import { Faults } from './faults.ts'

test('the first faults are told, all are counted', () => {
  const faults = new Faults(2)
  expect([faults.list, faults.total]).toEqual([[], 0])
  for (const leaf of [1, 2, 3, 4]) faults.add({ leaf, what: 'another hash' })
  expect(faults.list.map(({ leaf }) => leaf)).toEqual([1, 2])
  expect(faults.total).toBe(4)
})
