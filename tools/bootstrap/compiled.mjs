import { lstatSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { stateFolder } from './places.mjs'

/**
 * Where Node keeps compiled code from one start to the next, its types stripped. A process or thread that finds its code
 * there does not load the compiler that strips types, which holds 20 MB for as long as it runs, and starts sooner. Nothing
 * else depends on it: without a folder each start compiles for itself.
 *
 * The code in there is run, so nobody else may be able to write it: systemd's `CacheDirectory`, or a folder of the clone,
 * and only when it is this user's and no other's to write.
 *
 * @returns {{ NODE_COMPILE_CACHE?: string }}
 */
export function compileCache(given = process.env.CACHE_DIRECTORY) {
  // Several are separated by colons.
  const folder = join(given?.split(':')[0] || stateFolder, 'compiled')
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const { uid, mode } = lstatSync(folder)
    const ours = uid === process.getuid?.() && (mode & 0o170022) === 0o040000
    return ours ? { NODE_COMPILE_CACHE: folder } : {}
  } catch {
    return {}
  }
}
