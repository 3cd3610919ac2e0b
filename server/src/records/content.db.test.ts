import { buffer } from 'node:stream/consumers'
import { randomBytes } from 'node:crypto'
import { expect } from 'vitest'
import { newId } from '#base'
import { PatientKey } from '#keys'
import { createPatient, grant, newRequest, person, test } from '../../test/fixtures.ts'
import { type ContentPlace, openContent, storeContent } from './content.ts'

const piece = 256 * 1024
const limit = 1024 ** 3

function place(): ContentPlace {
  return { tenant: 1, id: newId<string>(Date.now()), key: new PatientKey(randomBytes(32)) }
}

async function* inParts(content: Buffer): AsyncGenerator<Buffer> {
  for (let from = 0; from < content.length; from += 100_000) yield content.subarray(from, from + 100_000)
}

test('a document of any length comes back as it was, with its size known before its first byte', async ({ db }) => {
  for (const length of [0, 1, 1023, 1024, 1025, piece - 1, piece, piece + 1, 2 * piece, 3 * piece - 5]) {
    const at = place()
    const content = randomBytes(length)
    expect(await storeContent(db, at, inParts(content), limit)).toBe(length)
    const opened = await openContent(db, at)
    expect(opened?.size, String(length)).toBe(length)
    expect((await buffer(opened!.read())).equals(content), String(length)).toBe(true)
  }
  expect(await openContent(db, place())).toBeUndefined()
})

test('any part of a document comes back as it was, and no piece is read that it does not touch', async ({
  db,
  owner,
}) => {
  const at = place()
  const content = randomBytes(2 * piece + 1000)
  await storeContent(db, at, inParts(content), limit)
  // The first piece is gone: what lies behind it is read all the same.
  const opened = (await openContent(db, at))!
  const parts = [
    [0, 1],
    [piece - 1, piece + 1],
    [piece, 2 * piece],
    [2 * piece - 5, 2 * piece + 5],
    [2 * piece + 999, 2 * piece + 1000],
    [5, 2 * piece + 1000],
  ] as const
  for (const [from, end] of parts)
    expect((await buffer(opened.read(from, end))).equals(content.subarray(from, end)), `${from}-${end}`).toBe(true)
  await owner.query('delete from records.chunk where number = 0')
  expect((await buffer(opened.read(piece))).equals(content.subarray(piece))).toBe(true)
  await expect(buffer(opened.read(0, 1))).rejects.toMatchObject({ code: 'record-damaged' })
})

test('documents of nearly the same length are stored in the same number of bytes', async ({ db, owner }) => {
  const stored = async (length: number): Promise<string> => {
    const at = place()
    await storeContent(db, at, inParts(Buffer.alloc(length)), limit)
    const { rows } = await owner.query<{ lengths: string }>(
      `select string_agg(length(body)::text, ' ' order by number) as lengths from records.chunk where id = '${at.id}'`,
    )
    return rows[0]?.lengths ?? ''
  }
  for (const [one, other] of [
    [1, 1024],
    [100_353, 102_400],
    [802_817, 819_200],
    [5_000_000, 5_111_808],
  ] as const)
    expect([one, await stored(one)]).toEqual([one, await stored(other)])
})

test('a document whose last piece was altered, cut off or exchanged is damaged before anything of it is shown', async ({
  db,
  owner,
}) => {
  const content = randomBytes(3 * piece - 5)
  for (const change of [
    `update records.chunk set body = set_byte(body, 40, get_byte(body, 40) # 1) where number = 2`,
    `delete from records.chunk where number = 2`,
    `update records.chunk c set body = (select body from records.chunk o where o.id = c.id and o.number = 1) where number = 2`,
  ]) {
    const at = place()
    await storeContent(db, at, inParts(content), limit)
    await owner.query(`${change} and id = '${at.id}'`)
    await expect(openContent(db, at), change).rejects.toMatchObject({ code: 'record-damaged' })
  }
})

test('a draft tells its length in steps only, however it is typed on', async ({ records, owner }) => {
  const patient = await createPatient(records)
  const draft = grant('draft', 'DocumentReference', person())
  const lengths = new Set<number>()
  for (let typed = 0; typed < 1000; typed += 111) {
    const text = Buffer.from('a'.repeat(typed))
    await records.saveDraft(draft, patient, text, newRequest())
    const { rows } = await owner.query<{ length: number }>('select length(body) as length from records.draft')
    lengths.add(rows[0]?.length ?? 0)
    const found = await records.readDraft(draft, patient, newRequest())
    expect(found?.text.equals(text)).toBe(true)
  }
  expect(lengths.size).toBe(1)
})
