import { expect, test } from 'vitest'
import type { Found } from '#records'
import { outcomeEntries } from './search-outcome.ts'

const found = (over: Partial<Found>): Found => ({
  ...{ records: [], included: [], used: new URLSearchParams(), ignored: [], scan: { opened: 20_000, whole: false } },
  ...over,
})
const codes = (over: Partial<Found>, count = 50) =>
  outcomeEntries(found(over), count).flatMap(({ json }) =>
    (JSON.parse(String(json)) as { issue: { code: string }[] }).issue.map(({ code }) => code),
  )

test('a total that a scan did not come to is missed with a word', () => {
  for (const query of ['_summary=count', '_total=accurate']) {
    const used = new URLSearchParams(query)
    expect(codes({ used }, 0)).toEqual(['too-costly'])
    expect(codes({ used, next: 'x' })).toEqual(['too-costly'])
    expect(codes({ used, total: 7 }, 0)).toEqual([])
  }
})

test('a page that a scan left short says so, a full or a last one does not', () => {
  const record = {} as Found['records'][number]
  expect(codes({ next: 'x' })).toEqual(['incomplete'])
  expect(codes({ next: 'x', records: [record] }, 1)).toEqual([])
  expect(codes({})).toEqual([])
})
