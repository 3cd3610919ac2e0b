#!/usr/bin/env node
// The one way in: `npm run <verb>` on a fresh clone. Plain JavaScript without dependencies, because it runs before
// anything is installed and under any Node from 20 on. It brings what is missing, then runs the verb under Node 24.
import { Fault } from './bootstrap/fault.mjs'
import { prepare } from './bootstrap/prepare.mjs'
import { say } from './bootstrap/progress.mjs'
import { runVerb } from './bootstrap/run.mjs'
import { verbs } from './bootstrap/verbs.mjs'

const [name, ...rest] = process.argv.slice(2)
const verb = Object.hasOwn(verbs, name ?? '') ? verbs[name] : undefined

if (verb === undefined) {
  say(`usage: node tools/bootstrap.mjs <${Object.keys(verbs).join('|')}> [arguments]`)
  process.exitCode = 2
} else {
  try {
    const { node } = await prepare(verb)
    if (verb.script !== undefined) process.exitCode = await runVerb(node, verb.script, rest)
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    say(error.message)
    process.exitCode = 1
  }
}
