import { expect, test } from 'vitest'
import { createCache, forgetChanged, forgetPatient, joined } from './queries.ts'

function filled() {
  const cache = createCache()
  cache.setQueryData(['patient', 'a', 'banner'], {})
  cache.setQueryData(['patient', 'a', 'records', { types: ['Condition'], count: 1 }], {})
  cache.setQueryData(['patient', 'a', 'records', { types: ['Observation'], count: 1 }], {})
  cache.setQueryData(['patient', 'a', 'draft'], {})
  cache.setQueryData(['patient', 'b', 'records', { types: ['Condition'], count: 1 }], {})
  cache.setQueryData(['recent'], {})
  const stale = () =>
    cache
      .getQueryCache()
      .findAll({ stale: true })
      .filter(({ state }) => state.isInvalidated)
      .map(({ queryKey }) => queryKey.slice(1, 3).join(' '))
  return { cache, stale }
}

test('a change of one record makes the page read again what names its type, of this patient alone', async () => {
  const { cache, stale } = filled()
  await forgetChanged(cache, 'a', 'Condition')
  expect(stale()).toEqual(['a records'])
})

test('a changed allergy is read again into the banner', async () => {
  const { cache, stale } = filled()
  await forgetChanged(cache, 'a', 'AllergyIntolerance')
  expect(stale()).toEqual(['a banner'])
})

test('after the connection was away everything of the open patient is read again, but never one’s own draft', async () => {
  const { cache, stale } = filled()
  await forgetPatient(cache, 'a')
  expect(stale()).toEqual(['a banner', 'a records', 'a records'])
})

test('pages of a list are one list; refusals are said once', () => {
  const reason = { code: 'not-permitted', text: '', reference: '' }
  const refused = [{ type: 'Claim', reason }]
  const record = (id: string) => ({ resourceType: 'Condition', id })
  expect(
    joined([
      { records: [record('1')], refused, next: 'x' },
      { records: [record('2')], refused },
    ]),
  ).toEqual({ records: [record('1'), record('2')], refused })
})
