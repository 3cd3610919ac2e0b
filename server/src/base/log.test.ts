import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openLog } from './log.ts'
import { LogWriter } from './log-writer.ts'

test('a destination that takes nothing holds no more than its bound, and what was lost is counted', async () => {
  const written: string[] = []
  let release: () => void = () => undefined
  const writer = new LogWriter((piece, done) => {
    written.push(piece.toString())
    release = done
  }, 10_000)
  const line = `${'x'.repeat(99)}\n`
  writer.write(line)
  await expect.poll(() => written.length).toBe(1)
  for (let n = 0; n < 100_000; n++) writer.write(line)
  expect(writer.takeRest().length).toBe(10_000)
  release()
  await expect.poll(() => written.length).toBe(2)
  expect(JSON.parse(written[1]!)).toMatchObject({ dropped: 99_900 })
})

test('pieces hold whole lines, in their order, and arrive in one piece in a pipe', async () => {
  const written: Buffer[] = []
  const writer = new LogWriter((piece, done) => {
    written.push(piece)
    setImmediate(done)
  })
  const lines = Array.from({ length: 500 }, (_, n) => `${n} ${'y'.repeat(n % 97)}\n`)
  for (const line of lines) writer.write(line)
  await expect.poll(() => Buffer.concat(written).toString()).toBe(lines.join(''))
  expect(written.every((piece) => piece.length <= 4096 && piece.at(-1) === 0x0a)).toBe(true)
})

test('a destination that fails is tried again, and no line after it is lost', async () => {
  const written: string[] = []
  let full = true
  const writer = new LogWriter((piece, done) => {
    if (full) return done(new Error('ENOSPC'))
    written.push(piece.toString())
    done()
  })
  writer.write('first\n')
  await new Promise((resolve) => setTimeout(resolve, 20))
  full = false
  writer.write('second\n')
  await expect.poll(() => written.join('')).toContain('second')
  expect(written.join('')).toContain('"dropped":1')
})

test('an error that comes ten thousand times is ten lines and a count; another is said all the same', async () => {
  const lines: { msg: string; times?: number }[] = []
  const log = openLog('info', { write: (line) => void lines.push(JSON.parse(line) as { msg: string }) })
  for (let n = 0; n < 10_000; n++) log.warn({ err: new Error('away') }, 'no connection yet')
  log.error('something else')
  for (let n = 0; n < 50; n++) log.info('answered')
  expect(lines.filter(({ msg }) => msg === 'no connection yet')).toHaveLength(10)
  expect(lines.filter(({ msg }) => msg === 'something else')).toHaveLength(1)
  expect(lines.filter(({ msg }) => msg === 'answered')).toHaveLength(50)
  await expect
    .poll(() => lines.find(({ times }) => times !== undefined))
    .toMatchObject({
      msg: 'no connection yet',
      times: 9990,
    })
})

test('a line says of an error its kind, its code and where it arose, and not its message', () => {
  const lines: { err: Record<string, string> }[] = []
  const log = openLog('info', { write: (line) => void lines.push(JSON.parse(line) as { err: Record<string, string> }) })
  log.error({ err: Object.assign(new TypeError('Mary Smith'), { code: 'EX' }) }, 'failed')
  log.error({ err: 'Mary Smith' }, 'failed')
  expect(lines[0]?.err).toMatchObject({ kind: 'TypeError', code: 'EX', at: expect.stringContaining('log.test.ts') })
  expect(lines[1]?.err).toEqual({ kind: 'string' })
  expect(JSON.stringify(lines)).not.toContain('Mary')
})

test('an error is given to the log as it is: described before, it would be described a second time', () => {
  const source = join(import.meta.dirname, '..')
  const files = globSync('**/*.ts', { cwd: source }).filter((path) => !path.endsWith('.test.ts'))
  const described = files.filter((path) => /\berr: describeError\(/.test(readFileSync(join(source, path), 'utf8')))
  expect(files.length).toBeGreaterThan(300)
  expect(described).toEqual([])
})
