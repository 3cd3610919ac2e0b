import { createHash, createHmac, verify } from 'node:crypto'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { newId, Secret } from '#base'
import { createKeyring, Damaged, KeyFault, type KeyOwner, openKeyring, type RootSource } from '#keys'
import { parseRing } from './ring-file.ts'

let dir: string
let source: RootSource & { kind: 'file' }
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'chartkeep-keys-'))
  source = { kind: 'file', path: join(dir, 'root.key') }
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const phrase = (text: string): RootSource => ({ kind: 'passphrase', passphrase: new Secret(Buffer.from(text)) })
const codeOf = async (attempt: Promise<unknown>): Promise<string> => {
  const error = await attempt.then(
    () => 'opened',
    (reason: unknown) => reason,
  )
  return error instanceof KeyFault ? error.code : String(error)
}
const someone = (over: Partial<KeyOwner> = {}): KeyOwner => ({ tenant: 1, owner: newId(1), keyId: 1, ...over })

describe('creating and opening', () => {
  test('a keyring made with a key file opens with it, to the same keys', async () => {
    const made = await createKeyring(dir, source)
    const opened = await openKeyring(dir, source)
    expect(opened.id).toBe(made.id)
    expect(opened.epoch).toBe(1)
    expect(opened.source).toBe('file')
    expect(opened.password('chartkeep_app').reveal()).toEqual(made.password('chartkeep_app').reveal())
    expect(opened.hmacKey('index/identity').equals(made.hmacKey('index/identity'))).toBe(true)
    expect(opened.ledger.seal.equals(made.ledger.seal)).toBe(true)
    expect(opened.ledger.signer.publicKey.equals(made.ledger.signer.publicKey)).toBe(true)
  })

  test('a keyring made with a passphrase opens with it, and with no other', async () => {
    const made = await createKeyring(dir, phrase('correct horse battery staple'))
    const opened = await openKeyring(dir, phrase('correct horse battery staple'))
    expect(opened.source).toBe('passphrase')
    expect(opened.password('x').reveal()).toEqual(made.password('x').reveal())
    expect(await codeOf(openKeyring(dir, phrase('correct horse battery stapl')))).toBe('wrong')
    expect(await codeOf(openKeyring(dir, phrase('')))).toBe('wrong')
  })

  test('the key file and the keyring are readable by their owner alone', async () => {
    await createKeyring(dir, source)
    expect(statSync(source.path).size).toBe(32)
    for (const name of ['root.key', 'keyring.json']) expect(statSync(join(dir, name)).mode & 0o777).toBe(0o600)
  })

  test('nothing is left over from the making', async () => {
    await createKeyring(dir, source)
    expect(readdirSync(dir).toSorted()).toEqual(['keyring.json', 'root.key'])
  })

  test('a second keyring is refused, and the first stays as it was', async () => {
    await createKeyring(dir, source)
    const before = readFileSync(join(dir, 'keyring.json'))
    expect(await codeOf(createKeyring(dir, source))).toBe('exists')
    expect(readFileSync(join(dir, 'keyring.json')).equals(before)).toBe(true)
  })

  test('two creations at once make one keyring', async () => {
    const codes = await Promise.all([codeOf(createKeyring(dir, source)), codeOf(createKeyring(dir, source))])
    expect(codes.toSorted()).toEqual(['exists', 'opened'])
  })

  test('no keyring, no key file: missing', async () => {
    expect(await codeOf(openKeyring(dir, source))).toBe('missing')
    await createKeyring(dir, source)
    rmSync(source.path)
    expect(await codeOf(openKeyring(dir, source))).toBe('missing')
  })

  test.each([0o640, 0o604, 0o660, 0o602, 0o610])(
    'a key file that others can reach is refused: mode %o',
    async (mode) => {
      await createKeyring(dir, source)
      chmodSync(source.path, mode)
      expect(await codeOf(openKeyring(dir, source))).toBe('exposed')
      expect(await codeOf(createKeyring(join(dir, 'other'), source))).toBe('exposed')
    },
  )

  test('another key file is the wrong one; a shortened one is damaged', async () => {
    await createKeyring(dir, source)
    const key = readFileSync(source.path)
    for (let at = 0; at < 32; at++) {
      const other = Buffer.from(key)
      other[at] = (other[at] ?? 0) ^ 1
      writeFileSync(source.path, other)
      expect(await codeOf(openKeyring(dir, source))).toBe('wrong')
    }
    writeFileSync(source.path, key.subarray(0, 31))
    expect(await codeOf(openKeyring(dir, source))).toBe('damaged')
    writeFileSync(source.path, '')
    expect(await codeOf(openKeyring(dir, source))).toBe('damaged')
  })

  test('the other kind of source is the wrong one', async () => {
    await createKeyring(dir, source)
    expect(await codeOf(openKeyring(dir, phrase('x')))).toBe('wrong')
    const second = join(dir, 'second')
    await createKeyring(second, phrase('x'))
    expect(await codeOf(openKeyring(second, source))).toBe('wrong')
  })

  test('the words say what to do and hold no secret', async () => {
    const error = await openKeyring(dir, source).catch((reason: unknown) => reason)
    expect(String(error)).toContain('There is no keyring here.')
    expect(String(error)).toContain(dir)
  })
})

