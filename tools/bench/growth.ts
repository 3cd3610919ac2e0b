// `npm run bench -- --growth`: the same questions to a database that grows tenfold, from a thousand patients to ten
// thousand with five million resources, a hundred of them with 20,000 each. What one patient's records cost must not grow
// with everyone else's.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { codeOfType } from '../../model/src/fhir/index.ts'
import { synthesize, transactionOf } from '../synthetic/index.ts'
import { withDatabase } from './database.ts'
import { load, shot, type Shot, targetOf, type Target } from './load.ts'
import { type Practice, startServer } from './server.ts'
import { conditionalWrites, encountersOfMonth } from './upserts.ts'

const today = '2026-11-20'
const seed = 'growth'
const heavyShare = 100
const heavyResources = 20_000
const filesAtOnce = 250

/** What was measured when the practice had so many patients. */
export interface Growth {
  readonly patients: number
  readonly resources: number
  /** Requests a second, by question. */
  readonly rates: Readonly<Record<string, number>>
}

/** Fills the practice up to each of these numbers of patients and measures there. */
export async function measureGrowth(
  practice: Practice,
  steps: readonly number[],
  seconds: number,
  note: (text: string) => void,
): Promise<Growth[]> {
  const most = Math.max(...steps)
  const folder = mkdtempSync(join(tmpdir(), 'chartkeep-bench-growth-'))
  const take = (name: string, content: object): string => {
    const file = join(folder, name)
    writeFileSync(file, JSON.stringify(content))
    return file
  }
  const bring = (files: readonly string[]): void => {
    practice.command('import', ...files)
    for (const file of files) rmSync(file)
  }
  try {
    const options = { seed, patients: most, today, references: 'conditional' } as const
    const made = synthesize(options)
    bring([take('practice.json', transactionOf(made.entries))])
    const people = made.patients()
    const measured: Growth[] = []
    let there = 0
    for (const step of steps) {
      note(`a practice of ${step.toLocaleString('en')} patients`)
      for (let files: string[] = []; there < step;) {
        const person = people.next()
        if (person.done === true) break
        const heavy = there % heavyShare === 0
        const chart = heavy ? made.heavyPatient(there, heavyResources) : person.value
        files.push(take(`patient-${there++}.json`, transactionOf(chart.entries)))
        if (files.length < filesAtOnce && there < step) continue
        bring(files)
        files = []
      }
      measured.push(await measureAt(practice, there, seconds))
    }
    return measured
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Known {
  readonly resources: number
  readonly patients: readonly string[]
  readonly heavy: readonly string[]
  readonly observations: readonly string[]
}

/** Ids to ask for, drawn from all that are there. */
async function know(practice: Practice): Promise<Known> {
  return withDatabase(practice, async (owner) => {
    const client = new pg.Client(owner)
    await client.connect()
    try {
      const ids = async (text: string, ...values: unknown[]): Promise<string[]> =>
        (await client.query<{ id: string }>(text, values)).rows.map(({ id }) => id)
      const [patient, observation] = [codeOfType('Patient'), codeOfType('Observation')]
      await client.query('analyze records.resource')
      const { rows } = await client.query<{ count: string }>('select count(*) from records.resource')
      return {
        resources: Number(rows[0]?.count),
        patients: await ids(
          'select id from records.resource where type = $1 order by md5(id::text) limit 1000',
          patient,
        ),
        heavy: await ids(
          'select patient as id from records.resource where type = $1 group by patient having count(*) > $2 limit 50',
          observation,
          heavyResources / 4,
        ),
        observations: await ids(
          'select id from records.resource where type = $1 and abs(hashtext(id::text)) % 50 = 0 limit 20000',
          observation,
        ),
      }
    } finally {
      await client.end()
    }
  })
}

async function measureAt(practice: Practice, patients: number, seconds: number): Promise<Growth> {
  const known = await know(practice)
  const server = await startServer(practice)
  try {
    const target = targetOf(server.url, server.ca, await server.token())
    const rates: Record<string, number> = {}
    for (const [name, { callers, next }] of Object.entries(questions(target, known))) {
      await ask(target, callers, 1, next)
      rates[name] = await ask(target, callers, seconds, next)
    }
    return { patients, resources: known.resources, rates }
  } finally {
    await server.stop()
  }
}

async function ask(target: Target, callers: number, seconds: number, next: (turn: number) => Shot): Promise<number> {
  const { rate, failures } = await load(target, { callers, next }, seconds)
  if (failures > 0) throw new Error(`${failures} requests failed`)
  return rate
}

interface Asked {
  readonly callers: number
  readonly next: (turn: number) => Shot
}

function questions(target: Target, { patients, heavy, observations }: Known): Readonly<Record<string, Asked>> {
  const one = (list: readonly string[], turn: number): string => list[(turn * 7919) % list.length] ?? ''
  const get = (path: (turn: number) => string) => (turn: number) => shot(target, 'GET', `/fhir/R4/${path(turn)}`)
  const newest = (list: readonly string[]) => get((turn) => `Observation?patient=${one(list, turn)}&_count=50`)
  const ofCode = (list: readonly string[]) =>
    get(
      (turn) =>
        `Observation?patient=${one(list, turn)}&code=http://loinc.org%7C8480-6,http://loinc.org%7C41653-7&_count=10`,
    )
  return {
    'read by id': { callers: 64, next: get((turn) => `Observation/${one(observations, turn)}`) },
    'newest 50 of a patient': { callers: 16, next: newest(patients) },
    'newest 50 of a heavy patient': { callers: 16, next: newest(heavy) },
    'one code of a patient': { callers: 16, next: ofCode(patients) },
    'one code of a heavy patient': { callers: 16, next: ofCode(heavy) },
    'encounters of a month': { callers: 8, next: encountersOfMonth(target) },
    'conditional writes': { callers: 32, next: conditionalWrites(target, patients) },
  }
}
