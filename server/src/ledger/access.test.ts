import { expect, test } from 'vitest'
import { hourAfter, newestFirst, parseEntries } from './access.ts'
import { packIds } from './packed.ts'

/** An id made at this time, in Unix ms. */
const idAt = (ms: number, end: string) => {
  const time = ms.toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-8000-8000-00000000000${end}`
}
const hour = 3_600_000
const [oldest, middle, newest] = [idAt(hour, '1'), idAt(hour, '2'), idAt(2 * hour - 1, '0')]
const packed = (...ids: string[]) => ({ newest, oldest, entries: packIds(ids) })

test('the hour after an id is the same id an hour later', () => {
  expect(hourAfter(middle)).toBe(idAt(2 * hour, '2'))
  expect(hourAfter(idAt(0, '5'))).toBe('00000036-ee80-8000-8000-000000000005')
})

test('ids sort newest first', () => {
  expect([middle, newest, oldest, middle].toSorted(newestFirst)).toEqual([newest, middle, middle, oldest])
  expect([newestFirst(oldest, newest), newestFirst(newest, oldest), newestFirst(oldest, oldest)]).toEqual([1, -1, 0])
})

test.each<[string, Parameters<typeof parseEntries>[0], readonly string[] | undefined]>([
  ['as it was written', packed(newest, middle, oldest), [newest, middle, oldest]],
  ['of one entry', { newest, oldest: newest, entries: packIds([newest]) }, [newest]],
  ['of none', packed(), undefined],
  ['of nothing', { newest, oldest, entries: null }, undefined],
  [
    'with a byte more',
    { newest, oldest, entries: Buffer.concat([packIds([newest, oldest]), Buffer.of(0)]) },
    undefined,
  ],
  ['with another newest', { ...packed(newest, oldest), newest: middle }, undefined],
  ['with another oldest', { ...packed(newest, oldest), oldest: middle }, undefined],
  ['in another order', packed(newest, oldest, middle, oldest), undefined],
  ['with one twice', packed(newest, middle, middle, oldest), undefined],
  [
    'of more than an hour',
    { newest: idAt(2 * hour, '0'), oldest, entries: packIds([idAt(2 * hour, '0'), oldest]) },
    undefined,
  ],
])('a row of access history %s', (_, row, expected) => {
  expect(parseEntries(row)).toEqual(expected)
})
