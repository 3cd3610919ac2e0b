import {
  chmodSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'

/** Something about TLS keys or certificates that an operator has to put right; the message says what. */
export class CertificateFault extends Error {
  readonly code: 'damaged' | 'exposed' | 'expired' | 'names' | 'missing'

  constructor(code: CertificateFault['code'], message: string) {
    super(message)
    this.name = 'CertificateFault'
    this.code = code
  }
}

/** Text of a file with a private key in it, or undefined when there is none. Refused when others on the host can read it. */
export function readPrivate(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined) return undefined
  if ((found.mode & 0o077) !== 0) {
    throw new CertificateFault('exposed', `${path} can be read by others on this machine. Run: chmod 600 ${path}`)
  }
  return readFileSync(path, 'utf8')
}

/** Whole or not at all, also when the power fails: temporary file, fsync, rename, fsync of the folder. */
export function writeDurably(path: string, content: string, mode: 0o600 | 0o644): void {
  const folder = dirname(path)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const temporary = `${path}.new`
  const file = openSync(temporary, 'w', mode)
  try {
    chmodSync(temporary, mode)
    writeSync(file, content)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(temporary, path)
  const directory = openSync(folder, 'r')
  try {
    fsyncSync(directory)
  } finally {
    closeSync(directory)
  }
}
