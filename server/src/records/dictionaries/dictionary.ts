import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { dictionaryFiles } from './files.ts'

/** What deflate is told beforehand about a type's records. Its id is stored with each record that was packed with it. */
export interface Dictionary {
  readonly id: number
  readonly bytes: Buffer
}

const loaded = new Map<number, Dictionary>()

/** The dictionary for new records of the R4 type with this code (`codeOfType`); the default one when it has no own. */
export function dictionaryFor(typeCode: number): Dictionary {
  const row =
    dictionaryFiles.findLast(([, type]) => type === typeCode) ?? dictionaryFiles.findLast(([, type]) => type === 0)
  if (row === undefined) throw new Error('the default dictionary is missing')
  return load(row)
}

/** The bytes that a stored record was packed with; undefined when there is no dictionary of that id. */
export function dictionaryById(id: number): Buffer | undefined {
  const row = dictionaryFiles.find(([known]) => known === id)
  return row === undefined ? undefined : load(row).bytes
}

/** Reads a file on first use. A changed byte would make records unreadable or, worse, different: it is refused. */
function load([id, , file, hash]: (typeof dictionaryFiles)[number]): Dictionary {
  const known = loaded.get(id)
  if (known !== undefined) return known
  const bytes = readFileSync(join(import.meta.dirname, file))
  if (createHash('sha256').update(bytes).digest('hex') !== hash) throw new Error(`the dictionary ${file} was altered`)
  const dictionary = { id, bytes }
  loaded.set(id, dictionary)
  return dictionary
}
