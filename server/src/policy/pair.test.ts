import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonical, pairItems } from './pair.ts'

const pairs = (sent: unknown[], shown: unknown[]) => [...pairItems(sent, shown)].toSorted(([a], [b]) => a - b)

test.each<[string, unknown[], unknown[], [number, number][]]>([
  [
    'the same item is found again wherever it stands',
    [{ a: 2 }, { a: 1 }],
    [{ a: 1 }, { a: 2 }],
    [
      [0, 1],
      [1, 0],
    ],
  ],
  ['in whatever order its properties stand', [{ b: { d: 1, c: 2 }, a: 1 }], [{ a: 1, b: { c: 2, d: 1 } }], [[0, 0]]],
  [
    'twins are paired in their order',
    [{ a: 1 }, { a: 1 }],
    [{ a: 1 }, { a: 1 }],
    [
      [0, 0],
      [1, 1],
    ],
  ],
  ['one twin is paired once', [{ a: 1 }, 7, 8], [{ a: 1 }, { a: 1 }], [[0, 0]]],
  [
    'a changed item is known by its sequence',
    [{ sequence: 2, x: 1 }, { sequence: 3 }, 0],
    [{ sequence: 2, x: 0 }],
    [[0, 0]],
  ],
  ['by its linkId', [{ linkId: 'a', x: 1 }, 0], [{ linkId: 'a' }], [[0, 0]]],
  ['by its id before its sequence', [{ id: 'a', sequence: 2 }, 0], [{ id: 'a', sequence: 1 }], [[0, 0]]],
  ['another id is another item', [{ id: 'b', sequence: 1 }, 0], [{ id: 'a', sequence: 1 }], []],
  ['an id is no sequence', [{ sequence: 1 }, 0], [{ id: 1 }], []],
  [
    'in a list as long as before by its place',
    [{ a: 9 }, { a: 2 }],
    [{ a: 1 }, { a: 2 }],
    [
      [0, 0],
      [1, 1],
    ],
  ],
  ['in no other list by its place', [{ a: 9 }], [{ a: 1 }, { a: 2 }], []],
  ['not by the place of another', [{ a: 2 }, { a: 9 }], [{ a: 1 }, { a: 2 }], [[1, 0]]],
  ['what was not shown has no partner', [{ a: 1 }], [undefined], []],
  ['texts are items, too', ['b', 'a', 'c'], ['a'], [[0, 1]]],
])('%s', (_, sent, shown, expected) => {
  expect(pairs(sent, shown)).toEqual(expected)
})

test('one text for one value, in whatever order its properties were written', () => {
  const value = fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), fc.jsonValue(), { maxKeys: 6 })
  const shuffled = value.chain((one) =>
    fc.tuple(fc.constant(one), fc.shuffledSubarray(Object.entries(one), { minLength: Object.keys(one).length })),
  )
  fc.assert(fc.property(shuffled, ([one, entries]) => canonical(one) === canonical(Object.fromEntries(entries))))

  expect(canonical({ b: [{ d: 1, c: null }], a: 'x' })).toBe('{"a":"x","b":[{"c":null,"d":1}]}')
  expect(canonical([1, 2])).not.toBe(canonical([2, 1]))
})
