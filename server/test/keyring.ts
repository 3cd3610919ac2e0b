import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createKeyring, type Keyring } from '#keys'

/** A new keyring in memory, for tests that need no database. */
export async function newKeyring(): Promise<Keyring> {
  const folder = mkdtempSync(join(tmpdir(), 'chartkeep-keyring-'))
  try {
    return await createKeyring(folder, { kind: 'file', path: join(folder, 'root.key') })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
