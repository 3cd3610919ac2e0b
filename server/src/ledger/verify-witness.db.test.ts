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
    expect(beside).toMatchObject({ faults: [], entries: 36, witnesses: [{ unreadable: 0, newest: { size: 36 } }] })
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

  test('counts each line that is a checkpoint with its time, and each that is none', async ({ filled, witness }) => {
    const lines = readFileSync(logOf(witness), 'utf8').trim().split('\n')
    const genuine = JSON.parse(lines.at(-1) ?? '') as { at: number; note: string }
    const { note } = genuine
    const none = ['null', '3', '"x"', '{}', '{"at":1}', JSON.stringify({ note }), '{"note":5,"at":1}', '[1]']
    const wrongTime = JSON.stringify({ note, at: 'today' })
    appendFileSync(logOf(witness), `\n\n${[...none, wrongTime].join('\n')}\n`)
    writeFileSync(join(witness, 'checkpoints-2020-01.ndjson'), '')
    expect(await filled.verify()).toMatchObject({
      faults: [],
      // The newest stands in `latest` as well, without a time.
      witnesses: [{ checkpoints: lines.length + 1, unreadable: none.length + 1, newest: { size: 36, at: genuine.at } }],
    })
    rmSync(join(witness, 'latest'))
    expect(await filled.verify()).toMatchObject({
      faults: [],
      witnesses: [{ checkpoints: lines.length, unreadable: none.length + 1 }],
    })
  })

  test('with more checkpoints than are compared at once is compared to its end', async ({ filled, witness }) => {
    const lines = readFileSync(logOf(witness), 'utf8').trim().split('\n')
    const [first = ''] = lines
    appendFileSync(logOf(witness), `${first}\n`.repeat(2500))
    const whole = await filled.verify()
    expect(whole).toMatchObject({ faults: [], witnesses: [{ checkpoints: lines.length + 2501, unreadable: 0 }] })
    appendFileSync(logOf(witness), `${first.replace('\\n12\\n', '\\n13\\n')}\n`)
    expect((await filled.verify()).faults).toEqual([
      {
        leaf: 13,
        what: `The witness ${witness} holds a checkpoint for 13 entries that this ledger’s key did not sign.`,
      },
    ])
  })

  test('says of a checkpoint that is gone, and of one with another signature, what it holds', async ({
    filled,
    owner,
    witness,
  }) => {
    await owner.query(
      `update ledger.checkpoint set note = overlay(note placing 'AAAA' from length(note) - 40) where size = 36`,
    )
    expect((await filled.verify()).faults.map(({ what }) => what)).toContain(
      `The checkpoint for 36 entries was replaced: the witness ${witness} has it as it was signed.`,
    )
    await owner.query('delete from ledger.checkpoint where size = 24')
    expect((await filled.verify()).faults).toContainEqual({
      leaf: 24,
      what: `The checkpoint for 24 entries was removed: the witness ${witness} has it.`,
    })
  })
})