describe('a damaged keyring', () => {
  const attempt = async (bytes: Uint8Array) => {
    writeFileSync(join(dir, 'keyring.json'), bytes)
    return codeOf(openKeyring(dir, source))
  }

  test('each byte flipped is noticed', async () => {
    await createKeyring(dir, source)
    const good = readFileSync(join(dir, 'keyring.json'))
    for (let at = 0; at < good.length; at++) {
      for (const flip of [0x01, 0x20, 0x80, 0xff]) {
        const bad = Buffer.from(good)
        bad[at] = (bad[at] ?? 0) ^ flip
        expect(() => parseRing(bad.toString('latin1'), ''), `byte ${at} ^ ${flip}`).toThrow(KeyFault)
        // The same through the file, for one byte in 16: a file written and read for each would take long.
        if (at % 16 === 0 && flip === 0x80) expect(await attempt(bad)).toBe('damaged')
      }
    }
    expect(await attempt(good)).toBe('opened')
  })

  test('cut short anywhere, emptied or with more behind it, it is noticed', async () => {
    await createKeyring(dir, source)
    const good = readFileSync(join(dir, 'keyring.json'))
    for (let length = 0; length < good.length; length++) {
      expect(await attempt(good.subarray(0, length)), `first ${length} bytes`).toBe('damaged')
    }
    expect(await attempt(Buffer.concat([good, Buffer.from(' ')]))).toBe('damaged')
    expect(await attempt(Buffer.alloc(good.length))).toBe('damaged')
    expect(await attempt(Buffer.from('null\n'))).toBe('damaged')
    expect(await attempt(Buffer.from('[]'))).toBe('damaged')
  })

  test('an epoch taken out by someone who can compute the checksum is noticed', async () => {
    const keyring = await createKeyring(dir, source)
    const first = readFileSync(join(dir, 'keyring.json'), 'utf8')
    await keyring.beginEpoch()
    const [before, after] = [first, readFileSync(join(dir, 'keyring.json'), 'utf8')].map((text) => JSON.parse(text))
    const { checksum: _, ...forged } = { ...after, secrets: before.secrets }
    const checksum = createHash('sha256').update(JSON.stringify(forged)).digest('hex')
    const text = JSON.stringify({ ...forged, checksum }, undefined, 2) + '\n'
    expect(parseRing(text, '').id).toBe(keyring.id) // the checksum alone does not notice
    expect(await attempt(Buffer.from(text))).toBe('damaged')
  })

  test('one that asks for all the memory there is, is damaged', async () => {
    await createKeyring(dir, phrase('x'))
    const { checksum: _, ...content } = JSON.parse(readFileSync(join(dir, 'keyring.json'), 'utf8'))
    content.root.memoryKiB = 2 ** 40
    const checksum = createHash('sha256').update(JSON.stringify(content)).digest('hex')
    const text = JSON.stringify({ ...content, checksum }, undefined, 2) + '\n'
    expect(() => parseRing(text, '')).toThrow(KeyFault)
  })
})

