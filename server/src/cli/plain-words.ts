import { Refusal } from '#base'
import {
  CatalogueFault,
  EmbeddedFault,
  FolderInUse,
  ForeignDatabase,
  MigrationFault,
  MissingDatabase,
  UnsafeDatabase,
  UnsafeDatabaseUrl,
} from '#db'
import { CertificateFault } from '#http'
import { ImportStopped, SourceMissing, VerifyStopped } from '#import'
import { KeyFault } from '#keys'
import { LedgerCut } from '#ledger'
import { ForeignKeyring } from '#records'
import { UsageFault } from './command.ts'
import { InstallationFault, type Layout } from './installation.ts'

/** The keyring opens, but this data folder was made with another. Nothing was started. */
export class WrongKeyring extends Error {
  constructor({ data, keys }: Layout) {
    super(
      `The keyring in ${keys} is not the one that ${data} was made with. Give the right one with --keys; nothing was started.`,
    )
  }
}

const spoken = [
  UsageFault,
  ...[KeyFault, InstallationFault, WrongKeyring, ForeignDatabase, ForeignKeyring, MigrationFault],
  ...[CatalogueFault, UnsafeDatabase, MissingDatabase, FolderInUse, LedgerCut],
  ...[EmbeddedFault, UnsafeDatabaseUrl, CertificateFault, SourceMissing, ImportStopped, VerifyStopped],
]

const bySystemCode: Readonly<Record<string, string>> = {
  EADDRINUSE: 'The port is taken by another program. Choose another with --port.',
  EADDRNOTAVAIL: 'This machine does not have the address given with --host.',
  EACCES: 'A file, folder or port may not be used by this user.',
  EPERM: 'A file, folder or port may not be used by this user.',
  EISDIR: 'There is a folder where a file is expected.',
  EEXIST: 'There is a file where a folder is expected.',
  ENOTDIR: 'There is a file where a folder is expected.',
  EROFS: 'The folder cannot be written to: its file system is read-only.',
  ENOSPC: 'The disk is full. Free some space, then try again.',
  ECONNREFUSED: 'The database does not answer. Is it running, and does DATABASE_URL name it?',
  ENOTFOUND: 'The host in DATABASE_URL is not known.',
  '28P01': 'The database does not accept the password. Is this the keyring that was made with it?',
  '28000': 'The database does not accept this user.',
  '53100': 'The disk of the database is full. Free some space, then try again.',
  '53300': 'The database has no connection free. Raise its max_connections, or stop what else uses it.',
  '57P03': 'The database is starting or stopping. Try again in a moment.',
  XX001:
    'The database is damaged: a page of it does not have its checksum. Nothing was changed. Restore it from a backup.',
  XX002: 'The database is damaged: an index of it contradicts itself. Nothing was changed. Restore it from a backup.',
  ECONNRESET: 'The database ended the connection. Its log says why.',
  ETIMEDOUT: 'The database does not answer. Is it running, and does DATABASE_URL name it?',
  '3D000': 'The database that DATABASE_URL names does not exist. Create it first.',
}

/** What an operator reads of an error: undefined for what should not have happened. */
export function plainWords(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  if (spoken.some((kind) => error instanceof kind)) return error.message
  if (error instanceof Refusal) {
    const cause = plainWords(error.cause) ?? ''
    return [error.message, ...error.findings.map(({ text }) => text), error.remedy ?? '', cause]
      .filter(Boolean)
      .join(' ')
  }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  const words = bySystemCode[code]
  const path = 'path' in error && typeof error.path === 'string' ? ` (${error.path})` : ''
  return words === undefined ? undefined : words + path
}
