// Whether a server would start, without one: what it would read is read, and nothing is made or changed.
import { once } from 'node:events'
import { createServer } from 'node:net'
import { type CheckedPart, requireOwnMachine, type ServerOptions, type SystemOptions } from '#cli'
import { isServed } from '#db'
import { inspectCertificates } from './server.ts'
import { inspectStore, openRightKeyring } from './system.ts'

type Options = SystemOptions & ServerOptions

/** Each part that a start needs, in its order; with its fault when the start would fail there. */
export async function checkStart(options: Options): Promise<readonly CheckedPart[]> {
  const keys = await checked('keys', () => openRightKeyring(options))
  return [
    await checked('settings', () => requireOwnMachine(options.installation, options.host)),
    keys,
    await checked('certificates', () => inspectCertificates(options)),
    // Its password is the keyring's.
    ...('fault' in keys ? [] : [await checked('database', () => inspectStore(options))]),
    await checked('port', () => requireFreePort(options)),
  ]
}

async function checked(part: string, work: () => unknown): Promise<CheckedPart> {
  try {
    await work()
    return { part }
  } catch (fault) {
    return { part, fault }
  }
}

/** A server that works with this folder has the port already, and is to be stopped before another starts. */
async function requireFreePort({ installation, databaseUrl, port, host }: Options): Promise<void> {
  if (databaseUrl === undefined && isServed(installation.layout.data)) return
  const listener = createServer().listen(port, host)
  await once(listener, 'listening')
  listener.close()
  await once(listener, 'close')
}
