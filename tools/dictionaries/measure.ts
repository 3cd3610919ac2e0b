// `node tools/dictionaries/measure.ts`: what the dictionaries do for records that others wrote, and for our own: mean
// bytes by type, and the processor time of packing and unpacking one record.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { deflateRawSync, gunzipSync, inflateRawSync } from 'node:zlib'
import { synthesize } from '../synthetic/index.ts'
import { buildDictionaries } from './build.ts'
import { Storing, type Sent } from './stored.ts'

const bundles = join(
  process.env['CHARTKEEP_TEST_DATA'] ?? join(import.meta.dirname, '../../../shared/data'),
  '1-fhir-patients/synthea-us-core-120',
)
const dictionaries = new Map(buildDictionaries().map(({ type, bytes }) => [type, bytes]))
const samples = 400

function measure(title: string, records: ReadonlyMap<string, readonly Buffer[]>): void {
  const rows: Record<string, object> = {}
  let [count, plainBytes, packedBytes] = [0, 0, 0]
  for (const [type, all] of [...records].sort((a, b) => b[1].length - a[1].length)) {
    const step = Math.max(1, Math.floor(all.length / samples))
    const some = all.filter((_, at) => at % step === 0)
    const dictionary = dictionaries.get(type) ?? dictionaries.get('default') ?? Buffer.alloc(0)
    const mean = (bodies: readonly Buffer[]): number =>
      bodies.reduce((sum, body) => sum + body.length, 0) / bodies.length
    const plain = mean(some.map((json) => deflateRawSync(json, { level: 3 })))
    let packed: Buffer[] = []
    const inMicroseconds = leastCpu(
      some.length,
      () => (packed = some.map((json) => deflateRawSync(json, { level: 3, memLevel: 6, dictionary }))),
    )
    const outMicroseconds = leastCpu(some.length, () => packed.map((body) => inflateRawSync(body, { dictionary })))
    rows[type] = {
      records: all.length,
      json: Math.round(mean(some)),
      deflated: Math.round(plain),
      withDictionary: Math.round(mean(packed)),
      dictionary: dictionary.length,
      'µs in': Math.round(inMicroseconds),
      'µs out': Math.round(outMicroseconds),
    }
    count += all.length
    plainBytes += plain * all.length
    packedBytes += mean(packed) * all.length
  }
  console.log(
    `${title}: ${count} records, mean ${(plainBytes / count).toFixed(0)} → ${(packedBytes / count).toFixed(0)} bytes`,
  )
  console.table(rows)
}

/** Processor time for one of `count`, the least of ten rounds: other work on the machine only ever adds. */
function leastCpu(count: number, work: () => unknown): number {
  let least = Number.POSITIVE_INFINITY
  for (let round = 0; round < 10; round++) {
    const before = process.cpuUsage()
    work()
    const used = process.cpuUsage(before)
    least = Math.min(least, (used.user + used.system) / count)
  }
  return least
}

function collect(groups: Iterable<readonly Sent[]>): Map<string, Buffer[]> {
  const storing = new Storing()
  const records = new Map<string, Buffer[]>()
  for (const group of groups) {
    for (const { type, json } of storing.store(group)) {
      const list = records.get(type) ?? []
      list.push(json)
      records.set(type, list)
    }
  }
  return records
}

function* ourPatients(): Generator<readonly Sent[]> {
  const practice = synthesize({ seed: 'measured', patients: 40, today: '2026-11-22' })
  yield practice.entries
  for (const { entries } of practice.patients()) yield entries
}

function* syntheaBundles(): Generator<readonly Sent[]> {
  for (const name of readdirSync(bundles).filter((file) => file.includes('.json'))) {
    const bytes = readFileSync(join(bundles, name))
    const bundle: { entry: readonly Sent[] } = JSON.parse(
      (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'),
    )
    yield bundle.entry
  }
}

measure('Our own practice', collect(ourPatients()))
if (existsSync(bundles)) measure('Synthea, US Core 3.1.1', collect(syntheaBundles()))
else console.log('Set CHARTKEEP_TEST_DATA to measure on records of others.')
