import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { type Hearing, LineFault, openLine } from './line.ts'

/** Two ends of a channel, as fork makes them. */
function channel() {
  const [left, right] = [new EventEmitter(), new EventEmitter()]
  const end = (mine: EventEmitter, other: EventEmitter) => ({
    on: (event: 'message', call: (message: unknown) => void) => mine.on(event, call),
    send: (message: object, sent: (error: Error | null) => void) => {
      queueMicrotask(() => other.emit('message', structuredClone(message)))
      sent(null)
    },
  })
  return [end(left, right), end(right, left)] as const
}

function lines(hearing: Hearing) {
  const [here, there] = channel()
  const faults: unknown[] = []
  openLine(there, hearing, (error) => faults.push(error))
  return { line: openLine(here, {}, (error) => faults.push(error)), faults }
}

test('what is asked is answered, each to its own asker', async () => {
  const { line } = lines({ double: async (said) => Number(said) * 2 })
  expect(await Promise.all([1, 2, 3].map((number) => line.ask('double', number)))).toEqual([2, 4, 6])
})

test('what fails there comes as a code and no more', async () => {
  const inUse = Object.assign(new Error('names nobody'), { code: 'EADDRINUSE' })
  const { line, faults } = lines({ start: () => Promise.reject(inUse) })
  const fault: unknown = await line.ask('start').catch((error: unknown) => error)
  expect(fault).toBeInstanceOf(LineFault)
  expect(fault).toMatchObject({ code: 'EADDRINUSE', message: 'the other process did not answer' })
  expect(faults).toEqual([inUse])
})

test('who does not answer in time, is gone, or was never there, is not waited for', async () => {
  const { line } = lines({ never: () => new Promise(() => undefined) })
  await expect(line.ask('never', undefined, 20)).rejects.toThrow(LineFault)
  const asked = line.ask('never')
  line.close()
  await expect(asked).rejects.toThrow(LineFault)
  await expect(line.ask('never')).rejects.toThrow(LineFault)
  const nobody = openLine({ on: () => undefined }, {}, () => undefined)
  await expect(nobody.ask('anything')).rejects.toThrow(LineFault)
})

test('messages that are not ours, and words that nobody hears, change nothing', async () => {
  const [here, there] = channel()
  const heard: unknown[] = []
  openLine(there, { tell: (said) => heard.push(said) }, () => undefined)
  here.send({ cmd: 'other' }, () => undefined)
  const line = openLine(here, {}, () => undefined)
  line.tell('unheard-of', 1)
  line.tell('tell', 2)
  expect(await line.ask('unheard-of')).toBeUndefined()
  expect(heard).toEqual([2])
})
