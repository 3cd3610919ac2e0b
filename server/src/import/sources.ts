import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

export interface Sources {
  readonly paths: readonly string[]
  /** Bytes on the disk, all files. */
  readonly bytes: number
  /** Files of folders that are not JSON by their names, and are not read. */
  readonly skipped: readonly string[]
}

/** A file or folder that was named is not there. The message is for the person who named it. */
export class SourceMissing extends Error {}

const json = /\.(json|ndjson|jsonl)(\.gz)?$/i

/** The files named, and the JSON files of the folders named, each folder in the order of its names. */
export function findSources(named: readonly string[]): Sources {
  const paths: string[] = []
  let bytes = 0
  const skipped: string[] = []
  const add = (path: string, chosen: boolean): void => {
    const found = statSync(path, { throwIfNoEntry: false })
    if (found === undefined) throw new SourceMissing(`There is no file or folder ${path}.`)
    if (found.isDirectory()) {
      for (const name of readdirSync(path).toSorted()) add(join(path, name), false)
    } else if (!found.isFile()) {
      if (chosen) throw new SourceMissing(`${path} is neither a file nor a folder.`)
    } else if (chosen || json.test(path)) {
      paths.push(path)
      bytes += found.size
    } else skipped.push(path)
  }
  for (const path of named) add(path, true)
  return { paths, bytes, skipped }
}
