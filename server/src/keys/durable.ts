import { randomBytes } from 'node:crypto'
import { open, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

/**
 * The file has either its former content or all of the new one, whenever the power fails: written beside it, made
 * durable, then renamed over it. Readable by its owner alone.
 */
export async function replaceFile(path: string, content: Uint8Array): Promise<void> {
  const beside = `${path}.${randomBytes(6).toString('hex')}.new`
  const file = await open(beside, 'wx', 0o600)
  try {
    await file.writeFile(content)
    await file.sync()
  } catch (error) {
    await rm(beside, { force: true })
    throw error
  } finally {
    await file.close()
  }
  await rename(beside, path)
  await syncFolder(dirname(path))
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

const staleMilliseconds = 60_000

/**
 * Lets one process at a time rewrite the keyring: two rotations at once would each drop the other's epoch, and with it
 * every patient wrapped under it. A lock that a killed process left is broken after a minute, by the file system's own
 * clock; a rewrite takes milliseconds.
 */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      const lock = await open(path, 'wx', 0o600)
      await lock.close()
      break
    } catch (error) {
      if (!(error instanceof Error) || !('code' in error) || error.code !== 'EEXIST') throw error
    }
    if (await isStale(path)) await rm(path, { force: true })
    else await wait(50)
  }
  try {
    return await work()
  } finally {
    await rm(path, { force: true })
  }
}

async function isStale(path: string): Promise<boolean> {
  const probe = `${path}.${randomBytes(6).toString('hex')}.now`
  const file = await open(probe, 'wx', 0o600)
  try {
    const [now, lock] = [await file.stat(), await stat(path).catch(() => undefined)]
    return lock !== undefined && now.mtimeMs - lock.mtimeMs > staleMilliseconds
  } finally {
    await file.close()
    await rm(probe, { force: true })
  }
}
