import { once } from 'node:events'
import { expect, test } from 'vitest'
import { Refusal } from '#base'
import { openEventStreams } from './event-streams.ts'

test('what is sent comes as an event of its own; after the end nothing does', async () => {
  const stream = openEventStreams().open('session')
  stream.send('changed', { type: 'Observation' })
  stream.end()
  stream.send('changed', { type: 'Claim' })
  const text = Buffer.concat(await stream.body.toArray()).toString()
  expect(text).toBe(': open\n\nevent: changed\ndata: {"type":"Observation"}\n\n')
})

test('a reader who does not read is cut off before what waits for them grows large', async () => {
  const stream = openEventStreams().open('session')
  const over = new Promise((resolve) => stream.body.once('close', resolve))
  for (let sent = 0; sent < 2000; sent++) stream.send('changed', { type: 'Observation', id: 'x'.repeat(36) })
  await over
  expect(stream.body.errored).toBeInstanceOf(Error)
  expect(stream.body.readableLength).toBeLessThan(70_000)
})

test('a session has a dozen streams; what is over makes room, and others are not counted', async () => {
  const streams = openEventStreams()
  const [first] = Array.from({ length: 12 }, () => streams.open('session'))
  expect(() => streams.open('session')).toThrow(Refusal)
  expect(streams.open('another').body.readableLength).toBeGreaterThan(0)
  const over = once(first!.body, 'close')
  first?.body.destroy()
  await over
  streams.open('session')
  expect(() => streams.open('session')).toThrow(Refusal)
})
