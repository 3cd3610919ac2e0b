import { once } from 'node:events'
import { connect as connectPlain, type Socket } from 'node:net'
import { Readable } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import { expect } from 'vitest'
import { eventually } from '../../test/eventually.ts'
import { type Rig, route, test } from '../../test/http-rig.ts'
import { defaultLimits, type Limits } from './limits.ts'

const open = route({
  path: '/open',
  class: 'public',
  surface: 'system',
  handle: async () => ({ status: 200, body: 'ok' }),
})
const chart = route({ path: '/office/chart', class: 'read', surface: 'office' })
const limits = (changes: Partial<Limits>): Limits => ({ ...defaultLimits, ...changes })

/** TCP connections that say nothing, as whoever wants to hold them all opens them. */
async function hold(url: string, count: number, bytes = ''): Promise<Socket[]> {
  const sockets = Array.from({ length: count }, () => connectPlain(Number(new URL(url).port), '127.0.0.1'))
  for (const socket of sockets) socket.on('error', () => undefined).resume()
  await Promise.all(sockets.map(async (socket) => once(socket, 'connect')))
  if (bytes !== '') for (const socket of sockets) socket.write(bytes)
  return sockets
}

/** One request on a connection that stays open. Resolves to the status. */
async function ask(socket: TLSSocket, path: string, headers = ''): Promise<number> {
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n`)
  const [chunk] = (await once(socket, 'data')) as [Buffer]
  return Number(/^HTTP\/1.1 (\d+)/.exec(chunk.toString('latin1'))?.[1])
}

async function signedIn(rig: Rig): Promise<{ socket: TLSSocket; headers: string }> {
  const { cookie } = await rig.signIn('nurse')
  const socket = await rig.connect()
  socket.on('error', () => undefined)
  const headers = `Cookie: ${cookie}\r\n`
  expect(await ask(socket, '/office/chart', headers)).toBe(200)
  return { socket, headers }
}

test('R-16: a host that holds connections open holds them against itself: others come in, and who works keeps theirs', async ({
  rig,
}) => {
  const { url } = await rig.start([open, chart], { limits: limits({ strangers: { ofAddress: 20, inAll: 40 } }) })
  const nurse = await signedIn(rig)
  const held = await hold(url, 60)
  // New connections are let in, however many are held.
  for (let at = 0; at < 5; at++) {
    const visitor = await rig.connect()
    visitor.on('error', () => undefined)
    expect(await ask(visitor, '/open')).toBe(200)
  }
  expect(await ask(nurse.socket, '/office/chart', nurse.headers)).toBe(200)
  await eventually(() => expect(held.filter(({ destroyed }) => !destroyed).length).toBeLessThanOrEqual(20))
})

test('R-16: a connection on which somebody has signed in outlives any crowd of strangers who have finished their handshakes', async ({
  rig,
}) => {
  await rig.start([open, chart], { limits: limits({ strangers: { ofAddress: 5, inAll: 40 } }) })
  const nurse = await signedIn(rig)
  for (let at = 0; at < 12; at++) {
    const visitor = await rig.connect()
    visitor.on('error', () => undefined)
    expect(await ask(visitor, '/open')).toBe(200)
  }
  expect(await ask(nurse.socket, '/office/chart', nurse.headers)).toBe(200)
})

test('R-16: a stranger’s request at work is not cut off for another: then the newcomer waits outside', async ({
  rig,
}) => {
  let release: (() => void) | undefined
  const slow = route({
    path: '/slow',
    class: 'public',
    surface: 'system',
    handle: async () => {
      await new Promise<void>((resolve) => (release = resolve))
      return { status: 200, body: 'slow' }
    },
  })
  const { url } = await rig.start([slow], { limits: limits({ strangers: { ofAddress: 1, inAll: 40 } }) })
  const visitor = await rig.connect()
  const status = ask(visitor, '/slow')
  await eventually(() => expect(release).toBeDefined())
  const [late] = await hold(url, 1)
  await once(late!, 'close')
  release?.()
  expect(await status).toBe(200)
})

test('R-16: requests that never come whole, and answers that nobody reads, hold no place against others', async ({
  rig,
}) => {
  const form = route({
    path: '/office/form',
    class: 'sign-in',
    surface: 'office',
    method: 'POST',
    handle: async (exchange) => {
      await exchange.body()
      return { status: 204 }
    },
  })
  const large = route({
    path: '/large',
    class: 'public',
    surface: 'system',
    handle: async () => ({ status: 200, body: Buffer.alloc(20_000_000) }),
  })
  await rig.start([open, form, large], { limits: limits({ strangers: { ofAddress: 4, inAll: 40 } }) })
  const held: TLSSocket[] = []
  for (const request of [
    'POST /office/form HTTP/1.1\r\nHost: localhost\r\nX-Chartkeep: 1\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
    'GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n',
  ])
    for (let at = 0; at < 2; at++) {
      const socket = await rig.connect()
      socket.on('error', () => undefined).pause()
      socket.write(request)
      held.push(socket)
    }
  for (let at = 0; at < 4; at++) {
    const visitor = await rig.connect()
    visitor.on('error', () => undefined)
    expect(await ask(visitor, '/open')).toBe(200)
  }
  for (const socket of held) socket.destroy()
})

test('R-16: through a proxy of our own all come from its address, so nothing is counted by it', async ({ rig }) => {
  const { url } = await rig.start([open], {
    limits: limits({ strangers: { ofAddress: 2, inAll: 2 } }),
    trustedProxies: ['127.0.0.1'],
  })
  const held = await hold(url, 10)
  expect((await rig.ask('/open')).status).toBe(200)
  expect(held.every(({ destroyed }) => !destroyed)).toBe(true)
  for (const socket of held) socket.destroy()
})

test('R-16: whoever does not finish the handshake, or says nothing after it, is cut off in time', async ({ rig }) => {
  const { url } = await rig.start([open], { limits: limits({ handshakeSeconds: 3, headerSeconds: 3 }) })
  const silent = await hold(url, 3)
  // The head of a TLS record that never comes whole.
  const slow = await hold(url, 3, '\u0016\u0003\u0001\u0002\u0000\u0001')
  const handshaken = await rig.connect()
  handshaken.on('error', () => undefined).resume()
  await Promise.all([...silent, ...slow, handshaken].map(async (socket) => socket.destroyed || once(socket, 'close')))
  expect((await rig.ask('/open')).status).toBe(200)
})

test('R-16: requests sent ahead on one connection are refused past two of a stranger’s', async ({ rig }) => {
  await rig.start([open])
  const asked = 'GET /open HTTP/1.1\r\nHost: localhost\r\n'
  const got = await rig.say(`${`${asked}\r\n`.repeat(50)}${asked}Connection: close\r\n\r\n`)
  const statuses = [...got.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)
  expect(statuses).toHaveLength(51)
  expect(statuses.slice(0, 2)).toEqual(['200', '200'])
  expect(statuses).toContain('429')
})

test('R-16: one account holds no more requests open than its share, and others go on', async ({ rig }) => {
  const bodies: Readable[] = []
  const endless = route({
    path: '/office/endless',
    class: 'stream',
    surface: 'office',
    handle: async () => {
      const body = new Readable({ read: () => undefined })
      body.push(': open\n\n')
      bodies.push(body)
      return { status: 200, headers: { 'content-type': 'text/event-stream' }, body }
    },
  })
  const inFlightOf = { ...defaultLimits.inFlightOf, person: 3 }
  await rig.start([endless, chart], { limits: limits({ inFlightOf }) })
  const nurse = await rig.signIn('nurse')
  const streams: TLSSocket[] = []
  const statuses: number[] = []
  for (let at = 0; at < 5; at++) {
    const socket = await rig.connect()
    socket.on('error', () => undefined)
    streams.push(socket)
    statuses.push(await ask(socket, '/office/endless', `Cookie: ${nurse.cookie}\r\n`))
  }
  expect(statuses).toEqual([200, 200, 200, 429, 429])
  const other = await rig.signIn('nurse')
  expect((await rig.ask('/office/chart', { headers: { cookie: other.cookie } })).status).toBe(200)
  streams[0]?.destroy()
  const again = async () => (await rig.ask('/office/chart', { headers: { cookie: nurse.cookie } })).status
  await expect.poll(again).toBe(200)
  for (const socket of streams) socket.destroy()
})

test('V4: a request with more than a hundred headers is refused, not cut short', async ({ rig }) => {
  await rig.start([open])
  const many = Array.from({ length: 120 }, (_, at) => `x-${at}: a\r\n`).join('')
  expect(await rig.say(`GET /open HTTP/1.1\r\n${many}Host: localhost\r\nConnection: close\r\n\r\n`)).toContain(
    'HTTP/1.1 413',
  )
})
