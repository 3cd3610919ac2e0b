import { request } from 'node:https'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openLog } from '#base'
import { type Database, openDatabase, socketFolderFor, socketTarget } from '#db'
import { openKeyring } from '#keys'
import { openSweep } from '#records'
import { openCaller } from './caller.ts'
import { newChartkeep } from './serving.ts'

const hour = 3_600_000

async function openStore(data: string): Promise<Database> {
  const keys = await openKeyring(`${data}.keys`, { kind: 'file', path: join(`${data}.keys`, 'root.key') })
  const target = socketTarget(socketFolderFor(data), 'chartkeep', (role) => keys.password(role))
  const db = openDatabase(target, openLog('silent'))
  onTestFinished(() => db.close())
  return db
}

async function piecesIn(db: Database): Promise<number> {
  const { rows } = await db.transact(1, (tx) =>
    tx.query<{ n: string }>({ text: 'select count(*) as n from records.chunk' }),
  )
  return Number(rows[0]?.n)
}

test('what an upload leaves that was killed with the server is swept away, and a document is not', async () => {
  const chartkeep = await newChartkeep()
  const serving = await chartkeep.serve()
  const authorization = `Bearer ${await chartkeep.token(serving)}`
  const headers = { authorization, 'content-type': 'application/pdf' }
  const caller = openCaller(serving.url, serving.ca)
  const whole = await caller.ask('/fhir/R4/Binary', { method: 'POST', headers, body: 'a whole document' })
  expect(whole.status, whole.body).toBe(201)
  caller.close()

  const db = await openStore(chartkeep.data)
  const cut = request(new URL('/fhir/R4/Binary', serving.url), {
    ca: serving.ca,
    method: 'POST',
    headers,
    agent: false,
  })
  cut.on('error', () => undefined)
  cut.write(Buffer.alloc(2 * 1024 * 1024, 'a'))
  await expect.poll(() => piecesIn(db)).toBeGreaterThan(4)
  await serving.end('SIGKILL')
  const left = await piecesIn(db)
  expect(left).toBeGreaterThan(4)

  let now = 0
  const sweep = openSweep({ db, tenant: 1, log: openLog('silent'), elapsed: () => now })
  expect(await sweep.round()).toBe(0)
  expect(await piecesIn(db)).toBe(left)
  now = 2 * hour
  expect(await sweep.round()).toBe(1)
  expect(await piecesIn(db)).toBe(1)
  const next = await chartkeep.serve()
  const again = openCaller(next.url, next.ca)
  const asked = { headers: { authorization, accept: 'application/pdf' } }
  expect(
    (await again.ask(new URL(whole.headers.location ?? '').pathname.replace(/\/_history.*/, ''), asked)).body,
  ).toBe('a whole document')
  again.close()
  await next.end('SIGTERM')
})
