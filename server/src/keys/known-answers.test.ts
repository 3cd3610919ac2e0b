// What a keyring that was written earlier opens to. If a value here changes, data that is already sealed can no longer be
// read: change the format's version instead.
import { createHash, createPublicKey } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parseId, Secret } from '#base'
import { createKeyring, Damaged, KeyFault, type Keyring, type KeyOwner, openKeyring } from '#keys'
import { parseRing } from './ring-file.ts'

const byFile = {
  format: 'chartkeep-keyring-1',
  id: '8b3f217c-54b7-4213-a29c-06414d7f4574',
  root: { kind: 'file' },
  check: '4fnK70dLGpkiaqFP6BAhffz5Cu6c1B4d5ed9jdmI2k0=',
  secrets: {
    index: '1UUdWyVbUkdfaxMo0vc1C5rTo9NGib1Y01N0Djid2ieC9ulPmRGQBnqEkAbztxnJGEo8wXkAMeNuURxf',
    ledger: 'Kc7Jx/BSPiXKEJKvtF+r/Cx2gEvYp43iPZkjGUAvDkZ12jlb8/9DbZe+zPjWI/pV94X/wKGn9axTeojY',
    database: '/jbYE6PxzH6gZhFo/e2hSTj6yWTezNmW0psP86VubPmsa9chLf3KAkgfrG2IM+y70Tfa3DcG7qM8CFck',
    'epoch/1': 'goWT34UE8P/5ezlb/J1VNa4B2SiGpfWi8QxM744DIzvm2GCwd1R/Lo9VOAHvesPTQBh9tFMm2iyr9663',
    'epoch/2': 'sruFJlrtmhaaPWv26ZluiWaEkDUP0W1xcPNp0E7FD8J0mGSQ8JC7+FZOzFks5OPs/BcPLyk9B0Qr/70l',
  },
  proof: 'fYd+yLk2FTI5GJ0I7+mQZcqRBPXQ94kavKENh+Z4uko=',
}

const byPassphrase = {
  format: 'chartkeep-keyring-1',
  id: 'efd20d3c-0baa-48a6-b7da-fff6956f3ec1',
  root: { kind: 'passphrase', salt: 'IyoGizMAIs6leW06FDwT3A==', memoryKiB: 65536, passes: 3, lanes: 1 },
  check: 'xZu1Ji1FcNfv0K0NsGDYYMT6348VwCsWFbXaThwFRWQ=',
  secrets: {
    index: '7cuYHF+MODNihLmqoHTG/D+GSDBVfgBmiTPo8a1rqiQaK8S0FXKF96+EQW5ce+3938jnYNdewbOLaaUo',
    ledger: 'bhovY0Bp+VoyYPqZ+xO87BJE7kEE9rOiU57U67O+/c8q5s6RsTjFpRX0P3pYRJS/q4M1VUtd1aTiBfvM',
    database: 'tdRXDTVyHNoAOtNiB6gFE1oJsiUv0q9kNM6jT5VIYbcwneLX3X4DgRXL/mnLu/weKLkdubMpI1ybc54d',
    'epoch/1': 'zQC49f/QBEkAWk6fBK6hjvumhfC0ESIFB8pY7zwtFAtlqGad/Aj3EgQBofcDIRkdNiInmF+JD/+/Gax0',
  },
  proof: 'NKoyp0+YYM0L4csU2mZgODPSWrh1xMn0PpxhvVkZPo4=',
}

