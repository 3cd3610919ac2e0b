import { createHash, randomBytes } from 'node:crypto'
import { chmodSync, cpSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { commandOf, newChartkeep, postmasterOf } from './serving.ts'

/** Every file below the folders: what is in it, when it was changed, and who may read it. */
function stateOf(folders: readonly string[]): Record<string, string> {
  const state: Record<string, string> = {}
  for (const folder of folders) {
    for (const name of ['.', ...readdirSync(folder, { recursive: true, encoding: 'utf8' })]) {
      const path = join(folder, name)
      const { mtimeMs, mode } = statSync(path)
      const hash = statSync(path).isFile() ? createHash('sha256').update(readFileSync(path)).digest('hex') : ''
      state[path] = `${hash} ${mtimeMs} ${mode.toString(8)}`
    }
  }
  return state
}

/** Processes that name the folder in their command line. */
function processesOf(folder: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && commandOf(Number(name)).includes(folder))
    .map((name) => commandOf(Number(name)))
}

function answersAt(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

/** Changes one character within the text that follows the name, so that it is still JSON. */
function damage(keyring: string, name: string): void {
  const text = readFileSync(keyring, 'utf8')
  const at = text.indexOf(`"${name}"`) + name.length + 12
  expect(at).toBeGreaterThan(name.length + 12)
  writeFileSync(keyring, text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1))
}

test('a wrong, missing or damaged key: said in plain words, nothing started, nothing changed', async () => {
  const chartkeep = await newChartkeep()
  const other = await newChartkeep()
  const { data, folder } = chartkeep
  const keys = `${data}.keys`
  const kept = join(folder, 'kept-keys')
  cpSync(keys, kept, { recursive: true, preserveTimestamps: true })
  const [ring, rootKey] = [join(keys, 'keyring.json'), join(keys, 'root.key')]
  const theirs = `${other.data}.keys`
  const secrets = Object.entries(JSON.parse(readFileSync(ring, 'utf8')) as Record<string, unknown>)
  expect(secrets.length).toBeGreaterThan(3)

  const cases: readonly (readonly [what: string, words: RegExp, prepare: () => void])[] = [
    ['no keyring', /There is no keyring here/, () => rmSync(ring)],
    ['no keys folder', /There is no keyring here/, () => rmSync(keys, { recursive: true })],
    ['no key file', /There is no keyring here|key file/, () => rmSync(rootKey)],
    ['another key', /not the one this keyring was made with/, () => writeFileSync(rootKey, randomBytes(32))],
    ['a key cut short', /changed or is incomplete/, () => truncateSync(rootKey, 31)],
    ['an empty key', /changed or is incomplete/, () => truncateSync(rootKey)],
    ['a keyring cut short', /changed or is incomplete/, () => truncateSync(ring, 100)],
    ['an empty keyring', /changed or is incomplete/, () => truncateSync(ring)],
    ['no JSON', /changed or is incomplete/, () => writeFileSync(ring, 'not a keyring')],
    ['a changed secret', /changed or is incomplete/, () => damage(ring, secrets.at(-1)?.[0] ?? '')],
    ['a key that others can read', /Others on this machine can read the key file/, () => chmodSync(rootKey, 0o644)],
    ["another installation's", /not the one that .* was made with/, () => cpSync(theirs, keys, { recursive: true })],
  ]
  for (const [what, words, prepare] of cases) {
    prepare()
    const folders = [data, `${data}.witness`, ...(what === 'no keys folder' ? [] : [keys])]
    const before = stateOf(folders)
    const port = 20_000 + (randomBytes(2).readUInt16BE() % 20_000)
    const began = performance.now()
    let answered = false
    const watching = setInterval(() => void answersAt(port).then((yes) => (answered ||= yes)), 50)
    const { code, said } = await chartkeep.command('serve', '--port', String(port))
    clearInterval(watching)
    expect.soft(code, what).toBe(1)
    expect.soft(said, what).toMatch(words)
    expect.soft(said.split('\n').length, `${what}: no stack, no second message`).toBe(1)
    expect.soft(performance.now() - began, what).toBeLessThan(20_000)
    expect.soft(answered, what).toBe(false)
    expect.soft(stateOf(folders), what).toEqual(before)
    expect.soft(postmasterOf(data), what).toBeUndefined()
    expect.soft(processesOf(data), what).toEqual([])
    rmSync(keys, { recursive: true, force: true })
    cpSync(kept, keys, { recursive: true, preserveTimestamps: true })
  }

  // The right ones again, and all is as it was.
  const serving = await chartkeep.serve()
  expect(await chartkeep.command('ledger', 'verify')).toMatchObject({ code: 0 })
  await serving.end('SIGTERM')
})
