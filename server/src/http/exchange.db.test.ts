import { once } from 'node:events'
import { Readable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { expect } from 'vitest'
import { parsed, route, test } from '../../test/http-rig.ts'
import { defaultLimits, type Limits } from './limits.ts'
import type { Exchange } from './route.ts'

const head = 'Host: localhost\r\n'
const limits = (changes: Partial<Limits>): Limits => ({ ...defaultLimits, ...changes })
const echo = route({
  path: '/office/echo',
  method: 'POST',
  class: 'write',
  surface: 'office',
  handle: async (exchange) => ({ status: 200, body: JSON.stringify({ length: (await exchange.body()).length }) }),
})
const json = { 'content-type': 'application/json', 'x-chartkeep': '1' }

test('not one byte is sent before the route has answered, so that what it releases can be recorded first', async ({
  rig,
}) => {
  let release: () => void = () => undefined
  let begun = false
  const recorded = new Promise<void>((resolve) => (release = resolve))
  const handle = async () => {
    begun = true
    await recorded
    return { status: 200, body: '{"a":1}' }
  }
  await rig.start([route({ path: '/fhir/R4/x', handle })])
  const { authorization } = await rig.token('system/*.rs')
  const socket = await rig.connect()
  const got: Buffer[] = []
  socket.on('data', (chunk: Buffer) => got.push(chunk))
  socket.write(`GET /fhir/R4/x HTTP/1.1\r\n${head}Authorization: ${authorization}\r\nConnection: close\r\n\r\n`)
  await expect.poll(() => begun).toBe(true)
  await wait(300)
  expect(Buffer.concat(got)).toHaveLength(0)
  release()
  await once(socket, 'close')
  expect(Buffer.concat(got).toString()).toContain('{"a":1}')
})

test('V3, V14: every answer forbids storing, framing, sniffing and running; HTTPS for two years', async ({ rig }) => {
  await rig.start([route({ path: '/fhir/R4/x' }), echo])
  const { authorization } = await rig.token('system/*.rs')
  const answers = [
    await rig.ask('/fhir/R4/x', { headers: { authorization } }),
    await rig.ask('/fhir/R4/x'),
    await rig.ask('/office/echo', { method: 'POST' }),
    await rig.ask('/nothing'),
    await rig.ask('/healthz'),
  ]
  for (const { headers } of answers) {
    expect(headers).toMatchObject({
      'strict-transport-security': 'max-age=63072000; includeSubDomains',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      'content-security-policy':
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox",
    })
    expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
    expect(headers['server'] ?? headers['x-powered-by']).toBeUndefined()
  }
  expect(answers[0]?.headers).toMatchObject({
    'content-type': 'application/fhir+json; charset=utf-8',
    'content-length': '2',
  })
})

test('a route may say its own headers instead, and a header that cannot be sent is our fault, not a split answer', async ({
  rig,
}) => {
  const own = route({
    path: '/own',
    class: 'public',
    surface: 'system',
    handle: async () => ({
      status: 200,
      headers: { 'cache-control': 'max-age=60', 'set-cookie': ['a=1', 'b=2'] },
      body: '',
    }),
  })
  const split = route({
    path: '/split',
    class: 'public',
    surface: 'system',
    handle: async () => ({ status: 200, headers: { location: '/a\r\nset-cookie: x=1' } }),
  })
  await rig.start([own, split])
  const got = await rig.ask('/own')
  expect([got.headers['cache-control'], got.headers['set-cookie'], got.headers['content-length']]).toEqual([
    'max-age=60',
    ['a=1', 'b=2'],
    '0',
  ])
  const bad = await rig.ask('/split')
  expect([bad.status, bad.headers['set-cookie']]).toEqual([500, undefined])
})

test('a body over the limit of its class is refused: when it says so, when it is sent in pieces, and when it lies', async ({
  rig,
}) => {
  await rig.start([echo], { limits: limits({ body: { ...defaultLimits.body, write: 1000 } }) })
  const { cookie } = await rig.signIn('nurse')
  const post = (body: Buffer, more: Record<string, string> = {}) =>
    rig.ask('/office/echo', { method: 'POST', headers: { ...json, cookie, ...more }, body })
  expect((await post(Buffer.alloc(1000))).text).toBe('{"length":1000}')
  expect((await post(Buffer.alloc(1001))).status).toBe(413)
  expect((await post(Buffer.alloc(1001), { 'transfer-encoding': 'chunked' })).status).toBe(413)
  expect((await post(Buffer.alloc(300_000))).status).toBe(413)
  expect((await post(Buffer.alloc(1000))).status).toBe(200)
})

test('bodies held in memory are bounded over all requests together', async ({ rig }) => {
  let release: () => void = () => undefined
  let begun = false
  const held = new Promise<void>((resolve) => (release = resolve))
  const hold = route({
    ...echo,
    path: '/office/hold',
    handle: async (exchange) => {
      await exchange.body()
      begun = true
      await held
      return { status: 204 }
    },
  })
  await rig.start([hold, echo], { limits: limits({ heldBytes: 5000 }) })
  const { cookie } = await rig.signIn('nurse')
  const post = (path: string, bytes: number) =>
    rig.ask(path, { method: 'POST', headers: { ...json, cookie }, body: Buffer.alloc(bytes) })
  const first = post('/office/hold', 4000)
  await expect.poll(() => begun).toBe(true)
  expect((await post('/office/echo', 2000)).status).toBe(429)
  release()
  expect((await first).status).toBe(204)
  expect((await post('/office/echo', 5000)).status).toBe(200)
})

test('V15: compressed bodies, other types, other character sets and other FHIR versions are refused with 415', async ({
  rig,
}) => {
  const fhir = route({ ...echo, path: '/fhir/R4/Patient', surface: 'fhir' })
  await rig.start([echo, fhir])
  const { authorization } = await rig.token('system/*.cruds')
  const post = async (contentType: string, more: Record<string, string> = {}) =>
    (
      await rig.ask('/fhir/R4/Patient', {
        method: 'POST',
        headers: { authorization, 'content-type': contentType, ...more },
        body: '{}',
      })
    ).status
  for (const type of [
    'application/fhir+json',
    'application/json',
    'text/json; charset=UTF-8',
    'application/fhir+json; fhirVersion=4.0',
  ]) {
    expect([type, await post(type)]).toEqual([type, 200])
  }
  for (const type of [
    'application/fhir+xml',
    'text/plain',
    'application/json; charset=latin1',
    'application/fhir+json; fhirVersion=5.0',
    '',
    'application',
  ]) {
    expect([type, await post(type)]).toEqual([type, 415])
  }
  expect(await post('application/fhir+json', { 'content-encoding': 'gzip' })).toBe(415)
  for (const accept of [
    'application/fhir+xml',
    'text/html',
    'application/fhir+json; fhirVersion=3.0',
    'application/json;q=0',
  ]) {
    expect([accept, await post('application/json', { accept })]).toEqual([accept, 406])
  }
  for (const accept of ['*/*', 'application/json', 'text/html, application/fhir+json;q=0.5', 'application/*']) {
    expect([accept, await post('application/json', { accept })]).toEqual([accept, 200])
  }
})

test('_format overrides Accept (R-01)', async ({ rig }) => {
  await rig.start([route({ path: '/fhir/R4/x' })])
  const { authorization } = await rig.token('system/*.rs')
  const ask = async (query: string, accept: string) =>
    (await rig.ask(`/fhir/R4/x?${query}`, { headers: { authorization, accept } })).status
  expect(await ask('_format=json', 'application/fhir+xml')).toBe(200)
  expect(await ask('_format=application/fhir%2Bjson', 'text/html')).toBe(200)
  expect(await ask('_format=application/fhir+json', 'text/html')).toBe(200)
  expect(await ask('_format=xml', 'application/fhir+json')).toBe(406)
})

test('a caller who asks first is told to go on only when the body is wanted', async ({ rig }) => {
  await rig.start([echo])
  const { cookie } = await rig.signIn('nurse')
  const say = (more: string, body = '') =>
    rig.say(
      `POST /office/echo HTTP/1.1\r\n${head}Content-Type: application/json\r\nX-Chartkeep: 1\r\nContent-Length: 2\r\nExpect: 100-continue\r\nConnection: close\r\n${more}\r\n${body}`,
    )
  expect(await say(`Cookie: ${cookie}\r\n`, '{}')).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /)
  expect(await say('')).toMatch(/^HTTP\/1\.1 401 /)
})

