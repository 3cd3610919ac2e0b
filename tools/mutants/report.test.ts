import { expect, test } from 'vitest'
import { percentKilled, scoreModule, type StrykerReport } from './report.ts'

const source = 'export function may(role: string): boolean {\n  return role === "clinician"\n}\n'
const at = { start: { line: 2, column: 10 }, end: { line: 2, column: 30 } }
const report: StrykerReport = {
  files: {
    'server/src/policy/may.ts': {
      source,
      mutants: [
        { status: 'Killed', replacement: 'true', location: at },
        { status: 'Timeout', replacement: 'loop()', location: at },
        { status: 'Survived', replacement: 'false', location: at },
        { status: 'NoCoverage', replacement: 'role !== "clinician"', location: at },
        { status: 'RuntimeError', replacement: 'x', location: at },
        { status: 'Ignored', replacement: 'y', location: at },
      ],
    },
  },
}

test('a mutant that no test covers counts as survived, one that broke the program not, one left out is said', () => {
  const score = scoreModule('policy', report, [])
  expect([score.killed, score.leftOut]).toEqual([2, 1])
  expect(score.endless.map(({ change }) => change)).toEqual(['role === "clinician" → loop()'])
  expect(score.survived).toEqual([
    { file: 'server/src/policy/may.ts', line: 2, change: 'role === "clinician" → false' },
    { file: 'server/src/policy/may.ts', line: 2, change: 'role === "clinician" → role !== "clinician"' },
  ])
  expect(percentKilled([score])).toBe(50)
})

test('an equivalent mutant is left out of the score and keeps its reason', () => {
  const reason = 'both are never reached'
  const known = { file: 'server/src/policy/may.ts', change: 'role === "clinician" → false', reason }
  const score = scoreModule('policy', report, [known])
  expect(score.equivalent).toEqual([{ file: known.file, line: 2, change: known.change, reason }])
  expect(percentKilled([score])).toBe(66.6)
})

test('a module without mutants is whole', () => {
  expect(percentKilled([{ killed: 0, survived: [] }])).toBe(100)
})
