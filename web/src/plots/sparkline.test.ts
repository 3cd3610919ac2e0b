import { expect, test } from 'vitest'
import { shape } from './sparkline.tsx'

test('time is to scale, the newest at the right, the highest at the top', () => {
  const { line, last } = shape(
    [
      { at: 1_000, value: 10 },
      { at: 0, value: 5 },
      { at: 250, value: 7.5 },
    ],
    undefined,
  )
  expect(line).toBe('M2.5 17.5L22.3 10L81.5 2.5')
  expect(last).toEqual({ x: 81.5, y: 2.5 })
})

test('a course that never changes is a level line, not a division by nothing', () => {
  expect(
    shape(
      [
        { at: 0, value: 4 },
        { at: 9, value: 4 },
      ],
      undefined,
    ).line,
  ).toBe('M2.5 10L81.5 10')
})

test('the band of the range stays inside the picture, open at the side that has no limit', () => {
  const points = [
    { at: 0, value: 10 },
    { at: 1, value: 20 },
  ]
  expect(shape(points, { low: 5, high: 15, text: '' }).band).toEqual({ top: 10, height: 10 })
  expect(shape(points, { high: 15, text: '' }).band).toEqual({ top: 10, height: 10 })
  expect(shape(points, { text: 'negative' }).band).toBeUndefined()
})
