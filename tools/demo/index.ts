// `npm run demo`: a practice of invented people to try everything on, on this machine alone. Made on the first start,
// by the same import and the same accounts that a real practice has; found again on the next.
import { join } from 'node:path'
import { openLog, systemClock } from '../../server/src/base/index.ts'
import { type Installation, plainWords, toldToStop, untilToldToStop } from '../../server/src/cli/index.ts'
import { openSystem, startServer } from '../../server/src/main.ts'
import { announce, writeReadyFile } from './announce.ts'
import { type DemoOptions, parseOptions } from './options.ts'
import { demoFolder, readNotes, type Notes } from './notes.ts'
import { populate } from './populate.ts'

process.exitCode = await run(process.argv.slice(2))

async function run(args: readonly string[]): Promise<number> {
  try {
    const options = parseOptions(args)
    if (options === 'help') return 0
    await serveDemo(options)
    return 0
  } catch (error) {
    const words = plainWords(error)
    if (words === undefined) throw error
    console.error(words)
    return 1
  }
}

async function serveDemo(options: DemoOptions): Promise<void> {
  const told = toldToStop()
  const installation = await demoFolder(options.data)
  const settings = settingsFor(installation)
  const system = await openSystem(settings, options)
  let notes: Notes
  try {
    notes = await populate(system, readNotes(installation.layout, options.patients), installation.layout, told)
  } catch (error) {
    await system.close()
    throw error
  }
  const address = { port: options.port, host: '127.0.0.1', tls: undefined, names: [], publicUrl: undefined }
  const server = await startServer(system, { ...settings, ...address, trustedProxies: [], workers: options.workers })
  announce(server, notes)
  if (options.readyFile !== undefined) writeReadyFile(options.readyFile, server, notes)
  await untilToldToStop(told)
  console.error('Stopping.')
  await server.stop()
}

function settingsFor(installation: Installation) {
  const { layout } = installation
  return {
    installation,
    source: { kind: 'file', path: join(layout.keys, 'root.key') },
    databaseUrl: undefined,
    witnesses: [layout.witness],
    clock: systemClock,
    log: openLog('warn'),
  } as const
}
