import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LineSplitter } from './lines.ts'
import type { Piece } from './piece.ts'

function split(text: string, size: number, limit = 1000): Piece[] {
  const splitter = new LineSplitter(limit)
  const bytes = Buffer.from(text)
  const pieces: Piece[] = []
  for (let at = 0; at < bytes.length; at += size) pieces.push(...splitter.push(bytes.subarray(at, at + size)))
  return [...pieces, ...splitter.end()]
}

test('lines are numbered as in an editor, blank ones too, however the bytes arrive', () => {
  const line = fc.constantFrom('', '  ', '{}', '{"a":"ä"}', '\r')
  fc.assert(
    fc.property(fc.array(line), fc.integer({ min: 1, max: 9 }), (lines, size) => {
      const found = split(lines.join('\n'), size)
      const expected = lines.flatMap((text, at) =>
        text.trim() === '' ? [] : [{ position: at + 1, bytes: Buffer.from(text) }],
      )
      expect(found).toEqual(expected)
    }),
  )
})

test('a line past the limit is named, and the next one given', () => {
  const found = split(`{}\n${'x'.repeat(50)}\n{}`, 8, 20)
  expect(found.map((piece) => [piece.position, 'reason' in piece ? piece.reason : 'given'])).toEqual([
    [1, 'given'],
    [2, 'too-large'],
    [3, 'given'],
  ])
})
