// Each step of a start that can fail, made to fail from outside: it says why, ends, and leaves nothing behind.
import {
  chownSync,
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { socketFolderFor } from '#db'
import { type Chartkeep, newChartkeep, postmasterOf, signal } from './serving.ts'
import { isListening, processesOf, tamper } from './tamper.ts'

type Undo = () => unknown

interface Fault {
  readonly step: string
  readonly words: RegExp
  readonly args?: readonly string[]
  /** Where one process and several go different ways. */
  readonly late?: boolean
  spoil(chartkeep: Chartkeep): Promise<Undo> | Undo
}

const written = (path: string, change: (text: string) => string): Undo => {
  const before = readFileSync(path, 'utf8')
  writeFileSync(path, change(before))
  return () => writeFileSync(path, before)
}

/** The database's folder is elsewhere; what a start may have made in its place is dropped afterwards. */
const moved = ({ data }: Chartkeep): Undo => {
  renameSync(join(data, 'pg'), join(data, 'pg.away'))
  return () => {
    rmSync(join(data, 'pg'), { recursive: true, force: true })
    renameSync(join(data, 'pg.away'), join(data, 'pg'))
  }
}

const forgotten = ({ data }: Chartkeep): Undo =>
  written(join(data, 'chartkeep.json'), (text) => text.replace(/,\s*"database": "[^"]*"/, ''))

/** Every page of the file has another byte in it than its checksum says. */
const damaged = (file: string): Undo => {
  const before = readFileSync(file)
  const descriptor = openSync(file, 'r+')
  const byte = Buffer.alloc(1)
  for (let page = 0; page < before.length; page += 8192) {
    readSync(descriptor, byte, 0, 1, page + 8000)
    byte[0]! ^= 0xff
    writeSync(descriptor, byte, 0, 1, page + 8000)
  }
  closeSync(descriptor)
  return () => {
    const mending = openSync(file, 'r+')
    writeSync(mending, before)
    closeSync(mending)
  }
}

const faults: readonly Fault[] = [
  {
    step: 'the note of what the folder is is damaged',
    words: /chartkeep\.json is damaged/,
    spoil: ({ data }) => written(join(data, 'chartkeep.json'), (text) => text.slice(0, -5)),
  },
  {
    step: 'the data folder is empty: a volume that is not mounted',
    words: /There are keys in .* and no practice in .*\. Is the volume mounted/,
    spoil({ data }) {
      renameSync(data, `${data}.away`)
      mkdirSync(data)
      return () => {
        rmSync(data, { recursive: true })
        renameSync(`${data}.away`, data)
      }
    },
  },
  {
    step: 'the database is gone: a volume that is not mounted',
    words: /had its database in .*pg, and there is none now\. Nothing was made in its place\. Is the volume mounted/,
    spoil: moved,
  },
  {
    step: 'the database is empty: the mount point without its volume',
    words: /had its database in .*pg, and there is none now\. Nothing was made in its place\. Is the volume mounted/,
    spoil(chartkeep) {
      const undo = moved(chartkeep)
      mkdirSync(join(chartkeep.data, 'pg'))
      return undo
    },
  },
  {
    step: 'the database is empty, and only the witness remembers',
    words:
      /The witness .* has seen \d+ entries of the ledger, and the database has 0.*Is the volume of the database mounted/,
    spoil(chartkeep) {
      const undo = [moved(chartkeep), forgotten(chartkeep)]
      return () => undo.forEach((one) => one())
    },
  },
  {
    step: 'the folder of the socket was made by somebody else',
    words: /was made by another user of this machine/,
    spoil({ data }) {
      const folder = socketFolderFor(data)
      rmSync(folder, { recursive: true, force: true })
      mkdirSync(folder, { mode: 0o777 })
      chownSync(folder, 12_345, 12_345)
      return () => rmSync(folder, { recursive: true })
    },
  },
  {
    step: 'PostgreSQL does not start',
    words: /PostgreSQL did not start\. Its own words are in/,
    spoil: ({ data }) => written(join(data, 'pg', 'postgresql.conf'), (text) => `${text}\nno such setting\n`),
  },
  {
    step: 'the tables are of another version',
    words: /was changed after it had run here/,
    async spoil({ data }) {
      const turn = 'update db.migration set checksum = reverse(checksum)'
      await tamper(data, turn)
      return () => tamper(data, turn)
    },
  },
  {
    step: 'a role has gained a privilege, so that row-level security would not hold for it',
    words: /The database role chartkeep_reader may do more than it should/,
    async spoil({ data }) {
      await tamper(data, 'alter role chartkeep_reader createdb')
      return () => tamper(data, 'alter role chartkeep_reader nocreatedb')
    },
  },
  {
    step: 'the database does not wait for its disk',
    words: /fsync is off and has to be on/,
    spoil: ({ data }) => written(join(data, 'pg', 'postgresql.conf'), (text) => `${text}\nfsync = off\n`),
  },
  {
    step: 'somebody has hidden records of a type',
    words: /not as Chartkeep made it[^]*not made by us: policy records\.resource hide: restrictive/,
    async spoil({ data }) {
      await tamper(data, 'create policy hide on records.resource as restrictive using (type <> 6)')
      return () => tamper(data, 'drop policy hide on records.resource')
    },
  },
  {
    step: 'a folder of checkpoints cannot be made',
    words: /There is a file where a folder is expected/,
    args: ['--witness', '/dev/null'],
    spoil: () => () => undefined,
  },
  {
    step: 'the ledger cannot take the entry of the start: its pages are damaged',
    words: /The access could not be recorded.*The database is damaged/,
    late: true,
    async spoil(chartkeep) {
      const { data } = chartkeep
      // Into the folder that PostgreSQL works in.
      await tamper(data, `copy (select pg_relation_filepath('ledger.batch')) to '/proc/self/cwd/batch.path'`)
      const path = readFileSync(join(data, 'pg', 'batch.path'), 'utf8').trim()
      return damaged(join(data, 'pg', path))
    },
  },
  {
    step: 'the certificate is none',
    words: /none\.pem/,
    args: ['--tls-cert', 'none.pem', '--tls-key', 'none.pem'],
    late: true,
    spoil: () => () => undefined,
  },
  {
    step: 'the token of the collector is none',
    words: /metrics\.token/,
    late: true,
    spoil({ data }) {
      const token = join(`${data}.keys`, 'metrics.token')
      rmSync(token, { force: true })
      mkdirSync(token)
      return () => rmSync(token, { recursive: true })
    },
  },
  {
    step: 'the port is taken',
    words: /The port is taken by another program/,
    late: true,
    async spoil({ port }) {
      const other = createServer().listen(port, '127.0.0.1')
      await once(other, 'listening')
      return async () => {
        other.close()
        await once(other, 'close')
      }
    },
  },
]

test.skipIf(process.getuid?.() !== 0)(
  'a start that fails at any step says why, ends, and leaves nothing running',
  async () => {
    const chartkeep = await newChartkeep()
    // One that was served and stopped in order: it has an entry and a checkpoint with its witness.
    await (await chartkeep.serve()).end('SIGTERM')
    for (const { step, words, args = [], late = false, spoil } of faults) {
      const undo = await spoil(chartkeep)
      for (const workers of late ? ['1', '2'] : ['1']) {
        const start = chartkeep.begin('--workers', workers, ...args)
        const code = await Promise.race([start.ended, pause(90_000, 'it does not end')])
        expect.soft(code, `${step}, ${workers}: ${start.said()}`).toBe(1)
        expect.soft(start.said(), step).toMatch(words)
        expect.soft(processesOf(chartkeep.data), step).toEqual([])
        if (step !== 'the port is taken') expect.soft(await isListening(chartkeep.port), step).toBe(false)
      }
      await undo()
    }
    const serving = await chartkeep.serve()
    await serving.end('SIGTERM')
    expect(await chartkeep.command('ledger', 'verify')).toMatchObject({ code: 0 })
  },
  900_000,
)

test('a start ends at any moment when it is told to, and so does one that waits for something', async () => {
  const chartkeep = await newChartkeep()
  await (await chartkeep.serve()).end('SIGTERM')
  for (const workers of ['1', '2']) {
    for (let ms = 400; ms < 3600; ms += 800) {
      const start = chartkeep.begin('--workers', workers)
      await pause(ms)
      signal(start.pid, 'SIGTERM')
      const ended = await Promise.race([start.ended, pause(60_000, 'it does not end')])
      // Before anything listens for it, the signal ends the process by itself.
      expect.soft([0, null, 143], `${ms} ms: ${start.said()}`).toContain(ended)
      expect.soft(processesOf(chartkeep.data), `${ms} ms`).toEqual([])
    }
  }
  // PostgreSQL is there and says nothing: as a disk that hangs would make it.
  const serving = await chartkeep.serve()
  await serving.end('SIGKILL')
  const postmaster = postmasterOf(chartkeep.data) ?? 0
  signal(postmaster, 'SIGSTOP')
  const start = chartkeep.begin()
  await pause(4000)
  signal(start.pid, 'SIGTERM')
  expect([0, null, 143]).toContain(await Promise.race([start.ended, pause(60_000, 'it does not end')]))
  signal(postmaster, 'SIGCONT')
  await (await chartkeep.serve()).end('SIGTERM')
  expect(processesOf(chartkeep.data)).toEqual([])
  expect(statSync(join(chartkeep.data, 'serving.lock')).size, 'a lock that holds nothing').toBe(0)
}, 900_000)

test('a second server on the folder fails, and disturbs nothing; after a kill the next one starts at once', async () => {
  const chartkeep = await newChartkeep()
  const first = await chartkeep.serve()
  const postmaster = postmasterOf(chartkeep.data)
  for (const workers of ['1', '2']) {
    const second = await chartkeep.command('serve', '--port', '0', '--workers', workers)
    expect(second).toMatchObject({ code: 1, said: expect.stringMatching(/Another chartkeep serve works with/) })
  }
  expect(postmasterOf(chartkeep.data)).toBe(postmaster)
  expect(await isListening(chartkeep.port)).toBe(true)
  // A command works beside it, and leaves PostgreSQL running.
  expect(await chartkeep.command('user', 'list')).toMatchObject({ code: 0 })
  expect(postmasterOf(chartkeep.data)).toBe(postmaster)
  await first.end('SIGKILL')
  const next = await chartkeep.serve()
  expect(postmasterOf(chartkeep.data), 'the PostgreSQL that ran on was taken over').toBe(postmaster)
  expect(await chartkeep.command('serve', '--port', '0')).toMatchObject({ code: 1 })
  await next.end('SIGTERM')
  expect(processesOf(chartkeep.data)).toEqual([])
})