test('an upload arrives as it is sent, in pieces, and is cut off at its limit', async ({ rig }) => {
  let most = 0
  const upload = route({
    path: '/office/upload',
    method: 'POST',
    class: 'upload',
    surface: 'office',
    async handle(exchange) {
      let length = 0
      for await (const chunk of exchange.stream) {
        length += (chunk as Buffer).length
        most = Math.max(most, (chunk as Buffer).length)
      }
      return { status: 201, body: JSON.stringify({ length }) }
    },
  })
  await rig.start([upload], { limits: limits({ body: { ...defaultLimits.body, upload: 8_000_000 } }) })
  const { cookie } = await rig.signIn('nurse')
  const post = (bytes: number, more: Record<string, string> = {}) =>
    rig.ask('/office/upload', {
      method: 'POST',
      headers: { 'x-chartkeep': '1', cookie, ...more },
      body: Buffer.alloc(bytes),
    })
  expect((await post(8_000_000)).text).toBe('{"length":8000000}')
  expect(most).toBeLessThan(200_000)
  expect((await post(8_000_001)).status).toBe(413)
  expect((await post(8_100_000, { 'transfer-encoding': 'chunked' })).status).toBe(413)
})

test('an upload that breaks off fails where it is read, and the server goes on', async ({ rig }) => {
  let seen: (error: unknown) => void = () => undefined
  let begun = false
  const failed = new Promise<unknown>((resolve) => (seen = resolve))
  const drain = async ({ stream }: Exchange) => {
    try {
      for await (const chunk of stream) begun ||= chunk !== undefined
      return { status: 201 }
    } catch (error) {
      seen(error)
      throw error
    }
  }
  await rig.start([
    route({ path: '/office/upload', method: 'POST', class: 'upload', surface: 'office', handle: drain }),
    echo,
  ])
  const { cookie } = await rig.signIn('nurse')
  const socket = await rig.connect()
  socket.write(
    `POST /office/upload HTTP/1.1\r\n${head}X-Chartkeep: 1\r\nCookie: ${cookie}\r\nContent-Length: 1000\r\n\r\nabc`,
  )
  await expect.poll(() => begun).toBe(true)
  socket.destroy()
  expect(await failed).toMatchObject({ code: 'body-malformed' })
  expect((await rig.ask('/office/echo', { method: 'POST', headers: { ...json, cookie }, body: '{}' })).status).toBe(200)
})

