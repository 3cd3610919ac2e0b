import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, createServer } from 'node:tls'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openLog } from '#base'
import { Authority, openAuthority } from './authority.ts'
import { openOwnCertificates } from './own.ts'
import { type Pair, parsePair } from './pair.ts'
import { listenerProtocol, protocol } from './suites.ts'

const day = 86_400_000
const log = openLog('silent')
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chartkeep-tls-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const open = (now: number, names: readonly string[] = []) =>
  openOwnCertificates({
    keysFolder: join(folder, 'keys'),
    dataFolder: join(folder, 'data'),
    names,
    clock: { now: () => now },
    log,
  })
const authority = () => readFileSync(join(folder, 'data', 'ca.pem'), 'utf8')

/** What a client that trusts `ca` alone makes of a server with this pair: the protocol, or its error code. */
async function handshake(pair: Pair, ca: string, host: string, options: object = {}): Promise<string> {
  const server = createServer({ ...protocol, ...listenerProtocol, ...pair }, (socket) => socket.end())
  server.on('tlsClientError', () => {})
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  try {
    return await new Promise<string>((resolve) => {
      const socket = connect(
        { port, host: '127.0.0.1', servername: /^[\d.:]+$/.test(host) ? '' : host, ca, ...options },
        () => {
          const { name: group = '' } = socket.getEphemeralKeyInfo() as { name?: string }
          resolve(`${socket.getProtocol()} ${socket.getCipher().name} ${group}`)
          socket.destroy()
        },
      )
      socket.on('error', (error) => resolve(`${'code' in error ? String(error.code) : ''} ${error.message}`))
    })
  } finally {
    server.close()
  }
}

test('the first start makes an authority and a certificate that a client trusting ca.pem accepts by every name', async () => {
  const certificates = open(Date.now(), ['chart.clinic.example', '203.0.113.7'])
  expect(certificates.names()).toEqual(
    expect.arrayContaining([
      'localhost',
      '127.0.0.1',
      '::1',
      hostname().toLowerCase(),
      'chart.clinic.example',
      '203.0.113.7',
    ]),
  )
  for (const name of ['localhost', hostname(), 'chart.clinic.example']) {
    expect(await handshake(certificates.pair(), authority(), name)).toContain('TLSv1.3')
  }
  expect(await handshake(certificates.pair(), authority(), '127.0.0.1')).toContain('TLSv1.3')
  expect(await handshake(certificates.pair(), authority(), 'other.example')).toContain('ERR_TLS_CERT_ALTNAME_INVALID')
})

test('V12: TLS 1.2 is the least, and only suites with forward secrecy and authenticated encryption are offered', async () => {
  const pair = open(Date.now()).pair()
  const tls12 = await handshake(pair, authority(), 'localhost', { maxVersion: 'TLSv1.2' })
  expect(tls12).toContain('TLSv1.2 ECDHE-ECDSA-AES256-GCM-SHA384')
  // The hybrid that a recording of today's traffic does not give up to tomorrow's quantum computer.
  expect(await handshake(pair, authority(), 'localhost')).toBe('TLSv1.3 TLS_AES_256_GCM_SHA384 X25519MLKEM768')
  const old = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }
  expect(await handshake(pair, authority(), 'localhost', old)).toMatch(/PROTOCOL/)
  const cbc = { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA256' }
  expect(await handshake(pair, authority(), 'localhost', cbc)).toMatch(/HANDSHAKE_FAILURE/)
})

test('private keys are readable by their owner alone, the public authority by all, and a second start changes nothing', () => {
  const first = open(Date.now())
  expect(statSync(join(folder, 'keys', 'tls-ca.pem')).mode & 0o777).toBe(0o600)
  expect(statSync(join(folder, 'keys', 'tls-server.pem')).mode & 0o777).toBe(0o600)
  expect(statSync(join(folder, 'data', 'ca.pem')).mode & 0o777).toBe(0o644)
  expect(authority()).not.toContain('PRIVATE KEY')
  const ca = authority()
  expect(open(Date.now() + day).pair()).toEqual(first.pair())
  expect(authority()).toBe(ca)
})

test('ca.pem comes back when it was removed, and is the same', () => {
  open(Date.now())
  const ca = authority()
  rmSync(join(folder, 'data', 'ca.pem'))
  open(Date.now())
  expect(authority()).toBe(ca)
})

test('a certificate is renewed while running when 30 of its 90 days are left, with a new key, and clients accept it', async () => {
  const start = Date.now() - 60 * day
  let now = start
  const certificates = openOwnCertificates({
    keysFolder: folder,
    dataFolder: join(folder, 'data'),
    names: [],
    clock: { now: () => now },
    log,
  })
  const first = certificates.pair()
  now = start + 59 * day
  expect(await certificates.refresh()).toBe(false)
  now = start + 60 * day
  expect(await certificates.refresh()).toBe(true)
  expect(certificates.pair().key).not.toBe(first.key)
  expect(await handshake(certificates.pair(), authority(), 'localhost')).toContain('TLSv1.3')
  const until = new X509Certificate(certificates.pair().cert).validToDate.getTime()
  expect(Math.round((until - now) / day)).toBe(90)
})

test('a stored certificate that is about to end, or was made for other names, is replaced at start', () => {
  const now = Date.now()
  const first = open(now).pair()
  expect(open(now + 61 * day).pair().cert).not.toBe(first.cert)
  const second = open(now).pair()
  expect(open(now, ['chart.local']).pair().cert).not.toBe(second.cert)
})

test('whoever holds the authority key cannot use it against the sites of others', async () => {
  open(Date.now())
  const { names, ...pair } = parsePair(readFileSync(join(folder, 'keys', 'tls-ca.pem'), 'utf8'), 'test')
  const forged = new Authority(pair, names).issue(['bank.example', '8.8.8.8'], Date.now())
  expect(await handshake(forged, authority(), 'bank.example')).toContain('permitted subtree violation')
})

test('a name that the authority may not certify stops the start and says what to do', () => {
  open(Date.now())
  expect(() => open(Date.now(), ['chart.elsewhere.example'])).toThrow(/made for other names.*chart\.elsewhere\.example/)
})

test('keys that others can read, and files that are damaged, are refused and left as they are', () => {
  open(Date.now())
  const path = join(folder, 'keys', 'tls-ca.pem')
  chmodSync(path, 0o644)
  expect(() => open(Date.now())).toThrow(/chmod 600/)
  chmodSync(path, 0o600)
  const whole = readFileSync(path, 'utf8')
  writeFileSync(path, whole.slice(0, 700))
  expect(() => open(Date.now())).toThrow(/does not hold a readable certificate/)
  expect(readFileSync(path, 'utf8')).toBe(whole.slice(0, 700))
})

test('an authority past its ten years is not used', () => {
  const path = join(folder, 'ca')
  openAuthority(path, [], Date.now() - 3651 * day)
  expect(() => openAuthority(path, [], Date.now())).toThrow(/expired/)
})
