import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { pino } from 'pino'
import { expect } from 'vitest'
import { describeError, Refusal } from '#base'
import { metricsToken, route, test } from '../../test/http-rig.ts'

test('alive, ready and measured: for supervisors and collectors', async ({ rig }) => {
  let database = true
  await rig.start([], {
    ready: async () => ({ database, keys: true }),
    collectors: [{ name: 'chartkeep_ledger_lag_entries', help: 'Not in the tree yet.', collect: () => 7 }],
  })
  expect((await rig.ask('/healthz')).text).toBe('alive\n')
  expect((await rig.ask('/readyz')).text).toBe('{"database":true,"keys":true}')
  database = false
  expect((await rig.ask('/readyz')).status).toBe(503)
  expect((await rig.ask('/metrics')).status).toBe(401)
  const { authorization } = await rig.token('system/*.rs')
  expect((await rig.ask('/metrics', { headers: { authorization } })).status).toBe(401)
  const got = await rig.ask('/metrics', { headers: { authorization: `Bearer ${metricsToken}` } })
  expect(got.status).toBe(200)
  expect(got.text).toContain('chartkeep_ledger_lag_entries 7')
  expect(got.text).toContain('chartkeep_http_request_seconds_count{route="GET /healthz",status="2xx"} 1')
  expect(got.text).toContain('chartkeep_http_refusals_total{code="token-invalid"} 2')
})

test('V16: the log has a line for each request, by pattern; never an address, a query, a body or a message', async ({
  rig,
}) => {
  const lines: string[] = []
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk))
      done()
    },
  })
  const log = pino({ base: null, serializers: { err: describeError } }, sink)
  const broken = route({ path: '/fhir/R4/broken/:id', handle: () => Promise.reject(new Error('Amina Diallo')) })
  const lost = route({
    path: '/fhir/R4/lost/:id',
    handle: () => Promise.reject(new Refusal('storage-unavailable', { cause: new Error('connection to Amina lost') })),
  })
  await rig.start([route({ path: '/fhir/R4/:type/:id' }), broken, lost], { log })
  const { authorization } = await rig.token('system/*.rs')
  const headers = { authorization, 'user-agent': 'Amina\tDiallo', referer: 'https://x/Amina' }
  await rig.ask('/fhir/R4/Patient/Amina?name=Diallo&birthdate=1970-01-01', { headers })
  await rig.ask('/fhir/R4/broken/Amina?name=Diallo', { headers })
  await rig.ask('/fhir/R4/lost/Amina', { headers })
  await rig.ask('/nowhere/Amina?x=Diallo')
  const text = lines.join('')
  expect(text).not.toMatch(/Amina|Diallo|1970/)
  expect(text).not.toContain(authorization.slice(7, 30))
  const answered = lines
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ msg }) => msg === 'answered')
  expect(answered.map(({ route, status, actor }) => [route, status, actor])).toEqual([
    ['GET /fhir/R4/:type/:id', 200, 'client'],
    ['GET /fhir/R4/broken/:id', 500, 'client'],
    ['GET /fhir/R4/lost/:id', 503, 'client'],
    ['GET /(web app)', 404, 'anonymous'],
  ])
  expect(text).toContain('"kind":"Error"')
})

function makeSite(folder: string): string {
  const dist = join(folder, 'dist')
  mkdirSync(join(dist, 'assets'), { recursive: true })
  writeFileSync(
    join(dist, 'index.html'),
    '<!doctype html><meta name="csp-nonce" content="__CSP_NONCE__"><title>Chartkeep</title>',
  )
  writeFileSync(join(dist, 'assets', 'main-Ab12Cd34.js'), 'export const x = 1\n'.repeat(500))
  writeFileSync(join(dist, 'icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>')
  writeFileSync(join(dist, '.env'), 'SECRET=1')
  writeFileSync(join(folder, 'outside.js'), 'secret')
  return dist
}

test('V3: the page has a policy without inline scripts and a nonce of its own each time; it is never kept', async ({
  rig,
}) => {
  await rig.start([route({ path: '/office/x', surface: 'office' })], { static: makeSite(rig.folder) })
  const page = () => rig.ask('/patients/x/summary', { headers: { accept: 'text/html,*/*' } })
  const [first, second] = [await page(), await page()]
  const nonce = /content="([A-Za-z0-9+/]{22}==)"/.exec(first.text)?.[1] ?? 'none'
  expect(first.headers['content-security-policy']).toBe(
    `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${nonce}'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`,
  )
  expect(first.headers['content-security-policy']).not.toContain('unsafe')
  expect(second.text).not.toContain(nonce)
  expect(first.headers).toMatchObject({
    'cache-control': 'no-store',
    'content-type': 'text/html; charset=utf-8',
    'cross-origin-opener-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
  })
  expect(first.headers['permissions-policy']).toContain('camera=()')
  expect((await rig.ask('/', { headers: { accept: 'text/html' } })).text).toContain('Chartkeep')
  // Who only looks whether it is there, says nothing of what it takes.
  expect((await rig.ask('/', { headers: { accept: '*/*' } })).text).toContain('Chartkeep')
  expect((await rig.ask('/patients/x', { headers: { accept: '*/*' } })).status).toBe(404)
})

test('assets are kept for ever and sent compressed; what is no file of the app is not served', async ({ rig }) => {
  await rig.start([route({ path: '/office/x', surface: 'office' })], { static: makeSite(rig.folder) })
  const plain = await rig.ask('/assets/main-Ab12Cd34.js')
  expect(plain.headers).toMatchObject({
    'cache-control': 'public, max-age=31536000, immutable',
    'content-type': 'text/javascript; charset=utf-8',
  })
  const compressed = async () =>
    Promise.all(
      ['br', 'gzip'].map(async (encoding) =>
        rig.ask('/assets/main-Ab12Cd34.js', { headers: { 'accept-encoding': encoding } }),
      ),
    )
  // Compressing goes on while the first are served.
  await expect
    .poll(async () => (await compressed()).map(({ headers }) => headers['content-encoding']))
    .toEqual(['br', 'gzip'])
  const sizes = await compressed()
  for (const { headers } of sizes) expect(Number(headers['content-length'])).toBeLessThan(500)
  expect((await rig.ask('/icon.svg')).headers['cache-control']).toBe('no-cache')
  expect((await rig.ask('/', { method: 'HEAD', headers: { accept: 'text/html' } })).status).toBe(200)
  expect((await rig.ask('/assets/main-Ab12Cd34.js', { method: 'POST' })).headers['allow']).toBe('GET, HEAD')

  const html = { accept: 'text/html' }
  for (const path of [
    '/.env',
    '/../outside.js',
    '/assets/../../outside.js',
    '/%2e%2e/outside.js',
    '/assets/..%2f..%2foutside.js',
    '/index.html~',
    '/outside.js',
  ]) {
    const got = await rig.ask(path)
    expect([path, got.status, got.text.includes('ecret')]).toEqual([path, 404, false])
    expect((await rig.ask(path, { headers: html })).text).not.toContain('ecret')
  }
  // An address of the interface is never answered with the page.
  expect((await rig.ask('/office/nothing', { headers: html })).status).toBe(404)
})
