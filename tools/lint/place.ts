import { join, relative, sep } from 'node:path'

/** The repository that this plugin stands in. */
export const root = join(import.meta.dirname, '..', '..')

/** Where a file stands: what it may import and do follows from this alone. */
export interface Place {
  /** Path from the root, with forward slashes; begins with '..' when outside the repository. */
  readonly path: string
  /** Folder at the root: 'model', 'server', 'web', 'tools'; '' for a file at the root. */
  readonly area: string
  /** Module, for a file below server/src/<module>. */
  readonly module: string | undefined
  readonly test: boolean
}

/** @param file absolute path */
export function placeOf(file: string): Place {
  const path = relative(root, file).split(sep).join('/')
  const area = path.includes('/') ? path.slice(0, path.indexOf('/')) : ''
  return {
    path,
    area,
    module: /^server\/src\/([^/]+)\//.exec(path)?.[1],
    test: /\.test\.tsx?$/.test(path) || /^(server\/test|web\/e2e)\//.test(path),
  }
}