describe('patients’ keys', () => {
  test('a wrapped key opens to the same key', async () => {
    const keyring = await createKeyring(dir, source)
    const owner = someone()
    const { key, wrapped } = keyring.newPatientKey(owner)
    const again = (await openKeyring(dir, source)).unwrap(owner, wrapped)
    for (const purpose of ['body', 'chunk', 'draft', 'token'] as const) {
      expect(again[purpose].equals(key[purpose])).toBe(true)
      expect(again[purpose]).toBe(again[purpose])
    }
    expect(wrapped.wrapped.length).toBe(60)
  })

  test('each purpose and each patient has another key', async () => {
    const keyring = await createKeyring(dir, source)
    const keys = [someone(), someone()].flatMap((owner) => {
      const { key } = keyring.newPatientKey(owner)
      return [key.body, key.chunk, key.draft, key.token].map((purpose) => purpose.export().toString('hex'))
    })
    expect(new Set(keys).size).toBe(8)
  })

  test.each<[string, Partial<KeyOwner>]>([
    ['another tenant', { tenant: 2 }],
    ['another patient', { owner: newId(2) }],
    ['another key number', { keyId: 2 }],
  ])('a wrap does not open for %s', async (_, over) => {
    const keyring = await createKeyring(dir, source)
    const owner = someone()
    const { wrapped } = keyring.newPatientKey(owner)
    expect(() => keyring.unwrap({ ...owner, ...over }, wrapped)).toThrow(Damaged)
    expect(() => keyring.rewrap({ ...owner, ...over }, wrapped)).toThrow(Damaged)
  })

  test('a changed wrap, commitment or epoch is damaged', async () => {
    const keyring = await createKeyring(dir, source)
    await keyring.beginEpoch()
    const owner = someone()
    const { wrapped } = keyring.newPatientKey(owner)
    const flipped = (bytes: Buffer) => Buffer.from(bytes.map((byte, at) => (at === 20 ? byte ^ 1 : byte)))
    expect(() => keyring.unwrap(owner, { ...wrapped, wrapped: flipped(wrapped.wrapped) })).toThrow(Damaged)
    expect(() => keyring.unwrap(owner, { ...wrapped, commitment: flipped(wrapped.commitment) })).toThrow(Damaged)
    expect(() => keyring.unwrap(owner, { ...wrapped, commitment: Buffer.alloc(0) })).toThrow(Damaged)
    for (const epoch of [1, 3, 0, -1]) expect(() => keyring.unwrap(owner, { ...wrapped, epoch })).toThrow(Damaged)
  })

  test('the commitment of another key is not accepted', async () => {
    const keyring = await createKeyring(dir, source)
    const owner = someone()
    const [a, b] = [keyring.newPatientKey(owner).wrapped, keyring.newPatientKey(owner).wrapped]
    expect(() => keyring.unwrap(owner, { ...a, commitment: b.commitment })).toThrow(Damaged)
  })
})

describe('epochs', () => {
  test('rotation: a new epoch wraps the same key again, and the old wrap is lost with its epoch', async () => {
    const keyring = await createKeyring(dir, source)
    const owner = someone()
    const { key, wrapped } = keyring.newPatientKey(owner)
    expect(await keyring.beginEpoch()).toBe(2)
    expect(keyring.epoch).toBe(2)
    const rewrapped = keyring.rewrap(owner, wrapped)
    expect(rewrapped.epoch).toBe(2)
    await keyring.destroyEpoch(1)
    expect(() => keyring.unwrap(owner, wrapped)).toThrow(Damaged)
    expect(keyring.unwrap(owner, rewrapped).body.equals(key.body)).toBe(true)
    const opened = await openKeyring(dir, source)
    expect(opened.epoch).toBe(2)
    expect(() => opened.unwrap(owner, wrapped)).toThrow(Damaged)
    expect(opened.unwrap(owner, rewrapped).body.equals(key.body)).toBe(true)
  })

  test('the newest epoch is not destroyed', async () => {
    const keyring = await createKeyring(dir, source)
    await expect(keyring.destroyEpoch(1)).rejects.toThrow(RangeError)
    expect((await openKeyring(dir, source)).epoch).toBe(1)
  })

  test('another process that is open already takes over a new epoch: told to, or by a wrap it meets', async () => {
    const [cli, first, second] = [
      await createKeyring(dir, source),
      await openKeyring(dir, source),
      await openKeyring(dir, source),
    ]
    await cli.beginEpoch()
    await first.reload()
    expect(first.epoch).toBe(2)
    const owner = someone()
    const { key, wrapped } = cli.newPatientKey(owner)
    expect(second.unwrap(owner, wrapped).body.equals(key.body)).toBe(true)
    expect(second.epoch).toBe(2)
  })

  test('two processes that rotate at once lose no epoch', async () => {
    const rings = [await createKeyring(dir, source), await openKeyring(dir, source), await openKeyring(dir, source)]
    const begun = await Promise.all(rings.map((ring) => ring.beginEpoch()))
    expect(begun.toSorted((a, b) => a - b)).toEqual([2, 3, 4])
    expect((await openKeyring(dir, source)).epoch).toBe(4)
  })

  test('a rewrite that was cut short leaves the keyring as it was', async () => {
    const keyring = await createKeyring(dir, source)
    const good = readFileSync(join(dir, 'keyring.json'))
    writeFileSync(join(dir, 'keyring.json.0123456789ab.new'), good.subarray(0, 100))
    expect((await openKeyring(dir, source)).id).toBe(keyring.id)
    expect(await keyring.beginEpoch()).toBe(2)
  })

  test('a lock that a killed process left does not stand for ever', async () => {
    const keyring = await createKeyring(dir, source)
    const lock = join(dir, 'keyring.lock')
    writeFileSync(lock, '')
    utimesSync(lock, 1, 1)
    expect(await keyring.beginEpoch()).toBe(2)
    expect(readdirSync(dir).toSorted()).toEqual(['keyring.json', 'root.key'])
  })

  test('a keyring that was damaged meanwhile is refused on reload, and the open one goes on', async () => {
    const keyring = await createKeyring(dir, source)
    const owner = someone()
    const { wrapped } = keyring.newPatientKey(owner)
    writeFileSync(join(dir, 'keyring.json'), 'not a keyring')
    expect(await codeOf(keyring.reload())).toBe('damaged')
    expect(await codeOf(keyring.beginEpoch())).toBe('damaged')
    expect(keyring.unwrap(owner, wrapped).body.type).toBe('secret')
  })

  test('another keyring put in its place is refused on reload', async () => {
    const keyring = await createKeyring(dir, source)
    rmSync(join(dir, 'keyring.json'))
    await createKeyring(dir, source)
    expect(await codeOf(keyring.reload())).toBe('wrong')
  })
})

