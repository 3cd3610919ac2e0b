// What a request's head costs grows as its size does.
import { expect, test } from 'vitest'
import { growsTooFast } from '../../test/growth.ts'
import { addressFinder } from './address.ts'

test('R-16: hops of X-Forwarded-For cost no more than their number', async () => {
  const find = addressFinder(['10.0.0.0/8'])
  const grows = await growsTooFast((size) => {
    const headers = { 'x-forwarded-for': Array.from({ length: size }, () => '10.0.0.1').join(', ') }
    return () => find({ socket: { remoteAddress: '10.0.0.1' }, headers } as never)
  })
  expect(grows).toBe(false)
})
