import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { socketFolderFor } from '#db'
import type { ImportReport } from '#import'
import { synthesize, transactionOf } from '../../../tools/synthetic/index.ts'
import { root } from '../repository.ts'

const program = join(root, 'server/bin/chartkeep.mjs')
const sample = join(
  process.env['CHARTKEEP_TEST_DATA'] ?? join(root, '..', 'shared', 'data'),
  '1-fhir-patients/synthea-us-core-120',
)

let folder: string
let data: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chartkeep-import-fault-'))
  data = join(folder, 'data')
  const passwords = join(folder, 'passwords')
  writeFileSync(passwords, 'plinth-ocarina-wombat-feldspar\nmarzipan:gantry:oboe:thistle\n', { mode: 0o600 })
  const people = ['--administrator', 'ada', '--administrator-name', 'Ada Nim', '--privacy-officer', 'pia']
  chartkeep(
    'init',
    '--practice',
    'Fenwick',
    ...people,
    '--privacy-officer-name',
    'Pia Orr',
    '--password-file',
    passwords,
  )
})

afterEach(() => {
  // A killed command leaves PostgreSQL running for the next one.
  const postmaster = join(data, 'pg', 'postmaster.pid')
  if (existsSync(postmaster)) process.kill(Number.parseInt(readFileSync(postmaster, 'utf8'), 10), 'SIGQUIT')
  rmSync(socketFolderFor(data), { recursive: true, force: true })
  rmSync(folder, { recursive: true, force: true })
})

function chartkeep(...args: string[]): string {
  return execFileSync(process.execPath, [program, ...args, '--data', data], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
}

function startImport(source: string, report: string): ChildProcess {
  return spawn(process.execPath, [program, 'import', source, '--report', report, '--data', data], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
}

/** Runs an import and kills it, without warning, once its terminal shows this. */
async function killAt(source: string, shown: RegExp): Promise<void> {
  const child = startImport(source, join(folder, 'killed.json'))
  let terminal = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    terminal += chunk.toString()
    if (shown.test(terminal)) child.kill('SIGKILL')
  })
  await once(child, 'exit')
  expect(child.signalCode).toBe('SIGKILL')
}

async function importAll(source: string): Promise<ImportReport> {
  const path = join(folder, 'report.json')
  await once(startImport(source, path), 'exit')
  return JSON.parse(readFileSync(path, 'utf8')) as ImportReport
}

/** What is stored, by the program that compares every record with the ledger's word for it. */
function versionsStored(): number {
  const said = chartkeep('ledger', 'verify')
  expect(said).toContain('The ledger is whole')
  return Number(/(\d+) versions of records/.exec(said)?.[1])
}

describe('an import that is killed and run again', () => {
  test('goes on where it stopped, and stores each record once', async () => {
    const source = join(folder, 'source')
    mkdirSync(source)
    const practice = synthesize({ seed: 'fault', patients: 48, today: '2026-11-20' })
    writeFileSync(join(source, '0-practice.json'), JSON.stringify(transactionOf(practice.entries)))
    let expected = practice.entries.length
    for (const { patient, entries } of practice.patients()) {
      writeFileSync(join(source, `${patient.fullUrl.slice(9)}.json`), JSON.stringify(transactionOf(entries)))
      expected += entries.length
    }
    await killAt(source, /importing/)
    await killAt(source, /[1-9][\d,]* imported/)
    const report = await importAll(source)
    expect(report).toMatchObject({ read: expected, imported: expected, rejected: [], complete: true })
    expect(report.alreadyThere).toBeGreaterThan(0)
    expect(versionsStored()).toBe(expected)
  })
})

describe.skipIf(!existsSync(sample))('the 120 patients of the sample', () => {
  test('are all imported, with nothing rejected', async () => {
    expect(readdirSync(sample)).toHaveLength(122)
    const report = await importAll(sample)
    expect(report).toMatchObject({ read: 92_114, imported: 92_114, rejected: [], alreadyThere: 0, dangling: 0 })
    expect(versionsStored()).toBe(92_114)
  })
})
