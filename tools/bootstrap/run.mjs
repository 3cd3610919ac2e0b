import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { compileCache } from './compiled.mjs'
import { Fault } from './fault.mjs'
import { nodeFlags, heapSettings } from './heap.mjs'
import { root } from './places.mjs'

/**
 * Runs a verb under Node 24, within the limits of what serves: a demonstration is to be as small as the real thing.
 * Answers its exit code, 128 + the signal's number when a signal ended it.
 *
 * @param {string} node path of the Node to use
 * @param {string} script path of the verb's script from the root
 * @param {readonly string[]} rest the caller's arguments
 * @returns {Promise<number>}
 */
export function runVerb(node, script, rest) {
  return run(node, [...nodeFlags('serve'), join(root, script), ...rest], { cwd: root, env: environment(node) })
}

/**
 * The environment of everything started below: this Node and the repository's own tools come first, and
 * glibc's limits for a process of ours, and where compiled code is kept.
 *
 * @param {string} node
 * @returns {NodeJS.ProcessEnv}
 */
export function environment(node) {
  const path = [dirname(node), join(root, 'node_modules', '.bin'), process.env.PATH ?? ''].join(delimiter)
  return { ...heapSettings, ...compileCache(), ...process.env, PATH: path }
}

/**
 * Runs a command on our own terminal, passing signals on, and resolves to its exit code.
 *
 * @param {string} command
 * @param {readonly string[]} parameters
 * @param {{ cwd?: string, env: NodeJS.ProcessEnv }} options
 * @returns {Promise<number>}
 */
export function run(command, parameters, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, parameters, { ...options, stdio: 'inherit' })
    // A terminal sends Ctrl-C to the child as well; passing it on again would look like a second, impatient one.
    const terminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY
    const listeners = ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT'].map((signal) => {
      const pass = () => {
        if (!(terminal && (signal === 'SIGINT' || signal === 'SIGQUIT'))) child.kill(signal)
      }
      process.on(signal, pass)
      return [signal, pass]
    })
    const done = () => {
      for (const [signal, pass] of listeners) process.off(signal, pass)
    }
    child.on('error', (error) => {
      done()
      reject(new Fault(`cannot start ${command} (${error.code}).`))
    })
    child.on('exit', (code, signal) => {
      done()
      resolve(code ?? 128 + (constants.signals[signal] ?? 0))
    })
  })
}
