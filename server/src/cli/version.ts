import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Of this server, as in server/package.json. */
export const version = readVersion()

function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8'))
  const found =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : undefined
  if (typeof found !== 'string') throw new Error('the package has a version')
  return found
}
