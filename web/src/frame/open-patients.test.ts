import { expect, test } from 'vitest'
import { mostOpen, withOpen } from './open-patients.ts'

const patient = (id: string, name = id) => ({ id, name })

test('a chart that is opened again keeps its place and takes the newest name', () => {
  expect(withOpen([patient('a'), patient('b')], patient('b', 'B'))).toEqual([patient('a'), patient('b', 'B')])
})

test('only a few charts stay open, the oldest is left first', () => {
  const open = ['a', 'b', 'c', 'd', 'e', 'f'].reduce<ReturnType<typeof withOpen>>(
    (list, id) => withOpen(list, patient(id)),
    [],
  )
  expect(open.map(({ id }) => id)).toEqual(['f', 'e', 'd', 'c'])
  expect(open).toHaveLength(mostOpen)
})
