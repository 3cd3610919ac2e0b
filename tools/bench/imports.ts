import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { synthesize, transactionOf } from '../synthetic/index.ts'
import { type Practice, residentOf } from './server.ts'

export interface Imported {
  readonly resources: number
  readonly rejected: number
  readonly rate: number
  /** Most bytes resident while it ran. */
  readonly resident: number
  readonly source: string
}

const chartkeep = join(import.meta.dirname, '../../server/bin/chartkeep.mjs')

const sample = join(
  process.env['CHARTKEEP_TEST_DATA'] ?? join(import.meta.dirname, '../../../shared/data'),
  '1-fhir-patients/synthea-us-core-120',
)
/** Synthea's 120 patients, when they are at hand. */
export const sampleFolder = existsSync(sample) ? sample : undefined

/** 92,114 resources of the Synthea sample where it is at hand, else as many patients of our own in files. */
export async function measureImport(practice: Practice): Promise<Imported> {
  const folder = mkdtempSync(join(tmpdir(), 'chartkeep-bench-import-'))
  try {
    const source = sampleFolder ?? writeSynthetic(folder)
    const report = join(folder, 'report.json')
    const start = performance.now()
    const child = spawn(process.execPath, [chartkeep, 'import', source, '--report', report, '--data', practice.data], {
      stdio: 'ignore',
    })
    let resident = 0
    while (child.exitCode === null) {
      resident = Math.max(resident, residentOf(child.pid ?? 0))
      await pause(50)
    }
    if (child.exitCode !== 0) throw new Error(`the import ended with ${child.exitCode}`)
    const elapsed = (performance.now() - start) / 1000
    const { imported, rejected } = JSON.parse(readFileSync(report, 'utf8')) as { imported: number; rejected: unknown[] }
    return {
      resources: imported,
      rejected: rejected.length,
      rate: imported / elapsed,
      resident,
      source: sampleFolder !== undefined ? 'Synthea, 120 patients' : 'synthetic, 300 patients',
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function writeSynthetic(folder: string): string {
  const options = { seed: 'bench-import', patients: 300, today: '2026-11-20' } as const
  const practice = synthesize({ ...options, references: 'conditional' })
  writeFileSync(join(folder, '0-practice.json'), JSON.stringify(transactionOf(synthesize(options).entries)))
  let index = 0
  for (const { entries } of practice.patients())
    writeFileSync(join(folder, `patient-${index++}.json`), JSON.stringify(transactionOf(entries)))
  return folder
}
