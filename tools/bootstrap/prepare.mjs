import { join } from 'node:path'
import { Fault } from './fault.mjs'
import { installed } from './installed.mjs'
import { alone } from './lock.mjs'
import { installLocked } from './npm.mjs'
import { root } from './places.mjs'
import { linkPostgres, postgresLinked } from './postgres-links.mjs'
import { bringRuntime, findRuntime } from './runtime.mjs'
import { buildWeb, webBuilt } from './web.mjs'

/**
 * Brings what a verb needs and this clone does not have: Node 24, packages, PostgreSQL's links, the web app.
 * Only looks (some 20 ms) when everything is there.
 *
 * @param {import('./verbs.mjs').Verb} verb
 * @returns {Promise<import('./runtime.mjs').Runtime>}
 */
export async function prepare(verb) {
  if (!ready(verb)) await alone(() => bring(verb))
  const runtime = findRuntime()
  if (runtime === undefined) throw new Fault('Node 24 went missing from tools/runtime. Run the same command again.')
  return runtime
}

function ready(verb) {
  const ownPackages = verb.packages === undefined || installed(join(root, verb.packages))
  return findRuntime() !== undefined && installed(root) && postgresLinked() && (!verb.web || webBuilt()) && ownPackages
}

// Looks again at each step: a start that waited for the lock finds the work of the other one done.
async function bring(verb) {
  const runtime = findRuntime() ?? (await bringRuntime())
  if (!installed(root)) {
    await installLocked(runtime, root, 560, 'installing packages')
    if (!installed(root)) {
      throw new Fault(
        'npm finished, but packages are missing from node_modules. The registry may lack one for this platform; run `npm ci` to see.',
      )
    }
  }
  linkPostgres()
  if (verb.web && !webBuilt()) await buildWeb(runtime.node)
  if (verb.packages !== undefined && !installed(join(root, verb.packages))) {
    await installLocked(runtime, join(root, verb.packages), 70, `installing packages of ${verb.packages}`)
  }
}
