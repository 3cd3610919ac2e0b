import { expect, test } from 'vitest'
import { parseChanged } from './events.ts'

test.each([
  ['{"type":"Condition","id":"1"}', { type: 'Condition', id: '1' }],
  ['{"type":"Condition"}', undefined],
  ['{"type":7,"id":"1"}', undefined],
  ['not json', undefined],
  [undefined, undefined],
])('the event %s is read as %o', (text, changed) => {
  expect(parseChanged(text)).toEqual(changed)
})
