// Resources that others made, as test input: never copied here, absent on most machines.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { parseJson, type Resource, rewriteReferences } from '../../model/src/fhir/index.ts'

const folder = process.env['CHARTKEEP_TEST_DATA'] ?? fileURLToPath(new URL('../../../shared/data', import.meta.url))

/** Where the test data is; undefined when it is not on this machine. */
export const testData: string | undefined = existsSync(folder) ? folder : undefined

const big = { bytes: 64 * 1024 * 1024, nodes: 10_000_000 }

export function readJson(file: string): unknown {
  const bytes = readFileSync(file)
  return parseJson(file.endsWith('.gz') ? gunzipSync(bytes) : bytes, big)
}

/** One resource on each line. */
export function readLines(file: string): Resource[] {
  const bytes = readFileSync(file)
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
  const lines = text.split('\n').filter((line) => line !== '')
  return lines.map((line) => parseJson(Buffer.from(line), big) as Resource)
}

export function filesIn(part: string, ending: RegExp): string[] {
  if (testData === undefined) return []
  const names = readdirSync(`${testData}/${part}`, { recursive: true }).map(String)
  return names
    .filter((name) => ending.test(name))
    .toSorted()
    .map((name) => `${testData}/${part}/${name}`)
}

/** The resources of a Synthea bundle, with what points to another of them pointing by type and id. */
export function resourcesOf(bundle: unknown): Resource[] {
  const entries = (bundle as { entry?: { fullUrl?: string; resource?: Resource }[] }).entry ?? []
  const ids = new Map<string, string>()
  for (const { fullUrl, resource } of entries) {
    if (fullUrl !== undefined && resource?.id !== undefined) ids.set(fullUrl, `${resource.resourceType}/${resource.id}`)
  }
  const resources = entries.flatMap((one) => one.resource ?? [])
  for (const one of resources) rewriteReferences(one, (text) => ids.get(text))
  return resources
}
