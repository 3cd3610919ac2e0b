import { expect, test } from 'vitest'
import { type MeasuredFile, planMutant, sumHits } from './plan.ts'

const measured = (file: string, more: Partial<MeasuredFile> = {}): MeasuredFile => ({
  file,
  needsDatabase: file.includes('.db.'),
  fresh: false,
  overhead: 10,
  tests: { first: 5, second: 50 },
  reached: { load: {}, hooks: {}, tests: {} },
  ...more,
})

test('a mutant meets the tests that reach it: beside its file first, then the cheap ones, then those with a database', () => {
  const reached = { load: {}, hooks: {}, tests: { first: { 7: 1 } } }
  const files = [
    measured('/a/far.db.test.ts', { reached }),
    measured('/a/slow.test.ts', { reached, overhead: 500 }),
    measured('/a/quick.test.ts', { reached }),
    measured('/a/other.test.ts'),
    measured('/a/near.db.test.ts', { reached }),
  ]
  expect(planMutant(files, '7', '/a/near.ts', new Map()).map(({ file, tests, time }) => [file, tests, time])).toEqual([
    ['/a/near.db.test.ts', ['first'], 15],
    ['/a/quick.test.ts', ['first'], 15],
    ['/a/slow.test.ts', ['first'], 505],
    ['/a/far.db.test.ts', ['first'], 15],
  ])
  expect(planMutant(files, '8', '/a/near.ts', new Map())).toEqual([])
})

test('what a hook reaches meets every test of the file, what the load of a module reaches also loads it anew', () => {
  const hooks = measured('/a/hooks.test.ts', { reached: { load: {}, hooks: { 7: 1 }, tests: {} } })
  const load = measured('/a/load.test.ts', { reached: { load: { 7: 1 }, hooks: {}, tests: {} } })
  expect(planMutant([hooks, load], '7', '/a/x.ts', new Map())).toEqual([
    { file: '/a/hooks.test.ts', tests: ['first', 'second'], load: false, fresh: false, time: 65 },
    { file: '/a/load.test.ts', tests: ['first', 'second'], load: true, fresh: true, time: 65 },
  ])
})

test('tests that killed other mutants of the file are asked before all others', () => {
  const reached = { load: {}, hooks: {}, tests: { first: { 7: 1 }, second: { 7: 1 } } }
  const files = [measured('/a/near.test.ts', { reached, tests: { third: 1 } }), measured('/a/far.test.ts', { reached })]
  const plan = planMutant(files, '7', '/a/x.ts', new Map([['second', 3]]))
  expect(plan.map(({ file, tests, time }) => [file, tests, time])).toEqual([
    ['/a/far.test.ts', ['second'], 60],
    ['/a/far.test.ts', ['first'], 15],
  ])
})

test('how often a mutant is reached is counted over all tests, and while modules load where that is asked', () => {
  const file = measured('/a/x.test.ts', {
    reached: { load: { 7: 1 }, hooks: { 7: 2, 8: 1 }, tests: { first: { 7: 4 }, second: { 7: 8 } } },
  })
  expect(sumHits(file, true)).toEqual({ 7: 15, 8: 1 })
  expect(sumHits(file, false)).toEqual({ 7: 14, 8: 1 })
})