test('a request that takes too long is answered 503 and told to stop; a write is told that its outcome is unknown', async ({
  rig,
}) => {
  const aborted: string[] = []
  const stuck = async ({ signal, request }: Exchange) => {
    await once(signal, 'abort')
    aborted.push(request)
    return { status: 200, body: 'late' }
  }
  const seconds = { ...defaultLimits.seconds, read: 2, write: 2 }
  await rig.start([route({ path: '/office/r', surface: 'office', handle: stuck }), route({ ...echo, handle: stuck })], {
    limits: limits({ seconds }),
  })
  const { cookie } = await rig.signIn('nurse')
  const read = await rig.ask('/office/r', { headers: { cookie } })
  expect([read.status, parsed(read)['code']]).toEqual([503, 'timed-out'])
  const write = await rig.ask('/office/echo', { method: 'POST', headers: { ...json, cookie }, body: '{}' })
  expect([write.status, parsed(write)['code']]).toEqual([503, 'outcome-unknown'])
  expect(aborted).toEqual([read.headers['x-request-id'], write.headers['x-request-id']])
  expect(await rig.refusals()).toMatchObject([{ outcome: 'failed', request: read.headers['x-request-id'] }])
})

test('when the caller leaves, the work for it is told to stop and a streamed body is closed', async ({ rig }) => {
  let body: Readable | undefined
  let signal: AbortSignal | undefined
  const events = route({
    path: '/office/events',
    class: 'stream',
    surface: 'office',
    async handle(exchange) {
      signal = exchange.signal
      body = new Readable({ read: () => undefined })
      body.push('event: changed\n\n')
      return { status: 200, headers: { 'content-type': 'text/event-stream' }, body }
    },
  })
  await rig.start([events])
  const { cookie } = await rig.signIn('nurse')
  const socket = await rig.connect()
  socket.write(`GET /office/events HTTP/1.1\r\n${head}Cookie: ${cookie}\r\n\r\n`)
  let got = ''
  while (!got.includes('event: changed')) got += String((await once(socket, 'data'))[0])
  expect(got).toMatch(/content-type: text\/event-stream/i)
  expect(body?.destroyed).toBe(false)
  socket.destroy()
  await once(body!, 'close')
  expect(signal?.aborted).toBe(true)
})

