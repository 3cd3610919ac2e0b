import { expect, test } from 'vitest'
import { type IfMatch, requireMatch } from './if-match.ts'

test.each<[IfMatch | undefined, { version: number; deleted: boolean }, boolean]>([
  [undefined, { version: 3, deleted: false }, true],
  [undefined, { version: 3, deleted: true }, true],
  [3, { version: 3, deleted: false }, true],
  [2, { version: 3, deleted: false }, false],
  [3, { version: 3, deleted: true }, true],
  [[1, 3], { version: 3, deleted: false }, true],
  [[1, 2], { version: 3, deleted: false }, false],
  [[], { version: 3, deleted: false }, false],
  ['*', { version: 3, deleted: false }, true],
  ['*', { version: 3, deleted: true }, false],
])('If-Match %j against %j is met: %s', (ifMatch, row, met) => {
  const ask = () => requireMatch(ifMatch, row)
  if (met) expect(ask).not.toThrow()
  else expect(ask).toThrow(expect.objectContaining({ code: 'version-conflict' }))
})
