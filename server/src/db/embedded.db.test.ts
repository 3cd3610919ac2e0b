import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openLog, Secret } from '#base'
import { openDatabase } from './database.ts'
import { EmbeddedFault } from './embedded-fault.ts'
import { startEmbedded } from './embedded.ts'
import { migrate } from './migrate.ts'
import { socketTarget } from './target.ts'

const log = openLog('silent')
const password = new Secret(Buffer.from('correct-horse-battery'))

async function start(data: string, secret = password) {
  const embedded = await startEmbedded(data, secret, log)
  onTestFinished(() => embedded.stop())
  return embedded
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'chartkeep-embedded-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

test('PostgreSQL killed comes back by itself; a second start adopts it; another key is told apart', async () => {
  const data = folder()
  const embedded = await start(data)
  const target = socketTarget(embedded.socketFolder, 'chartkeep', () => password)
  await migrate(target, () => password, [])
  const db = openDatabase(target, log)
  onTestFinished(() => db.close())
  const ask = () => db.transact(1, (tx) => tx.query({ text: 'select 1 as one' }))
  await ask()

  const pid = () => Number.parseInt(readFileSync(join(data, 'pg', 'postmaster.pid'), 'utf8'), 10)
  const killed = pid()
  process.kill(killed, 'SIGKILL')
  await expect.poll(pid).not.toBe(killed)
  await expect
    .poll(() =>
      ask().then(
        (answer) => answer.rowCount,
        () => 0,
      ),
    )
    .toBe(1)

  const second = await startEmbedded(data, password, log)
  expect(second.ours).toBe(false)
  second.release()
  await expect(startEmbedded(data, new Secret(Buffer.from('another')), log)).rejects.toThrow(EmbeddedFault)
  await ask()
}, 60_000)