describe('derived keys', () => {
  test('each purpose, role and keyring has another', async () => {
    const [a, b] = [await createKeyring(dir, source), await createKeyring(join(dir, 'b'), source)]
    const all = [a, b].flatMap((ring) => [
      ...['index/identity', 'index/operational', 'import-ids'].map((name) =>
        ring.hmacKey(name).export().toString('hex'),
      ),
      ...['chartkeep_app', 'chartkeep_owner'].map((role) => ring.password(role).reveal().toString()),
      ring.ledger.seal.export().toString('hex'),
      ring.ledger.tag.export().toString('hex'),
    ])
    expect(new Set(all).size).toBe(all.length)
    expect(createHmac('sha256', a.hmacKey('index/identity')).update('x').digest().length).toBe(32)
    expect(a.password('chartkeep_app').reveal().toString()).toMatch(/^[\w-]{43}$/)
  })

  test('a checkpoint’s signature is Ed25519 and verifies with the public key alone', async () => {
    const { signer } = (await createKeyring(dir, source)).ledger
    const signature = signer.sign(Buffer.from('size and root'))
    expect(signature.length).toBe(64)
    expect(verify(undefined, Buffer.from('size and root'), signer.publicKey, signature)).toBe(true)
    expect(verify(undefined, Buffer.from('size and toor'), signer.publicKey, signature)).toBe(false)
  })

  test('nothing here prints a secret', async () => {
    const keyring = await createKeyring(dir, source)
    const owner = someone()
    const { key } = keyring.newPatientKey(owner)
    const secrets = [
      readFileSync(source.path),
      key.body.export(),
      key.secret().reveal(),
      keyring.hmacKey('x').export(),
      keyring.ledger.seal.export(),
      keyring.password('x').reveal(),
    ].map((bytes) => Buffer.from(bytes))
    for (const thing of [keyring, key, keyring.password('x'), keyring.ledger, source]) {
      const printed = [
        inspect(thing, { depth: Infinity, showHidden: true, maxArrayLength: Infinity }),
        JSON.stringify(thing) ?? '',
        String(thing),
      ].join('\n')
      for (const secret of secrets) {
        for (const spelling of [
          secret.toString('hex'),
          secret.toString('base64'),
          secret.toString('latin1'),
          secret.join(', '),
        ]) {
          expect(printed).not.toContain(spelling)
        }
        expect(printed).not.toContain(secret.toString('hex').match(/../g)?.join(' '))
      }
    }
  })
})
