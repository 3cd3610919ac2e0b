import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { fill, test } from '../../test/filled-ledger.ts'
import { LedgerCut } from './witness-check.ts'

test('a witness that has seen more stops a start, by its log too when its newest checkpoint is lost', async ({
  filled,
  owner,
  openAnother,
  witness,
}) => {
  expect(filled.ids).toHaveLength(36)
  await owner.query('truncate ledger.batch, ledger.access, ledger.leaf, ledger.checkpoint')
  await expect(openAnother().start()).rejects.toThrow(LedgerCut)
  rmSync(join(witness, 'latest'))
  // What lies beside the logs is not asked, whatever it is called.
  for (const name of ['a.txt', 'zzz', 'checkpoints-2031-01.ndjson.bak']) writeFileSync(join(witness, name), 'x')
  await expect(openAnother().start()).rejects.toThrow(/has seen 36 entries of the ledger, and the database has 0/)
  // A new, empty folder: what a restore on purpose goes on with.
  await openAnother([]).start()
})

test('a witness that has seen another history stops a start', async ({ filled, owner, openAnother }) => {
  expect(filled.ids).toHaveLength(36)
  await owner.query('truncate ledger.batch, ledger.access, ledger.leaf, ledger.checkpoint')
  await fill(() => openAnother([]))
  await expect(openAnother().start()).rejects.toThrow(/has seen another history of the first 36 entries/)
})

test('a witness that is damaged, or of another ledger, stops nobody', async ({ filled, openAnother, witness }) => {
  expect(filled.ids).toHaveLength(36)
  writeFileSync(join(witness, 'latest'), 'nothing that can be read')
  appendFileSync(join(witness, 'checkpoints-2031-01.ndjson'), '{"at":1,"note":"other\\n99')
  await openAnother().start()
  rmSync(join(witness, 'latest'))
  mkdirSync(join(witness, 'checkpoints-2032-01.ndjson'))
  await openAnother().start()
})
