import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Is what the lock file asks for what node_modules holds? npm keeps its own list of what it put there, so this is true
 * whoever installed, and false after an interrupted install, a changed lock or a clone copied from another platform.
 *
 * @param {string} folder
 */
export function installed(folder) {
  const wanted = readPackages(join(folder, 'package-lock.json'))
  const present = readPackages(join(folder, 'node_modules', '.package-lock.json'))
  if (wanted === undefined || present === undefined) return false
  for (const [path, entry] of Object.entries(wanted)) {
    if (!path.startsWith('node_modules/') && !path.includes('/node_modules/')) continue
    const there = present[path]
    if (there === undefined ? required(entry) : there.version !== entry.version) return false
  }
  return Object.keys(present).every((path) => path in wanted)
}

/** Optional packages are required where they fit: the native half of a tool is one. */
function required(entry) {
  if (entry.optional !== true) return true
  if (entry.os === undefined && entry.cpu === undefined) return false
  return fits(entry.os, process.platform) && fits(entry.cpu, process.arch) && fits(entry.libc, libc())
}

function fits(wanted, actual) {
  if (wanted === undefined) return true
  const list = [wanted].flat()
  if (list.includes(`!${actual}`)) return false
  return list.every((value) => value.startsWith('!')) || list.includes(actual)
}

function libc() {
  if (process.platform !== 'linux') return undefined
  return process.report?.getReport().header.glibcVersionRuntime === undefined ? 'musl' : 'glibc'
}

function readPackages(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages
  } catch {
    return undefined
  }
}
