import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { spawn } from 'node:child_process'
import { Fault } from './fault.mjs'
import { root, webFolder } from './places.mjs'
import { announce } from './progress.mjs'
import { environment } from './run.mjs'

const built = join(webFolder, 'dist')
const stamp = join(built, '.sources')
// All that decides what the web app is: its own files, the contract it shares with the server, the versions of packages.
const sources = [
  'web/index.html',
  'web/vite.config.ts',
  'web/package.json',
  'web/src',
  'web/public',
  'model/src',
  'package-lock.json',
]

/** Is web/dist what the sources here make? Compared by content: a checkout changes every file's time. */
export function webBuilt() {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === digest()
}

/**
 * Builds into a folder beside and swaps it in, so that a server that is running never serves half an app.
 *
 * @param {string} node
 */
export async function buildWeb(node) {
  const before = digest()
  const next = join(webFolder, 'dist.next')
  const old = join(webFolder, 'dist.old')
  await announce('building the web app', async () => {
    for (const folder of [next, old]) rmSync(folder, { recursive: true, force: true })
    const { code, output } = await vite(node, next)
    if (code !== 0) throw new Fault(`the web app does not build:\n${output.trimEnd()}`)
    writeFileSync(join(next, '.sources'), before)
    if (existsSync(built)) renameSync(built, old)
    renameSync(next, built)
    rmSync(old, { recursive: true, force: true })
  })
}

function vite(node, out) {
  return new Promise((resolve) => {
    const program = join(root, 'node_modules', 'vite', 'bin', 'vite.js')
    const parameters = [program, 'build', '--outDir', out, '--emptyOutDir', '--logLevel', 'warn']
    const child = spawn(node, parameters, { cwd: webFolder, env: environment(node), stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
    child.on('error', (error) => resolve({ code: 1, output: error.message }))
    child.on('close', (code) => resolve({ code, output }))
  })
}

function digest() {
  const hash = createHash('sha256')
  for (const source of sources) {
    for (const file of filesBelow(join(root, source))) {
      hash.update(`${relative(root, file)}\0`)
      hash.update(createHash('sha256').update(readFileSync(file)).digest())
    }
  }
  return hash.digest('hex')
}

/** @returns {string[]} sorted, so that the digest does not depend on the file system's order */
function filesBelow(path) {
  if (!existsSync(path)) return []
  try {
    return readdirSync(path, { withFileTypes: true })
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap((entry) => (entry.isDirectory() ? filesBelow(join(path, entry.name)) : [join(path, entry.name)]))
  } catch (error) {
    if (error.code === 'ENOTDIR') return [path]
    throw error
  }
}
