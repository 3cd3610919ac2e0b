import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The root of this clone; every path of the bootstrap starts here, whatever the current folder is. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
export const runtimeFolder = join(root, 'tools', 'runtime')
export const webFolder = join(root, 'web')
/** Ours alone and ignored by git: the lock of the bootstrap, and the demo's data. */
export const stateFolder = join(root, '.chartkeep')
