import { mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Fault } from './fault.mjs'
import { stateFolder } from './places.mjs'
import { say } from './progress.mjs'

const heartbeatMs = 5_000
// An owner that was killed, or whose machine went away, leaves a lock without a heartbeat.
const staleAfterMs = 60_000

/**
 * Runs `work` while no other start of this clone prepares anything: two at once would delete each other's packages.
 * The lock is a folder, because mkdir is atomic on every file system.
 *
 * @param {() => Promise<void>} work
 * @param {string} [lock] the folder that is the lock
 */
export async function alone(work, lock = join(stateFolder, 'bootstrap.lock')) {
  await take(lock)
  const heartbeat = setInterval(() => {
    const now = new Date()
    utimes(lock, now, now).catch(() => {})
  }, heartbeatMs)
  try {
    await work()
  } finally {
    clearInterval(heartbeat)
    await rm(lock, { recursive: true, force: true })
  }
}

/** @param {string} lock */
async function take(lock) {
  let told = false
  for (;;) {
    try {
      await mkdir(join(lock, '..'), { recursive: true })
      await mkdir(lock)
      await writeFile(join(lock, 'owner'), String(process.pid))
      return
    } catch (error) {
      if (error.code !== 'EEXIST' && error.code !== 'ENOENT') throw unwritable(lock, error)
    }
    if (await abandoned(lock)) {
      // Renaming first means that only one of several waiters removes it.
      const grave = `${lock}.${process.pid}`
      await rename(lock, grave).then(
        () => rm(grave, { recursive: true, force: true }),
        () => {},
      )
      continue
    }
    if (!told) say('another start is preparing this clone; waiting for it')
    told = true
    await sleep(250)
  }
}

/** @param {string} lock */
async function abandoned(lock) {
  try {
    if (Date.now() - (await stat(lock)).mtimeMs > staleAfterMs) return true
    const owner = Number(await readFile(join(lock, 'owner'), 'utf8'))
    return owner > 0 && !alive(owner)
  } catch {
    return false // just released, or its owner is not written yet
  }
}

/** @param {number} pid */
function alive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

function unwritable(lock, error) {
  if (error.code === 'ENOSPC') return new Fault('the disk is full. Free some space and run the same command again.')
  return new Fault(
    `cannot write to ${join(lock, '..')} (${error.code}). The clone has to be in a folder that you may write to.`,
  )
}
