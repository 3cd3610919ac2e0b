// Makes server/src/records/dictionaries: `node tools/dictionaries/index.ts`. From our own generator and public standard
// strings only; the same sources give the same bytes. A dictionary that stored records were packed with can never
// change, so an existing file is replaced only with --replace (before a release) and a better one gets a new number.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { resourceTypes } from '@chartkeep/model/fhir'
import { buildDictionaries } from './build.ts'

const folder = join(import.meta.dirname, '../../server/src/records/dictionaries')

function write(): void {
  const replace = process.argv.includes('--replace')
  const rows: string[] = []
  let total = 0
  for (const { id, type, name, bytes } of buildDictionaries()) {
    const path = join(folder, name)
    if (existsSync(path) && !readFileSync(path).equals(bytes) && !replace)
      throw new Error(`${name} would change: give it a new number, or --replace`)
    writeFileSync(path, bytes)
    const code = resourceTypes.findIndex((known) => known === type) + 1
    rows.push(`  [${id}, ${code}, '${name}', '${createHash('sha256').update(bytes).digest('hex')}'],`)
    total += bytes.length
  }
  const table = [
    '// Made by tools/dictionaries. Do not edit. Id, code of the R4 type (0: all others), file, SHA-256 of the file.',
    '// oxfmt-ignore',
    'export const dictionaryFiles: readonly (readonly [id: number, type: number, file: string, hash: string])[] = [',
    ...rows,
    ']',
    '',
  ]
  writeFileSync(join(folder, 'files.ts'), table.join('\n'))
  console.log(`${rows.length} dictionaries, ${total} bytes`)
}

write()
