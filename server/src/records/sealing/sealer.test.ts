import { randomBytes } from 'node:crypto'
import { afterAll, expect, test } from 'vitest'
import { bucketOf, type Id, newId, openLog } from '#base'
import { PatientKey } from '#keys'
import { type Facts, spellPlace } from '../body.ts'
import { openSealer } from './sealer.ts'
import { ask, carryOut, readOpened, readSealed } from './packet.ts'
import { openPiece, type Piece, sealPiece } from './piece.ts'

const keys = [new PatientKey(randomBytes(32)), new PatientKey(randomBytes(32))]
const now = Date.UTC(2026, 10, 26)

function piece(number: number, text = JSON.stringify({ resourceType: 'Observation', valueInteger: number })): Piece {
  const patient = newId(now) as Id<'patient'>
  const id = newId(now, bucketOf(patient))
  const facts: Facts = {
    ...{ tenant: 1, type: 'Observation', id, version: 1 + (number % 3), at: now + number, updated: now, patient },
    ...{ keyId: 1, deleted: false },
  }
  const key = keys[number % keys.length]?.body
  if (key === undefined) throw new Error('a key')
  return { key, row: { ...facts, bucket: bucketOf(id), place: spellPlace(facts), body: Buffer.from(text) } }
}

const pieces = Array.from({ length: 60 }, (_, number) => piece(number))
const sealedOf = (bodies: readonly { readonly body: Buffer }[]): Piece[] =>
  pieces.map(({ key, row }, index) => ({ key, row: { ...row, body: bodies[index]?.body ?? Buffer.alloc(0) } }))
const texts = pieces.map(({ row }) => row.body)

const sealer = openSealer(openLog('silent'))
afterAll(() => sealer.close())

test('what the thread seals opens here, and the other way round', async () => {
  // The first goes without the thread, which is still coming up.
  await sealer.seal(pieces)
  await expect.poll(() => sealer.beside()).toBe(true)
  const sealed = sealedOf(await sealer.seal(pieces))
  expect(sealed.map(openPiece)).toEqual(texts)
  expect(await sealer.open(sealedOf(pieces.map(sealPiece)))).toEqual(texts)
})

test('a packet holds each piece as it is, of the key and the place it belongs to', () => {
  const sealed = readSealed(carryOut(ask('seal', pieces)))
  expect(sealedOf(sealed).map(openPiece)).toEqual(texts)
  expect(readOpened(carryOut(ask('open', sealedOf(sealed))))).toEqual(texts)
  const long = piece(0, JSON.stringify({ resourceType: 'Basic', text: 'é'.repeat(200_000) }))
  const [body] = readSealed(carryOut(ask('seal', [long])))
  expect(openPiece({ ...long, row: { ...long.row, body: body?.body ?? Buffer.alloc(0) } })).toEqual(long.row.body)
  expect(readSealed(carryOut(ask('seal', [])))).toEqual([])
})

test('one that was altered or moved is told apart from its neighbours', async () => {
  const sealed = sealedOf(pieces.map(sealPiece))
  const flipped = Buffer.from(sealed[3]?.row.body ?? '')
  flipped[flipped.length - 1]! ^= 1
  const moved = { ...sealed[7]!, row: { ...sealed[7]!.row, place: sealed[8]!.row.place } }
  const asked = sealed.with(3, { ...sealed[3]!, row: { ...sealed[3]!.row, body: flipped } }).with(7, moved)
  const expected = texts.map((text, index) => (index === 3 || index === 7 ? undefined : text))
  expect(await sealer.open(asked)).toEqual(expected)
  expect(readOpened(carryOut(ask('open', asked)))).toEqual(expected)
})

test('a thread that ends in the middle of work loses nothing', async () => {
  const other = openSealer(openLog('silent'))
  await other.seal(pieces)
  await expect.poll(() => other.beside()).toBe(true)
  const asked = Array.from({ length: 20 }, () => other.seal(pieces))
  await other.close()
  for (const sealed of await Promise.all(asked)) expect(sealedOf(sealed).map(openPiece)).toEqual(texts)
  expect(other.beside()).toBe(false)
  expect(sealedOf(await other.seal(pieces)).map(openPiece)).toEqual(texts)
})
