import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

/** The root of the repository. */
export const root = join(import.meta.dirname, '..', '..')

const skipped = new Set(['node_modules', 'dist', 'dist.next', 'dist.old', '.git', '.chartkeep'])

/** Every file of the repository, without what git ignores, as paths from the root. Needs no git: an archive has none. */
export function repositoryFiles(folder = root): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return skipped.has(entry.name) ? [] : repositoryFiles(path)
    return entry.isFile() && !entry.name.endsWith('.log') ? [relative(root, path)] : []
  })
}

/** The text of a file, by its path from the root. */
export function textOf(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}

/** Is this a file of words, not of pictures? */
export function isText(path: string): boolean {
  return !/\.(png|jpe?g|gif|webp|ico|woff2?|gz|zip|dcm|pdf)$/.test(path)
}

/** Lines of a file that match, as `path:line: text`. */
export function linesOf(path: string, pattern: RegExp): string[] {
  return textOf(path)
    .split('\n')
    .flatMap((line, at) => (pattern.test(line) ? [`${path}:${at + 1}: ${line.trim().slice(0, 160)}`] : []))
}

/** `package.json` and friends: an object, or the test that asks fails. */
export function jsonOf(path: string): Record<string, unknown> {
  const value: unknown = JSON.parse(textOf(path))
  if (typeof value !== 'object' || value === null) throw new Error(`${path} holds no object`)
  return { ...value }
}

/** Every name and version that a package.json asks for in the given fields. */
export function dependenciesOf(path: string, fields: readonly string[]): [string, string][] {
  const manifest = jsonOf(path)
  return fields.flatMap((field) => Object.entries((manifest[field] ?? {}) as Record<string, string>))
}