test('a streamed body is sent no faster than it is read, and one that fails is not taken for the whole', async ({
  rig,
}) => {
  let made = 0
  const large = route({
    path: '/large',
    class: 'public',
    surface: 'system',
    handle: async () => ({
      status: 200,
      body: Readable.from(
        (function* () {
          for (; made < 2000; made += 1) yield Buffer.alloc(65_536)
        })(),
      ),
    }),
  })
  const broken = route({
    path: '/broken',
    class: 'public',
    surface: 'system',
    handle: async () => ({
      status: 200,
      body: Readable.from(
        (async function* () {
          yield 'part'
          await wait(50)
          throw new Error('gone')
        })(),
      ),
    }),
  })
  await rig.start([large, broken])
  const socket = await rig.connect()
  socket.pause()
  socket.write(`GET /large HTTP/1.1\r\n${head}\r\n`)
  await wait(500)
  // What is made stays within what the kernel and the streams buffer: of 131 MB not a tenth.
  expect(made).toBeLessThan(200)
  socket.destroy()
  await expect(rig.ask('/broken')).rejects.toThrow(/aborted|hang up/)
})

test('a stop lets work finish, ends streams of events, takes no new requests, then resolves', async ({ rig }) => {
  let finish: () => void = () => undefined
  let begun = 0
  const work = new Promise<void>((resolve) => (finish = resolve))
  const slow = route({
    path: '/slow',
    class: 'public',
    surface: 'system',
    handle: async () => {
      begun += 1
      await work
      return { status: 200, body: 'finished' }
    },
  })
  const events = route({
    path: '/events',
    class: 'public',
    surface: 'system',
    handle: async () => {
      begun += 1
      const body = new Readable({ read: () => undefined })
      return { status: 200, headers: { 'content-type': 'text/event-stream' }, body }
    },
  })
  const { stop } = await rig.start([slow, events])
  const idle = await rig.connect()
  const slowAnswer = rig.ask('/slow')
  const eventsEnd = rig.ask('/events')
  await expect.poll(() => begun).toBe(2)
  const stopping = stop()
  expect((await eventsEnd).status).toBe(200)
  idle.on('error', () => undefined)
  // A connection that was open may still be told so.
  const asked = async () => (await rig.ask('/healthz').catch(() => ({ status: 0 }))).status
  expect([0, 503]).toContain(await asked())
  await expect.poll(asked).toBe(0)
  finish()
  const got = await slowAnswer
  expect([got.text, got.headers['connection']]).toEqual(['finished', 'close'])
  await stopping
})

test('a stop waits for work whose caller has left: it may be a write', async ({ rig }) => {
  let saved = false
  let begun = false
  const save = async () => {
    begun = true
    await wait(500)
    saved = true
    return { status: 204 }
  }
  const { stop } = await rig.start([route({ path: '/save', class: 'public', surface: 'system', handle: save })])
  const socket = await rig.connect()
  socket.write(`GET /save HTTP/1.1\r\n${head}\r\n`)
  await expect.poll(() => begun).toBe(true)
  socket.destroy()
  await stop()
  expect(saved).toBe(true)
})

test('a stop does not wait for ever', async ({ rig }) => {
  let begun = false
  const stuck = route({
    path: '/stuck',
    class: 'public',
    surface: 'system',
    handle: () => {
      begun = true
      return new Promise(() => undefined)
    },
  })
  const { stop } = await rig.start([stuck], { limits: limits({ stopSeconds: 0.5 }) })
  const asking = rig.ask('/stuck').catch((error: unknown) => error)
  await expect.poll(() => begun).toBe(true)
  // Were it to wait for the work, it would never resolve.
  await stop()
  expect(await asking).toBeInstanceOf(Error)
})
