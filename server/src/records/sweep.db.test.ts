import { expect } from 'vitest'
import { newId, openLog } from '#base'
import { openSweep } from '#records'
import { grant, newRequest, test } from '../../test/fixtures.ts'

const log = openLog('silent')
const hour = 3_600_000
const described = { resourceType: 'Binary', contentType: 'application/pdf' } as const

/** An upload that goes on until it is told to end. */
function slowly() {
  const { promise: end, resolve } = Promise.withResolvers<void>()
  async function* stream(): AsyncGenerator<Buffer> {
    yield Buffer.alloc(600 * 1024, 'a')
    await end
    yield Buffer.from('the end')
  }
  return { stream: stream(), finish: resolve }
}

test('what was cut off is removed when it is surely no upload any more; a document and an upload stay', async ({
  records,
  db,
  owner,
}) => {
  let now = 0
  const logged: { msg: string; contents?: number }[] = []
  const sink = openLog('info', { write: (line) => void logged.push(JSON.parse(line) as (typeof logged)[number]) })
  const sweep = openSweep({ db, tenant: 1, log: sink, elapsed: () => now, restMs: 0 })
  const left = newId<string>(Date.now())
  for (const number of [0, 1])
    await owner.query('insert into records.chunk (tenant, bucket, id, number, body) values (1, $1, $2, $3, $4)', [
      ...[Number.parseInt(left.slice(15, 18), 16), left, number, Buffer.alloc(100)],
    ])
  const whole = slowly()
  whole.finish()
  const document = await records.storeBinary(grant('create', 'Binary'), described, whole.stream, newRequest())
  const going = slowly()
  const uploading = records.storeBinary(grant('create', 'Binary'), described, going.stream, newRequest())
  const pieces = async (): Promise<number> =>
    Number((await owner.query<{ n: string }>('select count(*) as n from records.chunk')).rows[0]?.n)
  await expect.poll(pieces).toBe(2 + 3 + 2)

  expect(await sweep.round()).toBe(0)
  now = 1.9 * hour
  expect(await sweep.round()).toBe(0)
  going.finish()
  const uploaded = await uploading
  now = 2 * hour
  expect(await sweep.round()).toBe(1)
  expect(await pieces()).toBe(3 + 3)
  for (const { id } of [document, uploaded]) {
    const { size, read } = await records.openBinary(grant('read', 'Binary'), id, newRequest())
    expect(Buffer.concat(await read().toArray())).toHaveLength(size)
  }
  now = 9 * hour
  expect(await sweep.round()).toBe(0)
  expect(logged.map(({ msg, contents }) => [msg, contents])).toEqual([
    ['uploads that were cut off have been removed', 1],
  ])
})

test('an upload whose pieces are gone is refused, not acknowledged', async ({ records, db, owner }) => {
  let now = 0
  const sweep = openSweep({ db, tenant: 1, log, elapsed: () => now, restMs: 0 })
  const going = slowly()
  const uploading = records.storeBinary(grant('create', 'Binary'), described, going.stream, newRequest())
  uploading.catch(() => undefined)
  await expect.poll(async () => (await owner.query('select from records.chunk')).rowCount).toBe(2)
  await sweep.round()
  // It slept for longer than an upload may take.
  now = 3 * hour
  expect(await sweep.round()).toBe(1)
  going.finish()
  await expect(uploading).rejects.toMatchObject({ code: 'conflict' })
  await expect.poll(async () => (await owner.query('select from records.chunk')).rowCount).toBe(0)
})
