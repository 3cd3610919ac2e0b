// `npm run mutants`: changes the code of the modules that everything rests on, one small change at a time, runs their
// tests against each, and lists the changes that no test noticed.
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { equivalents } from './equivalent.ts'
import { measured } from './modules.ts'
import { type ModuleScore, percentKilled, scoreModule } from './report.ts'
import { runStryker } from './stryker.ts'

const { values } = parseArgs({
  options: {
    json: { type: 'string' },
    /** Modules, with commas between them; all when left out. */
    only: { type: 'string' },
    /** Files to mutate, as a glob from the root, instead of the whole module. */
    files: { type: 'string' },
    /** One piece of code in so many: whole modules with database tests take hours. */
    sample: { type: 'string', default: '1' },
    /** Without tests that need a database: minutes instead of hours, and a lower score. */
    'unit-only': { type: 'boolean', default: false },
    /** Without what runs when a module is loaded: each such mutant needs every test. Their number is said. */
    'no-static': { type: 'boolean', default: false },
  },
})

const names = values.only?.split(',') ?? measured.map(({ name }) => name)
const unknown = names.filter((name) => measured.every((module) => module.name !== name))
if (unknown.length > 0) throw new Error(`no measured module is called ${unknown.join(', ')}`)

const sample = Number(values.sample)
if (!Number.isSafeInteger(sample) || sample < 1) throw new Error('--sample takes a whole number from 1 on')
const options = { files: values.files, sample, unitOnly: values['unit-only'], noStatic: values['no-static'] }

const scores: ModuleScore[] = []
for (const { name, goal } of measured.filter((module) => names.includes(module.name))) {
  const report = await runStryker(name, options)
  const score = scoreModule(name, report, equivalents)
  scores.push(score)
  const percent = percentKilled([score])
  for (const { file, line, change } of score.survived) process.stderr.write(`  ${file}:${line}: ${change}\n`)
  process.stderr.write(
    `${name}: ${percent} % killed (goal ${goal} %; ${score.endless.length} never ended), ${score.survived.length} survived, ${score.equivalent.length} behave alike, ${score.leftOut} left out\n`,
  )
  if (percent < goal) process.exitCode = 1
}

const summary = { score: percentKilled(scores), modules: scores }
if (values.json === '-') process.stdout.write(`${JSON.stringify(summary, undefined, 2)}\n`)
else if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(summary, undefined, 2)}\n`)
process.stderr.write(`all: ${summary.score} % killed\n`)
