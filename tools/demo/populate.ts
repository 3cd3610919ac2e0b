import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type SyntheticPractice, synthesize, transactionOf } from '#synthetic'
import { openLog, systemClock } from '../../server/src/base/index.ts'
import type { Layout, System } from '../../server/src/cli/index.ts'
import { type ImportReport, importFiles } from '../../server/src/import/index.ts'
import { makeAccounts, makeClient } from './accounts.ts'
import { type Notes, source, writeNotes } from './notes.ts'

// Families live in blocks of 24, and refer to each other: a file never parts one.
const patientsAtOnce = 96

/** Brings in whatever of the practice is missing, and makes its accounts. Killed and started again, it goes on. */
export async function populate(system: System, notes: Notes, layout: Layout, told: AbortSignal): Promise<Notes> {
  const practice = synthesize({ ...notes, references: 'urn' })
  writeNotes(layout, notes)
  if (!notes.complete) await importPractice(system, practice, notes.patients, told)
  let done: Notes = { ...notes, complete: true }
  done = await makeAccounts(system, practice.staff, done, layout)
  done = await makeClient(system, done, layout)
  writeNotes(layout, done)
  return done
}

/** In files, like anyone's, some families at a time, so that the disk never holds all of them twice. */
async function importPractice(
  system: System,
  practice: SyntheticPractice,
  patients: number,
  told: AbortSignal,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'chartkeep-demo-'))
  const began = performance.now()
  let imported = 0
  let brought = false
  const bring = async (files: readonly string[]): Promise<void> => {
    const report = await importFiles(files, { ...(await partsFor(system)), signal: told }, (progress) => {
      if (progress.stage === 'importing')
        show(`Bringing in ${patients} invented patients: ${imported + progress.done} records so far`)
    })
    requireAll(report)
    imported += report.imported - report.alreadyThere
  }
  try {
    const common = join(folder, '0-practice.json.gz')
    writeFileSync(common, gzipSync(JSON.stringify(transactionOf(practice.entries)), { level: 1 }))
    let files = [common]
    for (const { entries } of practice.patients()) {
      const path = join(folder, `patient-${files.length}.json.gz`)
      writeFileSync(path, gzipSync(JSON.stringify(transactionOf(entries)), { level: 1 }))
      files.push(path)
      if (files.length <= patientsAtOnce) continue
      await bring(files)
      brought = true
      files = [common]
    }
    if (files.length > 1 || !brought) await bring(files)
    const seconds = (performance.now() - began) / 1000
    show(`${patients} patients, ${imported} records in ${seconds.toFixed(1)} s`, true)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function partsFor({ records, keys, tenant }: System) {
  const log = openLog('warn')
  const store = { records: await records(), idKey: keys.hmacKey('import-ids'), tenant }
  return { ...store, clock: systemClock, log, workstation: 'demo', source }
}

function requireAll({ rejected }: ImportReport): void {
  const [first] = rejected
  if (first !== undefined) throw new Error(`the synthetic practice holds a record that is not one: ${first.reason}`)
}

let shown = 0

function show(text: string, last = false): void {
  const now = performance.now()
  if (!last && now - shown < 500) return
  shown = now
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${text}${last ? '\n' : ''}`)
  else process.stderr.write(`${text}\n`)
}
