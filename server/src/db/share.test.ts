import { expect, test } from 'vitest'
import { shareOf } from './share.ts'

test.each([
  [100, 2, 12],
  [66, 2, 12],
  [60, 2, 12],
  [60, 4, 4],
  [60, 32, 3],
])('of %i connections, each of %i processes has %i for its requests', (allowed, processes, share) => {
  expect(shareOf(allowed, processes)).toBe(share)
})
