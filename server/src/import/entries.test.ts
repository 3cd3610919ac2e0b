import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Document, EntrySplitter } from './entries.ts'
import type { Piece } from './piece.ts'

/** Splits text that arrives in chunks of this many bytes. */
function split(text: string, size = 7, limit = 1000): { pieces: Piece[]; document: Document; found: string[] } {
  const splitter = new EntrySplitter(limit)
  const bytes = Buffer.from(text)
  const pieces: Piece[] = []
  for (let at = 0; at < bytes.length; at += size) pieces.push(...splitter.push(bytes.subarray(at, at + size)))
  const document = splitter.end()
  return {
    pieces,
    document,
    found: pieces.map((piece) => ('bytes' in piece ? piece.bytes.toString().trim() : piece.reason)),
  }
}

const bundle = (...entries: readonly string[]) =>
  `{"resourceType":"Bundle","type":"batch","entry":[${entries.join(',')}]}`

describe('the entries of a bundle', () => {
  test('are given one by one, with their index', () => {
    const { pieces, found, document } = split(bundle('{"a":1}', '{"b":[2,{"c":"],}"}]}'))
    expect(found).toEqual(['{"a":1}', '{"b":[2,{"c":"],}"}]}'])
    expect(pieces.map(({ position }) => position)).toEqual([0, 1])
    expect(document).toEqual({ kind: 'bundle' })
  })

  test('are the same however the bytes arrive', () => {
    const text = fc.json({ maxDepth: 4 })
    fc.assert(
      fc.property(fc.array(text, { maxLength: 5 }), fc.integer({ min: 1, max: 40 }), (entries, size) => {
        const written = entries.map((entry) => JSON.stringify(JSON.parse(entry), undefined, entry.length % 3))
        expect(split(bundle(...written), size, 100_000).found).toEqual(written.map((one) => one.trim()))
      }),
    )
  })

  test.each([
    ['none', '{"resourceType":"Bundle","entry":[]}', []],
    ['none, with blanks', '{"resourceType":"Bundle","entry":[ \n ]}', []],
    ['no entry at all', '{"resourceType":"Bundle"}', []],
    ['before the type', '{"entry":[{"a":1}],"resourceType":"Bundle"}', ['{"a":1}']],
    ['numbers, texts, null', bundle('1', '"x,]"', 'null'), ['1', '"x,]"', 'null']],
    ['a comma too many', bundle('{"a":1}', ''), ['{"a":1}', '']],
    [
      'escapes at every end',
      bundle(String.raw`{"a":"\\"}`, String.raw`{"b":"\"]"}`),
      [String.raw`{"a":"\\"}`, String.raw`{"b":"\"]"}`],
    ],
    ['an entry within an entry', bundle('{"entry":[1,2]}'), ['{"entry":[1,2]}']],
  ])('%s', (_, text, expected) => {
    for (const size of [1, 2, 3, 1000]) expect(split(text, size).found).toEqual(expected)
  })

  test('larger than the limit are named, and the others given', () => {
    expect(split(bundle('{"a":1}', `{"b":"${'x'.repeat(2000)}"}`, '{"c":3}')).found).toEqual([
      '{"a":1}',
      'too-large',
      '{"c":3}',
    ])
  })
})

describe('a document', () => {
  test('that is no bundle is given whole', () => {
    const text = '{"resourceType":"List","entry":[{"item":{}}]}'
    expect(split(text).document).toEqual({ kind: 'resource', bytes: Buffer.from(text) })
  })

  test('that tells only at its end that it is no bundle is to be read again', () => {
    const text = '{"entry":[{"item":{}}],"resourceType":"List"}'
    expect(split(text).document).toEqual({ kind: 'misread' })
    const again = new EntrySplitter(1000, true)
    again.push(Buffer.from(text))
    expect(again.end()).toEqual({ kind: 'resource', bytes: Buffer.from(text) })
  })

  test.each([
    ['cut short in an entry', '{"resourceType":"Bundle","entry":[{"a"', 'cut-short'],
    ['cut short in a text', '{"resourceType":"Bundle","entry":[{"a":"x', 'cut-short'],
    ['with a bracket of the wrong kind', bundle('{"a":[}', '{"b":1}'), 'malformed'],
    ['with more after its end', `${bundle()} {}`, 'malformed'],
    ['with entries twice', '{"resourceType":"Bundle","entry":[],"entry":[]}', 'malformed'],
    ['with entries under another spelling', String.raw`{"resourceType":"Bundle","\u0065ntry":[{"a":1}]}`, 'malformed'],
    ['deeper than anyone writes', `{"resourceType":"Bundle","x":${'['.repeat(5000)}`, 'too-deep'],
    ['of blanks', '  \n ', 'empty'],
  ])('%s is a fault of the file', (_, text, reason) => {
    expect(() => split(text, 7, 100_000)).toThrow(reason)
  })
})
