import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openLog } from '#base'
import { openAuthority } from './authority.ts'
import { openGivenCertificates } from './given.ts'
import type { Pair } from './pair.ts'

let folder: string
const place = (pair: Pair): void => {
  writeFileSync(join(folder, 'cert.pem'), pair.cert)
  writeFileSync(join(folder, 'key.pem'), pair.key, { mode: 0o600 })
}
const open = () =>
  openGivenCertificates({
    certFile: join(folder, 'cert.pem'),
    keyFile: join(folder, 'key.pem'),
    clock: { now: () => Date.now() },
    log: openLog('silent'),
  })
const issue = (...names: string[]) => openAuthority(join(folder, 'ca.pem'), [], Date.now()).issue(names, Date.now())

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chartkeep-tls-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('files that change are read again, with their names', async () => {
  place(issue('a.local', '::1'))
  const certificates = open()
  expect(certificates.names()).toEqual(['a.local', '0:0:0:0:0:0:0:1'])
  expect(await certificates.refresh()).toBe(false)
  const next = issue('b.local')
  place(next)
  expect(await certificates.refresh()).toBe(true)
  expect(certificates.names()).toEqual(['b.local'])
  expect(certificates.pair().cert).toBe(next.cert)
})

test('a key that does not belong to the certificate leaves the old pair in use', async () => {
  const first = issue('a.local')
  place(first)
  const certificates = open()
  writeFileSync(join(folder, 'key.pem'), issue('a.local').key)
  expect(await certificates.refresh()).toBe(false)
  rmSync(join(folder, 'cert.pem'))
  expect(await certificates.refresh()).toBe(false)
  expect(certificates.pair().key).toBe(first.key)
})

test('missing files, a foreign key, and a key that everyone can read stop the start in plain words', () => {
  expect(open).toThrow(/cannot be read/)
  place(issue('a.local'))
  chmodSync(join(folder, 'key.pem'), 0o644)
  expect(open).toThrow(/chmod o=/)
  chmodSync(join(folder, 'key.pem'), 0o640)
  expect(open).not.toThrow()
  writeFileSync(join(folder, 'key.pem'), issue('a.local').key)
  expect(open).toThrow(/does not belong/)
})
