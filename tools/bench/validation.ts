import { readdirSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { join } from 'node:path'
import { asResource } from '../../server/src/fhir/index.ts'
import { synthesize } from '../synthetic/index.ts'
import { sampleFolder } from './imports.ts'

/** Microseconds of CPU to validate one resource of each type: structure, codes, invariants and the profiles it claims. */
export function measureValidation(types: readonly string[]): Record<string, number> {
  const resources = sampleResources(types)
  return Object.fromEntries(types.map((type) => [type, validationTime(resources.get(type) ?? [])]))
}

function validationTime(resources: readonly unknown[]): number {
  const best: number[] = []
  for (let round = 0; round < 12; round++) {
    const start = process.cpuUsage()
    for (const resource of resources) asResource(resource)
    const { user, system } = process.cpuUsage(start)
    best.push((user + system) / resources.length)
  }
  // Compiled by then; the least is what it costs when nothing else runs.
  return Math.min(...best)
}

const most = 3000

/** Synthea's where they are at hand, else our own. */
function sampleResources(types: readonly string[]): Map<string, unknown[]> {
  const found = new Map<string, unknown[]>(types.map((type) => [type, []]))
  const take = (resource: { readonly resourceType: string }): void => {
    const list = found.get(resource.resourceType)
    if (list !== undefined && list.length < most) list.push(resource)
  }
  if (sampleFolder === undefined) {
    for (const { entries } of synthesize({ seed: 'bench', patients: 40, today: '2026-11-20' }).patients())
      for (const { resource } of entries) take(resource)
    return found
  }
  for (const file of readdirSync(sampleFolder).filter((name) => name.endsWith('.json.gz'))) {
    const { entry } = JSON.parse(gunzipSync(readFileSync(join(sampleFolder, file))).toString()) as {
      entry: { resource: { resourceType: string } }[]
    }
    for (const { resource } of entry) take(resource)
  }
  return found
}
