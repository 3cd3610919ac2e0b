import { spawn } from 'node:child_process'
import { accessSync, constants, existsSync, mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { explainNpm, Fault } from './fault.mjs'
import { announce } from './progress.mjs'

// No package's own scripts run: nothing we install needs one, and they are how a bad release reaches a machine.
const flags = [
  '--ignore-scripts',
  '--no-audit',
  '--no-fund',
  '--no-progress',
  '--no-update-notifier',
  '--loglevel=error',
]

/**
 * Installs exactly what a lock file says into the folder's node_modules.
 *
 * @param {import('./runtime.mjs').Runtime} runtime
 * @param {string} folder
 * @param {number} megabytes what it takes on disk, about
 * @param {string} what for the progress line and the error text
 */
export async function installLocked(runtime, folder, megabytes, what) {
  requireSpace(folder, megabytes, what)
  await announce(what, async () => {
    const npm = runtime.npm()
    const cache = homeWritable() ? undefined : mkdtempSync(join(tmpdir(), 'chartkeep-npm-'))
    try {
      const { code, output } = await capture(runtime.node, npm, folder, cache)
      if (code !== 0) throw explainNpm(what, output)
    } finally {
      if (cache !== undefined) rmSync(cache, { recursive: true, force: true })
    }
  })
}

/**
 * The npm that started us, or the one that came with this Node.
 *
 * @returns {string} path of npm-cli.js
 */
export function findNpm() {
  const beside = dirname(process.execPath)
  const candidates = [
    process.env.npm_execpath,
    join(beside, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(beside, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(beside, 'npm'),
    ...(process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'npm')),
  ]
  const found = candidates.find((path) => path !== undefined && /npm(-cli\.c?js)?$/.test(path) && existsSync(path))
  if (found === undefined) throw new Fault('npm was not found. Install npm 10 or newer together with Node.')
  return found
}

/** A full disk would be met half way, and npm takes a failed optional package (ours hold the binaries) for a success. */
function requireSpace(folder, megabytes, what) {
  const { bavail, bsize } = statfsSync(folder)
  const free = Math.floor((bavail * bsize) / 1_000_000)
  if (free < megabytes)
    throw new Fault(
      `${what} takes ${megabytes} MB in ${folder}, where ${free} MB are free. Free some space and run the same command again.`,
    )
}

function capture(node, npm, folder, cache) {
  const env = npmEnvironment(node)
  if (cache !== undefined) Object.assign(env, { npm_config_cache: cache, HOME: cache })
  return new Promise((resolve) => {
    const child = spawn(node, [npm, 'ci', ...flags], {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
    child.on('error', (error) => resolve({ code: 1, output: `${output}\n${error.message}` }))
    child.on('close', (code) => resolve({ code: code ?? 1, output }))
  })
}

/** npm hands its scripts a picture of the calling project; another install must not take it for its own. */
function npmEnvironment(node) {
  const env = { ...process.env }
  for (const name of Object.keys(env)) {
    if (
      /^npm_(lifecycle|package)_|^npm_(command|execpath|node_execpath)$|^npm_config_(local_)?prefix$|^INIT_CWD$/.test(
        name,
      )
    ) {
      delete env[name]
    }
  }
  // Installing for production would leave out what builds the web app.
  delete env.NODE_ENV
  return { ...env, PATH: [dirname(node), env.PATH ?? ''].join(delimiter) }
}

function homeWritable() {
  try {
    const home = process.env.HOME === '' ? '' : homedir()
    if (home === '') return false
    accessSync(home, constants.W_OK)
    return true
  } catch {
    return false
  }
}
