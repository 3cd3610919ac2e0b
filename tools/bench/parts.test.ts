import { expect, test } from 'vitest'
import { choosePart, measureParts } from './parts.ts'
import { tableRows } from './rows.ts'

const options = { seconds: 1, patients: 1, workers: '1', note: () => undefined }

test('one part is measured by its name, and nothing else', async () => {
  const part = choosePart('decision')
  if (part instanceof Error) throw part
  const figures = await measureParts(part, options)
  expect(Object.keys(figures).toSorted()).toEqual(['decision', 'interactions'])
  expect(tableRows(figures)).toMatchObject([{ part: 'decision', unit: 'µs', budget: 5 }])
})

test('without a name all are, and a name that no part has is answered with those there are', () => {
  expect(choosePart(undefined)).toBeUndefined()
  expect(choosePart('create')).toBe('create')
  expect(choosePart('nothing')).toMatchObject({
    message: expect.stringMatching(/--only nothing:.*transactions, create,/),
  })
})

test('rows are those of what was measured, transactions by the middle of their ratios', () => {
  const compared = [
    { rate: 900, raw: 3000 },
    { rate: 500, raw: 5000 },
    { rate: 800, raw: 4000 },
  ]
  const measured = { rate: 10, p50: 1, p95: 1, p99: 1, failures: 0 }
  const rows = tableRows({
    compared,
    interactions: { read: measured },
    recording: { bare: [30], full: [20], cost: 1 / 3 },
  })
  expect(rows.map(({ part, value }) => [part, Math.round(value)])).toEqual([
    ['transactions', 800],
    ['read', 20],
    ['recording', 33],
  ])
})
