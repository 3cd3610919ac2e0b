import { expect, test } from 'vitest'
import { modulesPath } from './qr-picture.tsx'

test('each run of dark modules is one rectangle, inside a quiet zone of four modules', () => {
  expect(
    modulesPath([
      [1, 1, 0],
      [0, 0, 0],
      [0, 1, 1],
    ]),
  ).toBe('M4 4h2v1h-2zM5 6h2v1h-2z')
})
