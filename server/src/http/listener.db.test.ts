import { once } from 'node:events'
import { connect as connectPlain } from 'node:net'
import { Readable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { X509Certificate } from 'node:crypto'
import { connect } from 'node:tls'
import { expect } from 'vitest'
import { openLog } from '#base'
import { route, test } from '../../test/http-rig.ts'
import { defaultLimits, type Limits } from './limits.ts'
import { makeListener, refresh } from './listener.ts'
import { InFlight } from './in-flight.ts'
import { Meters } from './meters.ts'
import { openOwnCertificates } from './tls/own.ts'

const open = route({
  path: '/open',
  class: 'public',
  surface: 'system',
  handle: async () => ({ status: 200, body: 'ok' }),
})
const limits = (changes: Partial<Limits>): Limits => ({ ...defaultLimits, ...changes })
const head = 'Host: localhost\r\n'

test('V12: a request in plain text is not answered', async ({ rig }) => {
  const { url } = await rig.start([open])
  const socket = connectPlain(Number(new URL(url).port), '127.0.0.1')
  let got = ''
  socket.on('data', (chunk) => (got += chunk.toString('latin1')))
  socket.on('error', () => undefined)
  socket.write(`GET /open HTTP/1.1\r\n${head}\r\n`)
  await once(socket, 'close')
  expect(got).not.toContain('HTTP/1.1')
  expect((await rig.ask('/open')).status).toBe(200)
})

const malformed: readonly [string, string][] = [
  ['no HTTP at all', 'hello\r\n\r\n'],
  ['no Host', 'GET /open HTTP/1.1\r\n\r\n'],
  [
    'Content-Length and Transfer-Encoding',
    `POST /open HTTP/1.1\r\n${head}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /open HTTP/1.1\r\n\r\n`,
  ],
  ['two lengths', `POST /open HTTP/1.1\r\n${head}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello`],
  ['a negative length', `POST /open HTTP/1.1\r\n${head}Content-Length: -1\r\n\r\n`],
  [
    'chunked twice',
    `POST /open HTTP/1.1\r\n${head}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n`,
  ],
  ['a bare line feed in a header', `GET /open HTTP/1.1\r\n${head}X: a\nY: b\r\n\r\n`],
  ['a space before the colon', `GET /open HTTP/1.1\r\n${head}X : a\r\n\r\n`],
  ['a folded header', `GET /open HTTP/1.1\r\n${head}X: a\r\n  b\r\n\r\n`],
  ['a NUL in a header', `GET /open HTTP/1.1\r\n${head}X: a\0b\r\n\r\n`],
]

test('V4: what is no well-formed HTTP/1.1, or could be read in two ways, is answered 400 once and the connection closed', async ({
  rig,
}) => {
  await rig.start([open])
  for (const [what, bytes] of malformed) {
    const got = await rig.say(bytes)
    expect([what, got.split('\r\n', 1)[0], got.match(/HTTP\/1\.1/g)?.length]).toEqual([
      what,
      'HTTP/1.1 400 Bad Request',
      1,
    ])
    expect((await rig.ask('/open')).text).toBe('ok')
  }
})

test('a body that is malformed once it has begun closes the connection', async ({ rig }) => {
  await rig.start([open])
  const got = await rig.say(`POST /open HTTP/1.1\r\n${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n`)
  expect(got).not.toContain('200')
  expect((await rig.ask('/open')).text).toBe('ok')
})

test('headers beyond 16 KiB are refused with 431', async ({ rig }) => {
  await rig.start([open])
  expect(await rig.say(`GET /open HTTP/1.1\r\n${head}X: ${'a'.repeat(20_000)}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 431 /)
})

test('a head that arrives drop by drop is cut off in time, and others are served meanwhile', async ({ rig }) => {
  await rig.start([open], { limits: limits({ headerSeconds: 3 }) })
  const socket = await rig.connect()
  let got = ''
  socket.on('data', (chunk: Buffer) => (got += chunk.toString('latin1')))
  socket.on('error', () => undefined)
  socket.write(`GET /open HTTP/1.1\r\n${head}`)
  const drip = setInterval(() => socket.writable && socket.write('X: a\r\n'), 100)
  expect((await rig.ask('/open')).status).toBe(200)
  await once(socket, 'close')
  clearInterval(drip)
  expect(got).toMatch(/^HTTP\/1\.1 408 /)
})

test('a connection on which nothing moves is closed: a caller who says nothing, and one who does not read', async ({
  rig,
}) => {
  const endless = route({
    path: '/endless',
    class: 'public',
    surface: 'system',
    handle: async () => ({
      status: 200,
      body: Readable.from(
        (function* () {
          for (;;) yield Buffer.alloc(65_536)
        })(),
      ),
    }),
  })
  await rig.start([open, endless], { limits: limits({ silentSeconds: 1, headerSeconds: 60 }) })
  const silent = await rig.connect()
  const deaf = await rig.connect()
  deaf.on('error', () => undefined)
  deaf.write(`GET /endless HTTP/1.1\r\n${head}\r\n`)
  const closed = [once(silent, 'close')]
  silent.resume()
  await Promise.all(closed)
  await wait(1500)
  deaf.resume()
  await once(deaf, 'close')
})

test('requests sent ahead on one connection are answered in their order', async ({ rig }) => {
  const slow = route({
    path: '/slow',
    class: 'public',
    surface: 'system',
    handle: async () => (await wait(200), { status: 200, body: 'slow' }),
  })
  await rig.start([open, slow])
  const got = await rig.say(`GET /slow HTTP/1.1\r\n${head}\r\nGET /open HTTP/1.1\r\n${head}Connection: close\r\n\r\n`)
  expect(got.indexOf('\r\n\r\nslow')).toBeGreaterThan(0)
  expect(got.indexOf('\r\n\r\nok')).toBeGreaterThan(got.indexOf('slow'))
})

test('what is malformed after a good request does not break into its answer', async ({ rig }) => {
  const slow = route({
    path: '/slow',
    class: 'public',
    surface: 'system',
    handle: async () => (await wait(200), { status: 200, body: 'slow' }),
  })
  await rig.start([slow, open])
  const got = await rig.say(`GET /slow HTTP/1.1\r\n${head}\r\nGARBAGE\r\n\r\n`)
  expect(got).not.toContain('400 Bad Request')
  expect((await rig.ask('/open')).status).toBe(200)
})

test('a request must call the server by one name, and one of its own: a rebound name of somebody else gets nothing', async ({
  rig,
}) => {
  await rig.start([open])
  const status = async (host: string) =>
    (await rig.say(`GET /open HTTP/1.1\r\n${host}\r\nConnection: close\r\n\r\n`)).slice(9, 12)
  expect(await status('Host: evil.example')).toBe('421')
  expect(await status('Host:')).toBe('421')
  expect(await status('Host: localhost\r\nHost: localhost')).toBe('421')
  expect(await status('Host: localhost:9999')).toBe('200')
})

test('two Authorization headers are nobody', async ({ rig }) => {
  await rig.start([route({ path: '/fhir/R4/x' })])
  const { authorization } = await rig.token('system/*.rs')
  const got = await rig.say(
    `GET /fhir/R4/x HTTP/1.1\r\n${head}Authorization: ${authorization}\r\nAuthorization: ${authorization}\r\nConnection: close\r\n\r\n`,
  )
  expect(got).toMatch(/^HTTP\/1\.1 401 /)
})

test('V4: unused methods are answered 405 with those there are; unknown addresses 404, in the words of their surface', async ({
  rig,
}) => {
  await rig.start([
    route({ path: '/fhir/R4/:type/:id' }),
    route({ path: '/fhir/R4/:type/:id', method: 'PUT', class: 'write' }),
    open,
  ])
  for (const method of ['DELETE', 'OPTIONS', 'PROPFIND', 'TRACE']) {
    const got = await rig.ask('/fhir/R4/Patient/x', { method })
    expect([method, got.status, got.headers['allow']]).toEqual([method, 405, 'GET, HEAD, PUT'])
    expect(got.text).toContain('OperationOutcome')
  }
  const unknown = await rig.ask('/fhir/R4/Patient/x/y/z/Amina')
  expect([unknown.status, unknown.text.includes('OperationOutcome'), unknown.text.includes('Amina')]).toEqual([
    404,
    true,
    false,
  ])
  expect((await rig.ask('/nothing')).status).toBe(404)
  expect((await rig.ask('/fhir/R4/%zz')).status).toBe(404)
  expect((await rig.ask('/open/../fhir')).status).toBe(404)
  expect((await rig.ask('/open/')).status).toBe(200)
})

test('a renewed certificate is taken into use while the server runs', async ({ rig }) => {
  const start = Date.now() - 70 * 86_400_000
  let now = start
  const keysFolder = `${rig.folder}/renewal`
  const log = openLog('silent')
  const certificates = openOwnCertificates({
    keysFolder,
    dataFolder: keysFolder,
    names: [],
    clock: { now: () => now },
    log,
  })
  const onRequest = (): void => undefined
  const server = makeListener({
    certificates,
    limits: defaultLimits,
    meters: new Meters([]),
    inFlight: new InFlight(() => undefined),
    onRequest,
    onExpectation: onRequest,
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const serial = async () => {
    const socket = connect({
      port: typeof address === 'object' ? (address?.port ?? 0) : 0,
      host: '127.0.0.1',
      servername: 'localhost',
      rejectUnauthorized: false,
    })
    await once(socket, 'secureConnect')
    const found = new X509Certificate(socket.getPeerCertificate().raw).serialNumber
    socket.destroy()
    return found
  }
  const before = await serial()
  await refresh(server, certificates)
  expect(await serial()).toBe(before)
  now = Date.now()
  await refresh(server, certificates)
  expect(await serial()).not.toBe(before)
  server.close()
})
