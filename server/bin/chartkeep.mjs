#!/usr/bin/env node
// The `chartkeep` command. Started by an older Node, it goes on under the Node 24 that the bootstrap brought: the same
// terminal, the same signals, the same exit code. Plain JavaScript, because an old Node reads this file first.
import { Fault } from '../../tools/bootstrap/fault.mjs'
import { nodeFlags } from '../../tools/bootstrap/heap.mjs'
import { say } from '../../tools/bootstrap/progress.mjs'
import { environment, run } from '../../tools/bootstrap/run.mjs'
import { findRuntime, newEnough, oldestNode } from '../../tools/bootstrap/runtime.mjs'

// These can only be given as the process starts, so it starts again in its own place.
const flags = nodeFlags(process.argv[2])
const started = flags.every((one) => process.execArgv.includes(one))

if (newEnough(process.version) && !started && process.execve !== undefined) {
  const args = [process.execPath, ...flags, ...process.execArgv, ...process.argv.slice(1)]
  process.execve(process.execPath, args, environment(process.execPath))
} else if (newEnough(process.version) && process.argv[2] === 'serve') {
  const { keepServer } = await import('../src/keep-server.ts')
  const others = process.execArgv.filter((one) => !flags.includes(one))
  process.exitCode = await keepServer([...flags, ...others], process.argv.slice(2), environment(process.execPath))
} else if (newEnough(process.version)) {
  const main = await import('../src/main.ts')
  process.exitCode = await main.run(process.argv.slice(2))
} else {
  try {
    const runtime = findRuntime()
    if (runtime === undefined) {
      throw new Fault(
        `this is Node ${process.version}; chartkeep needs ${oldestNode.join('.')} or newer. ` +
          'Run `npm run build` in its folder once: that brings Node 24. Or install Node 24.',
      )
    }
    process.exitCode = await run(runtime.node, process.argv.slice(1), { env: environment(runtime.node) })
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    say(error.message)
    process.exitCode = 1
  }
}