/** The text of keyring.json; the checksum needs no key. */
function spell(content: object): string {
  const checksum = createHash('sha256').update(JSON.stringify(content)).digest('hex')
  return JSON.stringify({ ...content, checksum }, undefined, 2) + '\n'
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

function derivedOf(keyring: Keyring): object {
  return {
    epoch: keyring.epoch,
    app: keyring.password('chartkeep_app').reveal().toString(),
    look: hex(keyring.hmacKey('index/identity').export()),
    seal: hex(keyring.ledger.seal.export()),
    tag: hex(keyring.ledger.tag.export()),
    signer: createPublicKey(keyring.ledger.signer.publicKey.export({ format: 'pem', type: 'spki' })).export({
      format: 'jwk',
    })['x'],
  }
}

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'chartkeep-keys-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

function openByFile(): Promise<Keyring> {
  writeFileSync(join(dir, 'keyring.json'), spell(byFile))
  const path = join(dir, 'root.key')
  writeFileSync(
    path,
    Uint8Array.from({ length: 32 }, (_, at) => at),
    { mode: 0o600 },
  )
  return openKeyring(dir, { kind: 'file', path })
}

describe('a keyring written earlier', () => {
  test('opens with its key file to the keys that its data is sealed under', async () => {
    expect(derivedOf(await openByFile())).toEqual({
      epoch: 2,
      app: '6EzyH27Bs0jbF3n3xkirWzxcBk_qzI4ujGp3wGMLvLI',
      look: 'b4ab701700660281258781337bdb7b590900d0d8d6784d8744f5af3d7267a73a',
      seal: '3007e8f9e046c4b82a58308b7782d1f884f297fa8289916791b791635b01b39a',
      tag: '1c3a4b77909f3541b49eb6fad0151efbebed52332e8103bd587edd1140c9da25',
      signer: '_UqwO9j10coTW0NzcGpd6AM94Rm95Qa7b0sOm5RRBLE',
    })
  })

  test('opens with its passphrase', async () => {
    writeFileSync(join(dir, 'keyring.json'), spell(byPassphrase))
    const passphrase = new Secret(Buffer.from('correct horse battery staple'))
    expect(derivedOf(await openKeyring(dir, { kind: 'passphrase', passphrase }))).toEqual({
      epoch: 1,
      app: 'FO74OMa093ebVkiBf6NHouEjL0NWEW1PA_RxaPRniY8',
      look: 'bc0b6ebf3cb4a5555ef8c970c156d38dc78f7bd44ca31f091616973df582e299',
      seal: '5dff7008d6d6225b7928d192733157d2df5d7c0adc3be349fedab9a56169b1aa',
      tag: '3b768400aec9b2844047caf5abea13d930c0165e3259b2c91b028883a5bb4240',
      signer: 'ilIJp6aHS7Zc5uU8aRVknC9BTGwvJETi3RTsDCzpdnM',
    })
  })

  test('unwraps a patient’s key that was wrapped under it, and no other commitment', async () => {
    const keyring = await openByFile()
    const owner: KeyOwner = { tenant: 1, owner: parseId<string>('01890a5d-ac96-8000-8000-000000000001')!, keyId: 1 }
    const wrapped = {
      epoch: 2,
      wrapped: Buffer.from(
        '6e040e69c0dad043c83aaca47f81abce7bb89b87a5e7614146f4d2a62c31f73fc7ba05b4f2541bb9983158d8586c137e92b82639a674c5c9b93c5d6b',
        'hex',
      ),
      commitment: Buffer.from('f3d16a95e427223d753c86b4c08fe296e6f29e01d8bbd48638cc25e18ae27212', 'hex'),
    }
    const key = keyring.unwrap(owner, wrapped)
    expect([key.body, key.chunk, key.draft, key.token].map((derived) => hex(derived.export()))).toEqual([
      '016942da7ee705e1e9ebe88940c314aec6e4f6f7607bd3e6dbde7f3c6e589d28',
      '4482f723de118ac410819172443d725c295c32f8164ef71d25461dea51d28efb',
      'e0f6f6de637f8b68ef2a9185b63b6e55134c6a23539f84483a4a5a8c0839080d',
      '17e29f81ed3129aa4ec104b95f6a3ec0fa7254d40dfce1520de82374b06ac56b',
    ])
    // A commitment of the right length that differs in its last byte only, and one that has the right beginning.
    const other = Buffer.from(wrapped.commitment)
    other[31] = (other[31] ?? 0) ^ 1
    expect(() => keyring.unwrap(owner, { ...wrapped, commitment: other })).toThrow(Damaged)
    expect(() => keyring.unwrap(owner, { ...wrapped, commitment: wrapped.commitment.subarray(0, 31) })).toThrow(Damaged)
  })
})

describe('keyring.json, with a right checksum', () => {
  const root = byPassphrase.root
  const parse = (over: object) => parseRing(spell({ ...byPassphrase, ...over }), '/keys/keyring.json')

  test.each<[string, object]>([
    ['the least memory', { ...root, memoryKiB: 19_456 }],
    ['the most memory', { ...root, memoryKiB: 2_097_152 }],
    ['one pass', { ...root, passes: 1 }],
    ['64 passes', { ...root, passes: 64 }],
    ['16 lanes', { ...root, lanes: 16 }],
    ['a salt of 16 bytes', { ...root, salt: Buffer.alloc(16).toString('base64') }],
  ])('is read: %s', (_, recipe) => {
    expect(parse({ root: recipe }).recipe).toEqual(recipe)
  })

  test.each<[string, object]>([
    ['another format', { format: 'chartkeep-keyring-2' }],
    ['an id that is a number', { id: 7 }],
    ['a check that is missing', { check: null }],
    ['a proof that is a number', { proof: 1 }],
    ['secrets in a list', { secrets: ['a'] }],
    ['secrets that are missing', { secrets: null }],
    ['a secret that is a number', { secrets: { index: 1 } }],
    ['a root that is text', { root: 'file' }],
    ['a root that is a list', { root: ['file'] }],
    ['a root of another kind', { root: { ...root, kind: 'token' } }],
    ['a salt that is a number', { root: { ...root, salt: 1 } }],
    ['a salt of 15 bytes', { root: { ...root, salt: Buffer.alloc(15).toString('base64') } }],
    ['too little memory', { root: { ...root, memoryKiB: 19_455 } }],
    ['too much memory', { root: { ...root, memoryKiB: 2_097_153 } }],
    ['memory in text', { root: { ...root, memoryKiB: '65536' } }],
    ['half a pass', { root: { ...root, passes: 1.5 } }],
    ['no pass', { root: { ...root, passes: 0 } }],
    ['65 passes', { root: { ...root, passes: 65 } }],
    ['no lane', { root: { ...root, lanes: 0 } }],
    ['17 lanes', { root: { ...root, lanes: 17 } }],
  ])('is damaged: %s', (_, over) => {
    expect(() => parse(over)).toThrow(KeyFault)
  })

  test('is spelled without what it does not know, so a recipe for a key file carries nothing else', () => {
    expect(() => parse({ root: { kind: 'file', salt: 'x' } })).toThrow(KeyFault)
    expect(parse({ root: { kind: 'file' } }).recipe).toEqual({ kind: 'file' })
  })
})

describe('a fault', () => {
  test('has a name, a code, the path, and the cause when there is one', () => {
    const cause = new Error('EACCES')
    const fault = new KeyFault('exposed', '/keys/root.key', cause)
    expect(fault).toMatchObject({ name: 'KeyFault', code: 'exposed', cause })
    expect(fault.message).toBe(
      'Others on this machine can read the key file. Take their rights away (chmod 600) and consider the key known. (/keys/root.key)',
    )
    expect('cause' in new KeyFault('wrong', '/keys')).toBe(false)
  })

  test.each([
    ['missing', /^There is no keyring here\. Give the folder/],
    ['wrong', /is not the one this keyring was made with\. Give the right one; nothing was changed\./],
    ['damaged', /was changed or is incomplete\. Put back the copy/],
    ['exists', /There is a keyring here already\. It was left as it is/],
  ] as const)('%s says what to do', (code, words) => {
    expect(new KeyFault(code, '').message).toMatch(words)
  })

  test('damaged bytes say nothing of what they are', () => {
    expect(new Damaged()).toMatchObject({ name: 'Damaged', message: 'Sealed bytes failed their integrity check.' })
  })

  test('a missing file is the cause of a missing keyring; a text that is not JSON of a damaged one', async () => {
    const path = join(dir, 'root.key')
    const missing = await openKeyring(dir, { kind: 'file', path }).catch((error: unknown) => error)
    expect(missing).toMatchObject({ code: 'missing', cause: { code: 'ENOENT' } })
    expect(String(missing)).toContain(join(dir, 'keyring.json'))
    writeFileSync(join(dir, 'keyring.json'), '{')
    const damaged = await openKeyring(dir, { kind: 'file', path }).catch((error: unknown) => error)
    expect(damaged).toMatchObject({ code: 'damaged', cause: { name: 'SyntaxError' } })
  })
})

describe('a keyring opened by another process of ours', () => {
  test('opens to the same keys, and wrong roots and proofs are told apart whatever their length', async () => {
    const first = await openByFile()
    const handed = first.handOver()
    expect(handed.kind).toBe('opened')
    expect(derivedOf(await openKeyring(dir, handed))).toEqual(derivedOf(first))
    const codeOf = async (over: object) => {
      writeFileSync(join(dir, 'keyring.json'), spell({ ...byFile, ...over }))
      return openKeyring(dir, handed).catch((error: unknown) => (error instanceof KeyFault ? error.code : error))
    }
    expect(await codeOf({ check: `${byFile.check}=` })).toBe('wrong')
    expect(await codeOf({ proof: `${byFile.proof}=` })).toBe('damaged')
  })

  test('the newest epoch is not destroyed, and the words say what to do', async () => {
    const keyring = await openByFile()
    await expect(keyring.destroyEpoch(2)).rejects.toThrow(
      'The newest epoch is in use. Begin another, and wrap the keys',
    )
  })
})

test('a keyring without one of its fixed secrets, or without an epoch, is damaged', async () => {
  const made = await createKeyring(dir, { kind: 'file', path: join(dir, 'root.key') })
  const { root } = made.handOver()
  const { Keyring: Class } = await import('./keyring.ts')
  const secret = new Secret(Buffer.alloc(32))
  const all = ['index', 'ledger', 'database', 'epoch/1']
  const ring = (names: readonly string[]) => ({
    id: made.id,
    recipe: { kind: 'file' } as const,
    secrets: new Map(names.map((name) => [name, secret])),
  })
  expect(new Class(dir, root, ring(all)).epoch).toBe(1)
  for (const left of all) {
    expect(() => new Class(dir, root, ring(all.filter((name) => name !== left))), left).toThrow(
      expect.objectContaining({ code: 'damaged' }),
    )
  }
  for (const epoch of ['epoch/0', 'epoch/1.5', 'epoch/x']) {
    expect(() => new Class(dir, root, ring([...all.slice(0, 3), epoch])), epoch).toThrow(
      expect.objectContaining({ code: 'damaged' }),
    )
  }
  expect(new Class(dir, root, ring([...all, 'epoch/10', 'epoch/9'])).epoch).toBe(10)
})
