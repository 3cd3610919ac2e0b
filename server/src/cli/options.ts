import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { openLog, readSetting, Secret, systemClock } from '#base'
import type { RootSource } from '#keys'
import { type Given, type Means, type Option, UsageFault } from './command.ts'
import { type Installation, type Layout, layoutOf, readInstallation } from './installation.ts'
import type { SystemOptions } from './system.ts'
import type { Terminal } from './terminal.ts'

/** Options that every command takes. */
export const commonOptions = {
  data: { type: 'string', value: 'DIR', about: 'The data folder. Default: .chartkeep/data below the current folder.' },
  keys: {
    type: 'string',
    value: 'DIR',
    about: 'The folder of the keyring. Default: the data folder with .keys after it.',
  },
  'key-file': {
    type: 'string',
    value: 'FILE',
    about: 'The key file, when it is not root.key in the folder of the keyring.',
  },
  'passphrase-file': {
    type: 'string',
    value: 'FILE',
    about: 'The passphrase of the keyring, when it is not asked for.',
  },
  help: { type: 'boolean', about: 'Show this.' },
} as const satisfies Record<string, Option>

export const witnessOption = {
  witness: {
    type: 'string',
    multiple: true,
    value: 'DIR',
    about:
      'Where checkpoints of the ledger go as well, best on another volume. Default: the data folder with .witness after it.',
  },
} as const satisfies Record<string, Option>

const defaultData = join('.chartkeep', 'data')

export function layoutFor(given: Given): Layout {
  return layoutOf(given.text('data') ?? defaultData, given.text('keys'))
}

/** What a command needs to open the system of the folder that was named. Throws InstallationFault, UsageFault. */
export async function systemOptions(given: Given, { terminal }: Means, level = 'error'): Promise<SystemOptions> {
  const installation = readInstallation(layoutFor(given))
  return {
    installation,
    source: await sourceFor(given, installation, terminal),
    ...surroundings(given, installation.layout, level),
  }
}

export function surroundings(
  given: Given,
  layout: Layout,
  level: string,
): Omit<SystemOptions, 'installation' | 'source'> {
  const witnesses = given.texts('witness')
  return {
    databaseUrl: readSetting('DATABASE_URL'),
    witnesses: witnesses.length === 0 ? [layout.witness] : witnesses,
    clock: systemClock,
    log: openLog(readSetting('CHARTKEEP_LOG_LEVEL') ?? level),
  }
}

export async function sourceFor(
  given: Given,
  { layout, root }: Pick<Installation, 'layout' | 'root'>,
  terminal: Terminal,
): Promise<RootSource> {
  return root === 'file'
    ? { kind: 'file', path: given.text('key-file') ?? join(layout.keys, 'root.key') }
    : { kind: 'passphrase', passphrase: await passphraseFor(given, terminal) }
}

async function passphraseFor(given: Given, terminal: Terminal): Promise<Secret> {
  const path = given.text('passphrase-file')
  const text = path === undefined ? readSetting('CHARTKEEP_PASSPHRASE') : readPrivateText(path)
  return new Secret(Buffer.from(text ?? (await terminal.askSecret('Passphrase of the keyring'))))
}

/** The text of a file that only its owner may read, without its last line's end. Throws UsageFault. */
export function readPrivateText(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined) throw new UsageFault(`There is no file ${path}.`)
  if ((found.mode & 0o077) !== 0)
    throw new UsageFault(`Others on this machine can read ${path}. Run: chmod 600 ${path}`)
  return readFileSync(path, 'utf8').replace(/\r?\n$/, '')
}
