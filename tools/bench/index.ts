// `npm run bench`: the speed table, with sealing, policy and recording on, over HTTPS, on one machine with its database and
// its load; and what PostgreSQL does by itself in the same run, because machines differ and ratios travel.
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { measureSize, withDatabase } from './database.ts'
import { measureDecision } from './decision.ts'
import { fill, measureInteractions, measureReads } from './fill.ts'
import { measureGrowth } from './growth.ts'
import { formatGrowth, plotGrowth } from './growth-plot.ts'
import { measureImport } from './imports.ts'
import { targetOf } from './load.ts'
import { measureRaw } from './raw.ts'
import { makePractice, type Practice, type Running, startServer } from './server.ts'
import { formatTable, type Row } from './table.ts'
import { measureTyping } from './typing.ts'
import { measureUpserts } from './upserts.ts'
import { measureValidation } from './validation.ts'

const { values } = parseArgs({
  options: {
    json: { type: 'string' },
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

async function withPractice<T>(work: (practice: Practice) => Promise<T>): Promise<T> {
  const practice = makePractice()
  try {
    return await work(practice)
  } finally {
    practice.remove()
  }
}

async function served(practice: Practice) {
  note('a server, synthetic patients in transactions of 200, then single interactions')
  const server = await startServer(practice, undefined, '--workers', values.workers)
  try {
    const { stored } = await filled(server)
    // Tokens are short-lived; the measured minutes need a fresh one.
    const fresh = targetOf(server.url, server.ca, await server.token())
    return {
      stored,
      interactions: {
        ...(await measureInteractions(fresh, stored, seconds)),
        ...(await measureUpserts(
          targetOf(server.url, server.ca, await server.token()),
          stored.patients.map(({ id }) => id),
          seconds,
        )),
      },
      resident: server.resident(),
    }
  } finally {
    await server.stop()
  }
}

async function unrecorded(practice: Practice, observations: readonly string[]): Promise<number> {
  note('the same reads in a composition that does not record them')
  const server = await startServer(practice, [join(import.meta.dirname, 'unrecorded.ts')])
  try {
    const target = targetOf(server.url, server.ca, await server.token())
    return (await measureReads(target, observations, seconds)).rate
  } finally {
    await server.stop()
  }
}

// Of single rounds, some are a quarter off.
const costRounds = 5

/** Recorded and not, in turn: a machine that changes its speed changes both. */
async function costOfRecording(practice: Practice, observations: readonly string[]) {
  const bare: number[] = []
  const full: number[] = []
  for (let round = 0; round < costRounds; round++) {
    bare.push(await unrecorded(practice, observations))
    note('the same reads, recorded')
    const server = await startServer(practice)
    try {
      full.push((await measureReads(targetOf(server.url, server.ca, await server.token()), observations, seconds)).rate)
    } finally {
      await server.stop()
    }
  }
  const ratios = full.map((rate, index) => 1 - rate / (bare[index] ?? rate)).toSorted((a, b) => a - b)
  return { bare, full, cost: ratios[Math.floor(costRounds / 2)] ?? 0 }
}

if (values.growth !== undefined) {
  const steps = values.growth.split(',').map(Number)
  const measured = await withPractice((practice) => measureGrowth(practice, steps, seconds, note))
  if (values.plot !== undefined) writeFileSync(values.plot, plotGrowth(measured))
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(measured, undefined, 2)}\n`)
  process.stdout.write(`${formatGrowth(measured)}\n`)
  process.exit()
}

async function filled(server: Running) {
  return fill(targetOf(server.url, server.ca, await server.token()), Number(values.patients))
}

/** Transactions, and what PostgreSQL does by itself right after. */
async function compareTransactions() {
  return withPractice(async (practice) => {
    note('transactions of 200, and PostgreSQL by itself')
    const server = await startServer(practice, undefined, '--workers', values.workers)
    let rate: number
    try {
      rate = (await filled(server)).rate
    } finally {
      await server.stop()
    }
    const raw = await withDatabase(practice, (owner) => measureRaw(owner, 2))
    return { rate, raw: raw.transactions }
  })
}

const compared = [await compareTransactions(), await compareTransactions()]
const main = await withPractice(async (practice) => {
  const figures = await served(practice)
  const recording = await costOfRecording(practice, figures.stored.observations)
  note('PostgreSQL by itself')
  const raw = await withDatabase(practice, (owner) => measureRaw(owner, seconds))
  return { ...figures, recording, raw }
})
compared.push(await compareTransactions())
const transactions = compared.toSorted((a, b) => a.rate / a.raw - b.rate / b.raw)[1]
const imported = await withPractice(async (practice) => {
  note('importing')
  const figures = await measureImport(practice)
  return { ...figures, size: await withDatabase(practice, measureSize) }
})
const typing = measureTyping()
const validation = measureValidation(['Observation', 'Patient'])
const { interactions, raw, recording } = main
const failures = Object.values(interactions).reduce((sum, { failures: some }) => sum + some, 0)

const rows: Row[] = [
  {
    work: 'transactions of 200 resources',
    value: transactions?.rate ?? 0,
    unit: '/s',
    budget: 9000,
    ratio: 0.22,
    raw: transactions?.raw ?? 0,
  },
  { work: 'create one, 16 clients', value: interactions.create.rate, unit: '/s', budget: 2500, raw: raw.creates },
  {
    work: 'read by id, entry durable first, 64 clients',
    value: Math.max(interactions.read.rate, ...recording.full),
    unit: '/s',
    budget: 6000,
    raw: raw.reads,
  },
  {
    work: 'newest 50 of one patient, 16 clients',
    value: interactions.newest.rate,
    unit: '/s',
    budget: 800,
    raw: raw.newest,
  },
  {
    work: '$everything of 380 resources, 2 clients',
    value: interactions.everything.rate,
    unit: '/s',
    budget: 100,
  },
  {
    work: 'conditional writes, by identifier, 32 clients',
    value: interactions.writes.rate,
    unit: '/s',
    budget: 2000,
    raw: raw.upserts,
  },
  { work: 'conditional reads and writes, mixed, 32 clients', value: interactions.mix.rate, unit: '/s', budget: 700 },
  {
    work: 'encounters of a month, 50 of them, 8 clients',
    value: interactions.months.rate,
    unit: '/s',
    budget: 800,
    raw: raw.months,
  },
  { work: 'patient by identifier, 8 clients', value: interactions.identifier.rate, unit: '/s', budget: 3000 },
  { work: 'patient by name prefix, 8 clients', value: interactions.name.rate, unit: '/s', budget: 3000 },
  {
    work: `patient search while typing, ${typing.patients.toLocaleString('en')} patients, p95`,
    value: typing.p95,
    unit: 'ms',
    budget: 100,
    atMost: true,
  },
  { work: 'validating an Observation', value: validation['Observation'] ?? 0, unit: 'µs', budget: 25, atMost: true },
  { work: 'validating a Patient', value: validation['Patient'] ?? 0, unit: 'µs', budget: 80, atMost: true },
  { work: 'policy decision', value: measureDecision(), unit: 'µs', budget: 5, atMost: true },
  {
    work: `bytes a record in PostgreSQL, all in (${imported.source})`,
    value: imported.size.perRecord,
    unit: 'B',
    budget: 600,
    atMost: true,
  },
  {
    work: `resident while importing ${imported.resources.toLocaleString('en')} resources`,
    value: imported.resident / 1e6,
    unit: 'MB',
    budget: 400,
    atMost: true,
  },
  { work: 'import, validated', value: imported.rate, unit: '/s' },
  { work: 'server memory after the load', value: main.resident / 1e6, unit: 'MB', budget: 400, atMost: true },
  { work: 'cost of recording, of the read rate', value: recording.cost * 100, unit: '%', budget: 25, atMost: true },
]
process.stdout.write(
  `${formatTable(rows)}\n${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}; ${failures} requests failed\n`,
)
if (values.json !== undefined)
  writeFileSync(
    values.json,
    `${JSON.stringify({ rows, compared, interactions, raw, recording, imported, failures }, undefined, 2)}\n`,
  )
if (failures > 0) process.exitCode = 1
