import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openLog } from '#base'
import { isLogName, openWitness, readLatest } from './witness.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chartkeep-witness-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const july = Date.UTC(2026, 6, 31, 23, 59)
const august = Date.UTC(2026, 7, 1)
const logOf = (month: string): string => readFileSync(join(folder, `checkpoints-${month}.ndjson`), 'utf8')

test('a checkpoint stands in the log of its month and in latest, with its time', async () => {
  const witness = openWitness(folder, openLog('silent'))
  expect(witness.status()).toEqual({ folder, at: undefined, failing: false })
  expect(await readLatest(folder)).toBeUndefined()
  for (const [note, at] of [
    ['one', july],
    ['two', august],
    ['three', august + 1],
  ] as const) {
    witness.give(note, at)
    await witness.settled()
  }
  expect(logOf('2026-07')).toBe(`{"at":${july},"note":"one"}\n`)
  expect(logOf('2026-08')).toBe(`{"at":${august},"note":"two"}\n{"at":${august + 1},"note":"three"}\n`)
  expect(await readLatest(folder)).toBe('three')
  expect(witness.status()).toEqual({ folder, at: august + 1, failing: false })
})

test('what comes while it writes is not queued: it gets the newest', async () => {
  const witness = openWitness(folder, openLog('silent'))
  for (let n = 0; n < 50; n++) witness.give(`note ${n}`, july)
  await witness.settled()
  expect(logOf('2026-07').split('\n').length).toBeLessThan(5)
  expect(await readLatest(folder)).toBe('note 49')
})

test('a line that was cut short takes the next one not with it', async () => {
  writeFileSync(join(folder, 'checkpoints-2026-07.ndjson'), '{"at":1')
  const witness = openWitness(folder, openLog('silent'))
  witness.give('next', july)
  await witness.settled()
  expect(logOf('2026-07')).toBe(`{"at":1\n{"at":${july},"note":"next"}\n`)
})

test('a folder that takes nothing is said once, and once more when it happens again', async () => {
  const said: string[] = []
  const log = openLog('info', { write: (line) => void said.push((JSON.parse(line) as { msg: string }).msg) })
  const witness = openWitness(folder, log)
  const give = async (note: string): Promise<void> => {
    witness.give(note, july)
    await witness.settled()
  }
  rmSync(folder, { recursive: true })
  await give('one')
  await give('two')
  expect(witness.status()).toEqual({ folder, at: undefined, failing: true })
  expect(said).toEqual(['a witness folder does not take checkpoints'])
  mkdirSync(folder)
  await give('three')
  expect(witness.status()).toEqual({ folder, at: july, failing: false })
  rmSync(folder, { recursive: true })
  await give('four')
  expect(said).toHaveLength(2)
})

test.for([
  ['checkpoints-2026-07.ndjson', true],
  ['checkpoints-12026-07.ndjson', true],
  ['xcheckpoints-2026-07.ndjson', false],
  ['checkpoints-2026-07.ndjson.bak', false],
  ['checkpoints-206-07.ndjson', false],
  ['checkpoints-2026-7.ndjson', false],
  ['latest', false],
] as const)('%s is a log: %s', ([name, expected]) => {
  expect(isLogName(name)).toBe(expected)
})
