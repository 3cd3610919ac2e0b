import type { IncomingMessage } from 'node:http'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addressFinder, neighbourhood } from './address.ts'
import { Durations } from './durations.ts'
import { hostMatcher } from './hosts.ts'
import { Limiter } from './rate.ts'

const request = (remoteAddress: string, forwarded?: string) =>
  ({ socket: { remoteAddress }, headers: { 'x-forwarded-for': forwarded } }) as unknown as IncomingMessage

test.each([
  ['nobody is trusted', [], '203.0.113.9', '10.0.0.1', '203.0.113.9'],
  ['the peer is not the proxy', ['10.0.0.0/8'], '203.0.113.9', '198.51.100.1', '203.0.113.9'],
  ['the peer is the proxy', ['10.0.0.0/8'], '10.1.1.1', '198.51.100.1', '198.51.100.1'],
  [
    'a caller put an address in front of its own',
    ['10.0.0.0/8'],
    '10.1.1.1',
    '127.0.0.1, 198.51.100.1',
    '198.51.100.1',
  ],
  ['two proxies in a row', ['10.0.0.0/8'], '10.1.1.1', '198.51.100.1, 10.2.2.2', '198.51.100.1'],
  ['the header is no address', ['10.0.0.0/8'], '10.1.1.1', 'Amina', '10.1.1.1'],
  ['garbage stands before a proxy', ['10.0.0.0/8'], '10.1.1.1', '198.51.100.1, Amina, 10.2.2.2', '10.2.2.2'],
  ['an empty hop stands before a proxy', ['10.0.0.0/8'], '10.1.1.1', '198.51.100.1,,10.2.2.2', '10.2.2.2'],
  ['a hop has spaces in it', ['10.0.0.0/8'], '10.1.1.1', '198.51.100.1 10.2.2.2', '10.1.1.1'],
  ['garbage stands before an address', ['10.0.0.0/8'], '10.1.1.1', 'unknown, 198.51.100.1', '198.51.100.1'],
  ['all hops are proxies', ['10.0.0.0/8'], '10.1.1.1', '10.3.3.3, 10.2.2.2', '10.3.3.3'],
  ['a hop has a port', ['10.0.0.0/8'], '10.1.1.1', '198.51.100.1:4711, 10.2.2.2:80', '198.51.100.1'],
  ['an IPv6 hop has a port', ['10.0.0.0/8'], '10.1.1.1', '[2001:DB8::1]:4711', '2001:db8::1'],
  ['a proxy is written as IPv4 in IPv6', ['10.0.0.0/8'], '10.1.1.1', '198.51.100.1, ::FFFF:10.2.2.2', '198.51.100.1'],
  ['the header is missing', ['10.0.0.0/8'], '10.1.1.1', undefined, '10.1.1.1'],
  ['an IPv6 proxy', ['fd00::/8'], 'fd00::5', '2001:db8::1', '2001:db8::1'],
  ['IPv4 seen through IPv6', ['10.0.0.1'], '::ffff:10.0.0.1', '198.51.100.1', '198.51.100.1'],
])('V4: X-Forwarded-For when %s', (_, trusted, peer, header, expected) => {
  expect(addressFinder(trusted)(request(peer, header))).toBe(expected)
})

test('V4: whatever a caller sends in front, it counts as the address that the last proxy saw', () => {
  const find = addressFinder(['10.0.0.0/8'])
  fc.assert(
    fc.property(fc.string({ maxLength: 60, size: 'max' }), fc.ipV4(), (sent, seen) => {
      fc.pre(!seen.startsWith('10.'))
      expect(find(request('10.1.1.1', `${sent}, ${seen}, 10.2.2.2`))).toBe(seen)
    }),
  )
})

test('callers are counted by IPv4 address, and by /64 of IPv6', () => {
  expect(neighbourhood('192.0.2.1')).toBe('192.0.2.1')
  expect(neighbourhood('2001:db8:1:2:3::4')).toBe(neighbourhood('2001:db8:1:2:ffff::1'))
  expect(neighbourhood('2001:db8:1:2::1')).not.toBe(neighbourhood('2001:db8:1:3::1'))
  expect(neighbourhood('fe80::1%eth0')).toBe(neighbourhood('fe80::2'))
})

test.each([
  ['localhost', true],
  ['localhost:8443', true],
  ['LOCALHOST:8443', true],
  ['[::1]:8443', true],
  ['[0:0:0:0:0:0:0:1]', true],
  ['127.0.0.1:8443', true],
  ['a.clinic.example', true],
  ['a.b.clinic.example', false],
  ['clinic.example', false],
  ['evil.example', false],
  ['localhost.evil.example', false],
  ['', false],
  ['localhost:8443@evil.example', false],
])('the Host %j is ours: %s', (host, ours) => {
  const names = ['localhost', '127.0.0.1', '::1', '*.clinic.example']
  expect(hostMatcher(() => names)(host)).toBe(ours)
})

test('a host is ours only as long as the certificate names it', () => {
  let names = ['old.example']
  const isOurs = hostMatcher(() => names)
  expect(isOurs('old.example')).toBe(true)
  names = ['new.example']
  expect([isOurs('old.example'), isOurs('new.example')]).toEqual([false, true])
})

test('a caller may ask in a burst, then at the steady rate, and others are not held back', () => {
  let now = 0
  const limiter = new Limiter({ perSecond: 10, burst: 3 }, { now: () => now })
  const limit = (caller: string): void => limiter.pass(caller)
  for (let n = 0; n < 3; n += 1) limit('a')
  expect(() => limit('a')).toThrow('Too many requests')
  limit('b')
  now += 100
  limit('a')
  expect(() => limit('a')).toThrow('Too many requests')
  // A clock that is set back neither gives nor takes.
  now -= 5000
  expect(() => limit('a')).toThrow('Too many requests')
})

test('durations are exposed as a Prometheus histogram by route and class of status', () => {
  const durations = new Durations('x_seconds', 'Help.')
  durations.add('GET /a/:id', 200, 0.002)
  durations.add('GET /a/:id', 204, 0.3)
  durations.add('GET /a/:id', 404, 100)
  const text = durations.expose()
  expect(text).toContain('# TYPE x_seconds histogram')
  expect(text).toContain('x_seconds_bucket{route="GET /a/:id",status="2xx",le="0.0025"} 1')
  expect(text).toContain('x_seconds_bucket{route="GET /a/:id",status="2xx",le="+Inf"} 2')
  expect(text).toContain('x_seconds_sum{route="GET /a/:id",status="2xx"} 0.302')
  expect(text).toContain('x_seconds_bucket{route="GET /a/:id",status="4xx",le="10"} 0')
  expect(text).toContain('x_seconds_count{route="GET /a/:id",status="4xx"} 1')
  expect(text).not.toContain('5xx')
})

test('requests that stand or fall together are paid for together, and more than a full bucket is owed', () => {
  let now = 0
  const limiter = new Limiter({ perSecond: 10, burst: 100 }, { now: () => now })
  limiter.pass('a', 60)
  expect(() => limiter.pass('a', 60)).toThrow(expect.objectContaining({ code: 'rate-limited', retrySeconds: 2 }))
  limiter.pass('a', 40)
  limiter.pass('b', 1000)
  now += 90_000
  expect(() => limiter.pass('b')).toThrow(expect.objectContaining({ retrySeconds: 1 }))
  now += 200
  limiter.pass('b')
})
