// The JSON files of an npm-style FHIR package (a gzipped tar): `package/<name>.json`, without its examples.
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import type { Loose } from './definitions.ts'

const block = 512

/** @param folder `package` for the definitions, `package/example` for the examples. */
export function readPackage(file: string, folder = 'package'): Map<string, Loose> {
  const tar = gunzipSync(readFileSync(file))
  const files = new Map<string, Loose>()
  const field = (from: number, length: number): string => {
    const text = tar.toString('utf8', from, from + length)
    const end = text.indexOf('\0')
    return end === -1 ? text : text.slice(0, end)
  }
  let long: string | undefined
  for (let at = 0; at + block <= tar.length;) {
    const prefix = field(at + 345, 155)
    const written = long ?? (prefix === '' ? field(at, 100) : `${prefix}/${field(at, 100)}`)
    const size = Number.parseInt(field(at + 124, 12), 8) || 0
    const kind = field(at + 156, 1)
    const start = at + block
    at = start + Math.ceil(size / block) * block
    // An entry of its own that holds the long name of the next one (GNU tar).
    long = kind === 'L' ? field(start, size) : undefined
    const cut = written.lastIndexOf('/')
    if ((kind === '0' || kind === '') && written.slice(0, cut) === folder && written.endsWith('.json'))
      files.set(written.slice(cut + 1), JSON.parse(tar.toString('utf8', start, start + size)))
  }
  return files
}
