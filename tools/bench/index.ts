// `npm run bench`: the speed table, with sealing, policy and recording on, over HTTPS, on one machine with its database and
// its load; and what PostgreSQL does by itself in the same run, because machines differ and ratios travel.
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { measureGrowth } from './growth.ts'
import { formatGrowth, plotGrowth } from './growth-plot.ts'
import { choosePart, measureParts } from './parts.ts'
import { withPractice } from './practices.ts'
import { tableRows } from './rows.ts'
import { formatTable } from './table.ts'

const { values } = parseArgs({
  options: {
    json: { type: 'string' },
    // One row of the table, or the few that are measured together: see parts.ts.
    only: { type: 'string' },
    seconds: { type: 'string', default: '8' },
    patients: { type: 'string', default: '150' },
    workers: { type: 'string', default: '1' },
    // Only the growth: patients at each step, such as 1000,10000. Takes half an hour and some 10 GB.
    growth: { type: 'string' },
    plot: { type: 'string' },
  },
})
const seconds = Number(values.seconds)
const note = (text: string): boolean => process.stderr.write(`${text} …\n`)

if (values.growth !== undefined) {
  const steps = values.growth.split(',').map(Number)
  const measured = await withPractice((practice) => measureGrowth(practice, steps, seconds, note))
  if (values.plot !== undefined) writeFileSync(values.plot, plotGrowth(measured))
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(measured, undefined, 2)}\n`)
  process.stdout.write(`${formatGrowth(measured)}\n`)
  process.exit()
}

const part = choosePart(values.only)
if (part instanceof Error) {
  process.stderr.write(`${part.message}\n`)
  process.exit(2)
}
const measured = await measureParts(part, {
  ...{ seconds, patients: Number(values.patients), workers: values.workers, note },
})
const rows = tableRows(measured)
const failures = Object.values(measured.interactions).reduce((sum, { failures: some }) => sum + some, 0)
process.stdout.write(
  `${formatTable(rows)}\n${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}; ${failures} requests failed\n`,
)
if (values.json !== undefined)
  writeFileSync(values.json, `${JSON.stringify({ rows, ...measured, failures }, undefined, 2)}\n`)
if (failures > 0) process.exitCode = 1
