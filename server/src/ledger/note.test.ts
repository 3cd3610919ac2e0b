import { createPublicKey, generateKeyPairSync, hash, sign } from 'node:crypto'
import { expect, test } from 'vitest'
import { checkOrigin, isSigned, keyIdOf, parseCheckpoint, signCheckpoint } from './note.ts'

function newSigner() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  return { publicKey, sign: (message: Uint8Array) => sign(undefined, message, privateKey) }
}

const signer = newSigner()
const head = { size: 20_852_163, root: hash('sha256', 'root', 'buffer') }
const note = signCheckpoint('practice.example/ledger', head, signer)

test('a checkpoint has the form of C2SP tlog-checkpoint', () => {
  const [origin, size, root, empty, signature, end] = note.split('\n')
  expect([origin, size, empty, end]).toEqual(['practice.example/ledger', '20852163', '', ''])
  expect(root).toBe(head.root.toString('base64'))
  expect(signature).toMatch(/^— practice\.example\/ledger [A-Za-z0-9+/]+=*$/)
})

test('it reads back, and the key that signed it is known', async () => {
  const read = parseCheckpoint(note)
  if (read === undefined) throw new Error('not read')
  expect(read).toMatchObject({ origin: 'practice.example/ledger', ...head })
  expect(await isSigned(read, signer.publicKey)).toBe(true)
  expect(await isSigned(read, newSigner().publicKey)).toBe(false)
})

test('no byte of it can change', async () => {
  const bytes = Buffer.from(note)
  for (let at = 0; at < bytes.length; at++) {
    const changed = Buffer.from(bytes)
    changed[at] = (changed[at] ?? 0) ^ 1
    const read = parseCheckpoint(changed.toString('utf8'))
    expect(read === undefined || !(await isSigned(read, signer.publicKey)), `byte ${at}`).toBe(true)
  }
})

test.each([
  ['nothing', ''],
  ['a line more', `${note}\n`],
  ['a line less', note.slice(0, -1)],
  ['a size with a leading zero', note.replace('\n2', '\n02')],
  ['a size beyond what can be counted', note.replace('20852163', '99999999999999999')],
  ['another name at the signature', note.replace('— practice', '— praktice')],
  ['two signatures', note + (note.split('\n')[4] ?? '') + '\n'],
])('%s is not a checkpoint', (_, text) => {
  expect(parseCheckpoint(text)).toBeUndefined()
})

test('an origin that a note cannot carry is refused', () => {
  for (const origin of ['', 'two words', 'a+b', 'line\nline']) expect(() => checkOrigin(origin)).toThrow(RangeError)
})

// The example of the Go package golang.org/x/mod/sumdb/note: an independent implementation of the same format.
test('the key id is that of C2SP signed-note', () => {
  const key = Buffer.from('ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW', 'base64')
  expect(key[0]).toBe(1)
  const publicKey = createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: key.subarray(1).toString('base64url') },
    format: 'jwk',
  })
  expect(keyIdOf('PeterNeumann', publicKey).toString('hex')).toBe('c74f20a3')
})

const [, , rootLine = '', , signatureLine = ''] = note.split('\n')
const base64 = signatureLine.split(' ')[2] ?? ''

/** The same six bits and other loose ones: base64 that reads as the same bytes and is another text. */
function respelled(text: string): string {
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
  const at = text.indexOf('=') - 1
  return text.slice(0, at) + digits[digits.indexOf(text[at] ?? '') ^ 1] + text.slice(at + 1)
}

test.each([
  ['something before it', `x${note}`],
  ['a line before it', `\n${note}`],
  ['a root spelled with loose bits', note.replace(rootLine, respelled(rootLine))],
  ['a signature spelled with loose bits', note.replace(base64, respelled(base64))],
  ['a signature that is too short', note.replace(base64, Buffer.alloc(67).toString('base64'))],
  ['a signature that is too long', note.replace(base64, Buffer.alloc(69).toString('base64'))],
  ['a size below none', note.replace('\n20852163', '\n-1')],
])('%s is not a checkpoint', (_, text) => {
  expect(text).not.toBe(note)
  expect(parseCheckpoint(text)).toBeUndefined()
})

test('the head of an empty tree is a checkpoint', () => {
  expect(parseCheckpoint(signCheckpoint('o', { size: 0, root: head.root }, signer))?.size).toBe(0)
})

test('the words for an origin and for a key of another kind say what is wrong', () => {
  expect(() => checkOrigin('a b')).toThrow('the origin of a ledger has neither spaces nor plus signs')
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  expect(() => keyIdOf('o', publicKey)).toThrow('not an Ed25519 public key')
})
