import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Fault } from './fault.mjs'
import { installed } from './installed.mjs'
import { findNpm, installLocked } from './npm.mjs'
import { runtimeFolder } from './places.mjs'

/** Runs TypeScript as it is and has argon2 in node:crypto (24.7). */
export const oldestNode = [24, 7]

/** @param {string} version for example 'v20.20.2' */
export function newEnough(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number)
  return major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])
}

/**
 * The Node to run under, and where its npm is (asked only when something is to be installed).
 *
 * @typedef {{ node: string, npm: () => string }} Runtime
 */

/** @returns {Runtime | undefined} undefined when it has to be brought first */
export function findRuntime() {
  if (newEnough(process.version)) return { node: process.execPath, npm: findNpm }
  const node = join(runtimeFolder, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node')
  const npm = join(runtimeFolder, 'node_modules', 'npm', 'bin', 'npm-cli.js')
  return existsSync(node) && installed(runtimeFolder) ? { node, npm: () => npm } : undefined
}

/**
 * Brings Node and npm from the committed lock, with the npm that is here.
 *
 * @returns {Promise<Runtime>}
 */
export async function bringRuntime() {
  const offered = ['linux-x64', 'linux-arm64']
  if (!offered.includes(`${process.platform}-${process.arch}`)) {
    throw new Fault(
      `this is Node ${process.version}; Chartkeep runs on Node ${oldestNode.join('.')} or newer and can bring it by itself ` +
        `only on ${offered.join(' and ')}. Install Node 24 and run the same command again.`,
    )
  }
  await installLocked(
    { node: process.execPath, npm: findNpm },
    runtimeFolder,
    230,
    'bringing Node 24 (once, about 60 MB)',
  )
  const runtime = findRuntime()
  if (runtime === undefined)
    throw new Fault('npm finished, but left no Node 24 in tools/runtime. Run the same command again.')
  try {
    execFileSync(runtime.node, ['--version'], { stdio: 'ignore' })
  } catch {
    throw new Fault(
      'the Node 24 from tools/runtime does not start here: the system has no glibc (Alpine), or the folder is mounted ' +
        'noexec. Install Node 24 for this system and run the same command again.',
    )
  }
  return runtime
}
