import { expect, test } from 'vitest'
import { Secret } from '#base'
import { UnsafeDatabaseUrl, urlTarget } from './target.ts'

const password = () => new Secret(Buffer.from('derived'))

test.each([
  ['no sslmode', 'postgresql://o:p@db.example/chartkeep'],
  ['sslmode=require proves nothing about the server', 'postgresql://o:p@db.example/chartkeep?sslmode=require'],
  ['sslmode=disable', 'postgresql://o:p@db.example/chartkeep?sslmode=disable'],
  ['another protocol', 'mysql://o:p@db.example/chartkeep?sslmode=verify-full'],
  ['not a URL', 'db.example'],
])('H-T10: an external database is refused with %s', (_, url) => {
  expect(() => urlTarget(url, password)).toThrow(UnsafeDatabaseUrl)
})

test('verify-full checks the certificate; a Unix socket needs none', () => {
  expect(urlTarget('postgresql://o:p@db.example:6432/x?sslmode=verify-full', password).connection('app')).toMatchObject(
    {
      host: 'db.example',
      port: 6432,
      user: 'chartkeep_app',
      password: 'derived',
      ssl: { rejectUnauthorized: true, minVersion: 'TLSv1.2' },
    },
  )
  expect(urlTarget('postgresql://o:p@localhost/x?host=/run/postgresql', password).connection('owner')).toMatchObject({
    host: '/run/postgresql',
    user: 'o',
  })
})
