// What a file costs grows as its size does.
import { expect, test } from 'vitest'
import { growsTooFast, type Make } from '../../test/growth.ts'
import { EntrySplitter } from './entries.ts'
import { LineSplitter } from './lines.ts'

function* pieces(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += 1024) yield bytes.subarray(at, at + 1024)
}

function imported(text: string): () => unknown {
  const bytes = Buffer.from(text)
  return () => {
    const splitter = new EntrySplitter(bytes.length * 2)
    for (const piece of pieces(bytes)) splitter.push(piece)
    splitter.end()
  }
}

const files: Readonly<Record<string, Make>> = {
  'many entries': (size) => imported(`{"resourceType":"Bundle","entry":[${'{"resource":{"a":"b"}},'.repeat(size)}{}]}`),
  'a long text': (size) => imported(`{"resourceType":"Patient","a":"${'b'.repeat(50 * size)}"}`),
  'a long line': (size) => {
    const text = Buffer.from('x'.repeat(50 * size))
    return () => {
      const splitter = new LineSplitter(text.length * 2)
      for (const piece of pieces(text)) splitter.push(piece)
      splitter.end()
    }
  },
}

test.each(Object.entries(files))('R-16: a file with %s costs no more than its size', async (_, make) => {
  expect(await growsTooFast(make)).toBe(false)
})
