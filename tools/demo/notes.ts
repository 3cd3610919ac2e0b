import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import {
  type Installation,
  isInstalled,
  type Layout,
  layoutOf,
  readInstallation,
  UsageFault,
  writeInstallation,
} from '../../server/src/cli/index.ts'
import { createKeyring, KeyFault, openKeyring } from '../../server/src/keys/index.ts'

/** What a demonstration writes down about itself, beside its keys: how it was made, and the secrets of its accounts. */
export interface Notes {
  readonly seed: string
  /** The day on which the invented history ends: YYYY-MM-DD. */
  readonly today: string
  /** Of the practice's clock: HH:MM and +HH:MM. */
  readonly now: string
  readonly offset: string
  readonly patients: number
  /** Patients are all here. */
  readonly complete: boolean
  readonly accounts: readonly DemoAccount[]
  readonly client: DemoClient | undefined
}

export interface DemoAccount {
  readonly user: string
  readonly name: string
  readonly role: string
  readonly password: string
  /** Base32, as authenticator apps take it. */
  readonly totpSecret: string
}

export interface DemoClient {
  readonly id: string
  readonly keyFile: string
  readonly scope: string
}

/** Name of the source of the invented records, from which their ids follow. */
export const source = 'demo'

const practice = 'Alderbrook Family Medicine'

/** The installation of the demonstration, made when there is none. A real practice's folder is left alone. */
export async function demoFolder(data: string): Promise<Installation> {
  const layout = layoutOf(data)
  if (isInstalled(layout)) {
    const installation = readInstallation(layout)
    if (!installation.demo)
      throw new UsageFault(`${layout.data} is a practice of its own, and no demonstration. It was left alone.`)
    return installation
  }
  if (existsSync(join(layout.data, 'pg'))) return readInstallation(layout)
  const source = { kind: 'file', path: join(layout.keys, 'root.key') } as const
  const keyring = await createKeyring(layout.keys, source).catch((error: unknown) => {
    // Left by a start that was killed before anything was sealed under it.
    if (error instanceof KeyFault && error.code === 'exists') return openKeyring(layout.keys, source)
    throw error
  })
  const installation = { layout, keyring: keyring.id, root: 'file', practice, demo: true } as const
  writeInstallation(installation)
  return installation
}

/** The notes of before, or new ones for that many patients. */
export function readNotes(layout: Layout, patients: number): Notes {
  const path = notesPath(layout)
  if (existsSync(path)) {
    // oxlint-disable-next-line no-unsafe-type-assertion -- written by writeNotes, private to this user
    const notes = JSON.parse(readFileSync(path, 'utf8')) as Notes
    if (notes.patients !== patients)
      console.error(`This demonstration was made with ${notes.patients} patients, and has them still.`)
    return notes
  }
  const now = new Date()
  const minutes = -now.getTimezoneOffset()
  const local = new Date(now.getTime() + minutes * 60_000).toISOString()
  const size = Math.abs(minutes)
  const offset = `${minutes < 0 ? '-' : '+'}${pad(Math.floor(size / 60))}:${pad(size % 60)}`
  const made = {
    seed: 'demo',
    today: local.slice(0, 10),
    now: local.slice(11, 16) < latestNow ? local.slice(11, 16) : latestNow,
    offset,
    patients,
  }
  return { ...made, complete: false, accounts: [], client: undefined }
}

/** In the evening the day's visits would be over, and a demonstration nothing to try: its board has got so far. */
const latestNow = '14:30'

/** Durable before what it tells of is made: no account is left whose password nobody knows. */
export function writeNotes(layout: Layout, notes: Notes): void {
  const path = notesPath(layout)
  const beside = `${path}.new`
  const file = openSync(beside, 'w', 0o600)
  writeSync(file, `${JSON.stringify(notes, undefined, 2)}\n`)
  fsyncSync(file)
  closeSync(file)
  renameSync(beside, path)
}

export function clientKeyPath(layout: Layout): string {
  return join(layout.keys, 'demo-client.jwk.json')
}

function notesPath(layout: Layout): string {
  return join(layout.keys, 'demo.json')
}

function pad(number: number): string {
  return String(number).padStart(2, '0')
}
