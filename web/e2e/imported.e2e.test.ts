// A chart that someone else's system made: the Synthea sample comes in beside the running server and is read as any other.
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectAccessible } from './accessible.ts'
import { launch, openTab, openWindow, signIn } from './browser.ts'
import { accountOf, findPractice, type Practice } from './practice.ts'

const root = join(import.meta.dirname, '../..')
const sample = join(
  process.env['CHARTKEEP_TEST_DATA'] ?? join(root, '../shared/data'),
  '1-fhir-patients/synthea-us-core-120',
)
const here = existsSync(sample)
if (!here) console.warn(`SKIPPED: charts of the Synthea sample, for ${sample} is not there.`)

let practice: Practice & { readonly data?: string }
let browser: Browser

beforeAll(async () => {
  if (!here) return
  practice = await findPractice()
  browser = await launch()
})
afterAll(async () => {
  await browser?.close()
  await practice?.stop?.()
})

interface Imported {
  readonly read: number
  readonly imported: number
  readonly rejected: readonly unknown[]
}

/** The organizations and practitioners, and one patient of middling size. */
function somePart(folder: string): string {
  const files = readdirSync(sample).toSorted()
  const patient = files.find((name) => !name.startsWith('0-')) ?? ''
  for (const name of [...files.filter((one) => one.startsWith('0-')), patient])
    cpSync(join(sample, name), join(folder, name))
  return join(folder, patient)
}

function nameIn(file: string): { family: string; given: string } {
  const bundle = JSON.parse(gunzipSync(readFileSync(file)).toString()) as {
    entry: { resource: { resourceType: string; name: { family: string; given: string[] }[] } }[]
  }
  const [name] = bundle.entry.find(({ resource }) => resource.resourceType === 'Patient')?.resource.name ?? []
  return { family: name?.family ?? '', given: name?.given[0] ?? '' }
}

test.runIf(here)('a Synthea patient is imported beside the running server, found, and read', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'chartkeep-synthea-'))
  try {
    const { family, given } = nameIn(somePart(folder))
    const report = join(folder, 'report.json')
    const program = join(root, 'server/bin/chartkeep.mjs')
    execFileSync(process.execPath, [program, 'import', folder, '--report', report, '--data', practice.data ?? ''], {
      stdio: 'ignore',
    })
    const { read, imported, rejected } = JSON.parse(readFileSync(report, 'utf8')) as Imported
    expect(imported + rejected.length).toBe(read)
    // The report itself lies in no folder of the sample.
    expect(rejected).toEqual([])

    const { page, complaints } = await openWindow(browser)
    await signIn(page, practice, accountOf(practice, 'clinician'))
    await page.keyboard.press('Control+k')
    await page.keyboard.type(`${given} ${family}`)
    await page.getByRole('option').filter({ hasText: family }).first().waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('region', { name: 'Patient' }).getByText(family).first().waitFor()
    for (const tab of ['Results', 'Vitals', 'Problems', 'Medications', 'Immunisations', 'Visits', 'Notes', 'Claims']) {
      await openTab(page, tab)
      await page.locator('main section').first().waitFor()
      await expectAccessible(page)
    }
    expect(complaints).toEqual([])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
