import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { isIPv4 } from 'node:net'
import { join, resolve } from 'node:path'

/** Where an installation keeps its things. Keys are never inside the data folder: a copy of that alone opens nothing. */
export interface Layout {
  readonly data: string
  readonly keys: string
  readonly witness: string
}

/** What the data folder says about itself, in `chartkeep.json`: public, and read before anything is started. */
export interface Installation {
  readonly layout: Layout
  /** Id of the keyring that the records are sealed with. */
  readonly keyring: string
  /** What opens the keyring. */
  readonly root: 'file' | 'passphrase'
  readonly practice: string
  /** A demonstration: its passwords lie beside the keys, so it is never offered to a network. */
  readonly demo: boolean
  /** Id of the database that it was kept in last; absent before it had one. An empty one is not taken for it. */
  readonly database?: string
}

/** The data folder is not what it should be. The message is for the operator; nothing was changed. */
export class InstallationFault extends Error {}

const name = 'chartkeep.json'
const format = 1

export function layoutOf(data: string, keys?: string): Layout {
  const folder = resolve(data)
  return { data: folder, keys: resolve(keys ?? `${folder}.keys`), witness: `${folder}.witness` }
}

/** Throws InstallationFault. */
export function readInstallation(layout: Layout): Installation {
  const path = join(layout.data, name)
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    if (existsSync(join(layout.data, 'pg')))
      throw new InstallationFault(`${path} is missing. Put back the copy of it that is in a backup of this folder.`)
    throw new InstallationFault(
      existsSync(join(layout.keys, 'keyring.json'))
        ? `There are keys in ${layout.keys}, and no practice in ${layout.data}. Is the volume mounted, and is --data right? If the folder is lost, restore it from a backup.`
        : `There is no practice in ${layout.data} yet. Make one with: chartkeep init --data ${layout.data}`,
    )
  }
  const found = parseInstallation(text, layout)
  if (found === undefined)
    throw new InstallationFault(`${path} is damaged. Put back the copy of it that is in a backup.`)
  return found
}

export function isInstalled({ data }: Layout): boolean {
  return existsSync(join(data, name))
}

/** Throws InstallationFault when a demonstration is to be offered to a network. */
export function requireOwnMachine({ demo }: Installation, host: string): void {
  if (!demo || host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'))) return
  throw new InstallationFault(
    'This folder is a demonstration: its passwords are written down beside it, so it is served to this machine alone.',
  )
}

function parseInstallation(text: string, layout: Layout): Installation | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  const demo = 'demo' in value && value.demo === true
  const { keyring, root, practice } = { keyring: '', root: '', practice: '', ...value }
  const known = 'format' in value && value.format === format
  if (!known || typeof keyring !== 'string' || typeof practice !== 'string' || keyring === '') return undefined
  if (root !== 'file' && root !== 'passphrase') return undefined
  const database = 'database' in value ? value.database : undefined
  if (database !== undefined && typeof database !== 'string') return undefined
  return { layout, keyring, root, practice, demo, ...(database === undefined ? {} : { database }) }
}

/** Durable when it returns: it is what makes the folder an installation. */
export function writeInstallation({ layout, ...said }: Installation): void {
  mkdirSync(layout.data, { recursive: true, mode: 0o700 })
  const path = join(layout.data, name)
  const beside = `${path}.${randomBytes(6).toString('hex')}.new`
  const file = openSync(beside, 'wx', 0o644)
  try {
    writeSync(file, `${JSON.stringify({ format, ...said }, undefined, 2)}\n`)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(beside, path)
}
