import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { verifyLedger } from '#ledger'
import { firstFault, reading, test } from '../../test/filled-ledger.ts'

describe('a witness', () => {
  const logOf = (folder: string) => join(folder, readdirSync(folder).find((name) => name.endsWith('.ndjson')) ?? '')

  test('that was emptied, or is not there, is named', async ({ filled, witness }) => {
    rmSync(witness, { recursive: true })
    expect(await firstFault(filled.verify)).toEqual({
      what: `The witness folder ${witness} holds no checkpoint: it was emptied, or is not the one in use.`,
    })
    mkdirSync(witness)
    expect((await filled.verify()).faults.length).toBe(1)
  })

  test('that got on while the ledger was verified is not held against it', async ({
    filled,
    db,
    keys,
    witness,
    openAnother,
  }) => {
    // The snapshot is there, and then entries are taken in and witnessed.
    const inspect: typeof db.inspect = async (tenant, work) =>
      db.inspect(tenant, async (tx) => {
        await tx.query({ text: 'select' })
        const ledger = openAnother()
        await ledger.record(reading())
        await ledger.start()
        await ledger.stop()
        return work(tx)
      })
    const beside = await verifyLedger({ db: { ...db, inspect }, keys: keys.ledger, witnesses: [witness] })
    expect(beside).toMatchObject({ faults: [], entries: 36, witnesses: [{ newest: { size: 36 } }] })
    expect(await filled.verify()).toMatchObject({ faults: [], entries: 37, witnesses: [{ newest: { size: 37 } }] })
  })

  test('with a checkpoint that our key did not sign is named', async ({ filled, witness }) => {
    const forged = readFileSync(join(witness, 'latest'), 'utf8').replace('\n36\n', '\n37\n')
    writeFileSync(join(witness, 'latest'), forged)
    expect(await firstFault(filled.verify)).toMatchObject({ leaf: 37, what: expect.stringContaining('did not sign') })
  })

  test('whose last line a power failure cut short is no fault, and takes the next one whole', async ({
    filled,
    witness,
    openAnother,
  }) => {
    appendFileSync(logOf(witness), '{"at":17672256')
    expect(await filled.verify()).toMatchObject({ faults: [], witnesses: [{ unreadable: 1 }] })
    const ledger = openAnother()
    await ledger.record(reading())
    await ledger.start()
    await ledger.stop()
    expect(await filled.verify()).toMatchObject({ faults: [], witnesses: [{ unreadable: 1, newest: { size: 37 } }] })
  })

  test('that takes nothing does not stop recording, and has the newest checkpoint once it can', async ({
    filled,
    witness,
    openAnother,
  }) => {
    const moved = `${witness}.away`
    const { renameSync } = await import('node:fs')
    renameSync(witness, moved)
    const ledger = openAnother()
    await ledger.start()
    await ledger.record(reading())
    await expect.poll(async () => (await ledger.status(1)).witnesses[0]?.failing).toBe(true)
    renameSync(moved, witness)
    await ledger.record(reading())
    await ledger.stop()
    expect(await filled.verify()).toMatchObject({ faults: [], witnesses: [{ newest: { size: 38 } }] })
  })
})
